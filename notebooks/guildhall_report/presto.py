"""Asks Presto, over its HTTP protocol."""

import time

import requests

WITHIN_S = 120
REPLY_WITHIN_S = 30


def ask_presto(url: str, sql: str) -> tuple[list[str], list[list]]:
    """Names of columns, and rows. Raises RuntimeError with Presto's words, or TimeoutError after WITHIN_S
    seconds."""
    headers = {"X-Presto-User": "notebook", "X-Presto-Time-Zone": "UTC"}
    until = time.monotonic() + WITHIN_S
    answer = requests.post(f"{url}/v1/statement", data=sql.encode(), headers=headers, timeout=REPLY_WITHIN_S)
    columns, rows = [], []
    while True:
        answer.raise_for_status()
        page = answer.json()
        if "error" in page:
            raise RuntimeError(f"Presto: {page['error']['message']}")
        columns = [column["name"] for column in page.get("columns", [])] or columns
        rows += page.get("data", [])
        if "nextUri" not in page:
            return columns, rows
        if time.monotonic() > until:
            raise TimeoutError(f"Presto did not answer within {WITHIN_S} s")
        answer = requests.get(page["nextUri"], headers=headers, timeout=REPLY_WITHIN_S)
