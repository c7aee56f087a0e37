"""Recreates the report from nothing: a new world, a season of play, the notebook. scripts/notebook runs
it."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import realms

HERE = Path(__file__).parent
SOURCE = HERE / "report.ipynb"

SEASON = {"GUILDHALL_NEWCOMERS": "220", "GUILDHALL_ROUND_S": "60"}
QUICK = {"GUILDHALL_NEWCOMERS": "60", "GUILDHALL_ROUND_S": "5"}


def main():
    options = _options()
    target = SOURCE if options.store else options.out
    page = (
        HERE.parent / ".cache" / "notebook" / "report.html" if options.store else target.with_suffix(".html")
    )
    if not target.parent.is_dir():
        raise realms.Failed(f"--out: the folder {target.parent} does not exist")
    realm = realms.stack if options.stack else realms.embedded
    try:
        with realm() as world:
            _execute({**world.notebook, **(QUICK if options.quick else SEASON)}, target, page)
            print(world.audit())
        print(f"wrote {os.path.relpath(target)} and {os.path.relpath(page)}")
    finally:
        if options.at_end:
            print(options.at_end, file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/notebook")
    parser.add_argument("--stack", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--store", action="store_true")
    parser.add_argument("--at-end", help="what to say when it has ended")
    parser.add_argument("--out", type=Path, default=HERE.parent / ".cache" / "notebook" / "report.ipynb")
    return parser.parse_args()


def _execute(settings: dict, target: Path, page: Path):
    """In a process of its own, so that an interrupt ends it in one place: here."""
    with tempfile.TemporaryDirectory(prefix="guildhall-notebook-") as folder:
        # Nothing of the user's Jupyter is read or changed; an interrupted run leaves no file elsewhere.
        own = {
            name: f"{folder}/{name}" for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")
        }
        own["TMPDIR"] = folder
        drawing = {"MPLCONFIGDIR": str(HERE.parent / ".cache" / "notebook" / "matplotlib")}
        services = ("KAFKA_BROKERS", "REDIS_URL", "WEBHDFS_URL", "HDFS_URL", "PRESTO_URL", "METASTORE_URL")
        env = {name: value for name, value in os.environ.items() if name not in services}
        words = [sys.executable, str(HERE / "execute.py"), str(SOURCE), str(target), str(page)]
        running = subprocess.Popen(words, env={**env, **own, **drawing, **settings}, start_new_session=True)
        try:
            code = running.wait()
        finally:
            realms.end(running)
    if code != 0:
        raise realms.Failed("the report was not written: see the cell above")


def _interrupt(*_):
    # Once: what ends the run must not be interrupted itself.
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    try:
        main()
    except realms.Failed as failure:
        print(f"scripts/notebook: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("scripts/notebook: interrupted; nothing was written", file=sys.stderr)
        sys.exit(1)
