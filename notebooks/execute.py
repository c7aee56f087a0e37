"""Executes a notebook from scratch, and writes it with its outputs and as one page of HTML: execute.py FROM
TO PAGE"""

import os
import signal
import sys
from pathlib import Path
from threading import Thread

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from traitlets.config import Config

HERE = Path(__file__).parent
CELL_WITHIN_S = 900


class Announcing(NotebookClient):
    """Says which part it is at."""

    async def async_execute_cell(self, cell, cell_index, **options):
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            print(cell.source.splitlines()[0].lstrip("# "), file=sys.stderr, flush=True)
        return await super().async_execute_cell(cell, cell_index, **options)


def main(source: str, target: str, page: str) -> int:
    notebook = nbformat.read(source, as_version=4)
    client = Announcing(
        notebook,
        # What it sends to the kernel by TCP is nobody else's to read.
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        kernel_name="python3",
        timeout=CELL_WITHIN_S,
        record_timing=False,
        resources={"metadata": {"path": str(HERE)}},
    )
    failures: list[str] = []
    # Not in the main thread: there nbclient handles signals itself, and takes an interrupt for a kernel that
    # died.
    work = Thread(target=_run, args=(client, failures), daemon=True)
    signal.signal(signal.SIGTERM, lambda *_: _end_now(client))
    work.start()
    work.join()
    if failures:
        print(f"{_place(notebook)}: {failures[0]}", file=sys.stderr)
        return 1
    _write(target, nbformat.writes(_plain(notebook)) + "\n")
    exporter = HTMLExporter(
        template_name="page", extra_template_basedirs=[str(HERE)], exclude_output_prompt=True
    )
    html, _ = exporter.from_notebook_node(notebook)
    _write(page, html)
    return 0


def _run(client: NotebookClient, failures: list[str]):
    try:
        client.execute()
    except CellExecutionError as error:
        failures.append(f"{error.ename}: {error.evalue}")
    except CellTimeoutError:
        failures.append(f"took longer than {CELL_WITHIN_S} s")
    except DeadKernelError:
        failures.append("Python ended in the middle of it")
    except Exception as error:
        failures.append(f"{type(error).__name__}: {error}")


def _end_now(client: NotebookClient):
    if client.km is not None and client.km.provisioner is not None and client.km.provisioner.pid:
        os.kill(client.km.provisioner.pid, signal.SIGKILL)
    os._exit(1)


def _place(notebook) -> str:
    """The cell that was executed last, and the heading above it."""
    code = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.execution_count]
    at = code[-1] if code else 0
    above = [cell.source for cell in notebook.cells[: at + 1] if cell.cell_type == "markdown"]
    headings = [line for source in above for line in source.splitlines() if line.startswith("#")]
    return f"cell {at + 1}, under «{headings[-1].lstrip('# ') if headings else 'no heading'}»"


def _plain(notebook):
    """Without what differs from machine to machine."""
    kept = {key: notebook.metadata[key] for key in ("kernelspec", "title") if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict({**kept, "language_info": {"name": "python"}})
    return notebook


def _write(path: str, text: str):
    """Whole or not at all."""
    half = f"{path}.{os.getpid()}.tmp"
    Path(half).write_text(text, encoding="utf-8")
    os.replace(half, path)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
