"""Asks Presto by its own protocol: post a statement, then read each `nextUri` until a reply has none."""

import json
from urllib.request import Request, urlopen

from .problem import Problem

WITHIN_S = 60


def ask_presto(url: str, sql: str) -> list[list]:
    """The rows. Raises Problem."""
    try:
        reply = _send(
            Request(f"{url.rstrip('/')}/v1/statement", sql.encode(), {"X-Presto-User": "guildhall"})
        )
        rows = reply.get("data", [])
        while "nextUri" in reply:
            reply = _send(Request(reply["nextUri"]))
            rows += reply.get("data", [])
    except OSError as error:
        raise Problem(
            f"Presto does not answer at {url} (PRESTO_URL): {error}; start it: scripts/stack up"
        ) from error
    if "error" in reply:
        raise Problem(f"Presto: {reply['error']['message']}, asked: {sql}")
    return rows


def _send(request: Request) -> dict:
    with urlopen(request, timeout=WITHIN_S) as answer:
        return json.load(answer)
