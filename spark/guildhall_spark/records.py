"""Reads one record of the log, as docs/events.md defines it. Plain Python: nothing of Spark is in here."""

import json
import re
import zlib
from typing import NamedTuple, Optional

COMMIT_BYTES_MAX = 256 * 1024
SAFE_INTEGER_MAX = 2**53 - 1
TEXT_MAX = 160

PREFIX = re.compile(rb"[0-9a-f]{8} ")


class Genesis(NamedTuple):
    """The record at offset 0: what this log is."""

    log_id: str
    realm: int
    lag_max: int
    format: int


class Event(NamedTuple):
    """An event as the log holds it; `data` is its JSON, in ASCII."""

    type: str
    version: int
    data: str


class Link(NamedTuple):
    """The slot that a commit claims: an aggregate, and the commit it builds on. Both in ASCII."""

    aggregate: str
    prev: Optional[str]


class Commit(NamedTuple):
    """All that the chain rule and the rows need of a commit."""

    seen: int
    at: int
    links: list[Link]
    events: list[Event]


class Unreadable(Exception):
    """A record of which this program cannot say what it is. Going on might land something wrong."""


def decode(value: Optional[bytes]) -> "Genesis | Commit | None":
    """None: not a record of ours (garbage, foreign, damaged), so it is void. Raises Unreadable."""
    if not value or len(value) > COMMIT_BYTES_MAX or not PREFIX.match(value):
        return None
    text = value[9:]
    if value[:8] != b"%08x" % zlib.crc32(text):
        return None
    try:
        parsed = json.loads(text.decode("utf-8", "replace"), parse_constant=_no_constant)
    except RecursionError:
        raise Unreadable("a record is nested more deeply than Python reads") from None
    except ValueError:
        return None
    if not isinstance(parsed, dict):
        return None
    if "genesis" in parsed:
        return _genesis(parsed["genesis"])
    return _commit(parsed)


def _no_constant(name: str) -> None:
    """Python reads NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def _genesis(value: object) -> Optional[Genesis]:
    if not isinstance(value, dict) or not _is_text(value.get("logId")):
        return None
    realm, lag_max, form = (_count(value.get(name)) for name in ("realm", "lagMax", "format"))
    if realm is None or not lag_max or form is None:
        return None
    return Genesis(value["logId"], realm, lag_max, form)


def _commit(value: dict) -> Optional[Commit]:
    seen, at, on, commands = _count(value.get("seen")), _count(value.get("at")), value.get("on"), value.get("commands")
    if not _is_text(value.get("id")) or seen is None or at is None:
        return None
    if not isinstance(on, dict) or not on or not isinstance(commands, list):
        return None
    if not all(_is_text(name) and (prev is None or _is_text(prev)) for name, prev in on.items()):
        return None
    if not all(_is_command(command) for command in commands):
        return None
    links = [Link(_ascii(name), None if prev is None else _ascii(prev)) for name, prev in on.items()]
    events = [_event(event) for command in commands for event in command["events"]]
    return Commit(seen, at, links, events)


def _is_command(value: object) -> bool:
    if not isinstance(value, dict) or not _is_text(value.get("id")) or not _is_text(value.get("digest")):
        return False
    events = value.get("events")
    return isinstance(events, list) and all(_is_event(event) for event in events)


def _is_event(value: object) -> bool:
    if not isinstance(value, dict) or not _is_text(value.get("type")) or not isinstance(value.get("data"), dict):
        return False
    return bool(_count(value.get("v")))


def _event(value: dict) -> Event:
    data = json.dumps(value["data"], separators=(",", ":"))
    return Event(_ascii(value["type"]), int(value["v"]), data)


def _is_text(value: object) -> bool:
    """1 to 160 characters, counted as UTF-16 does, in one line."""
    if not isinstance(value, str) or "\n" in value:
        return False
    return 1 <= len(value.encode("utf-16-le", "surrogatepass")) // 2 <= TEXT_MAX


def _count(value: object) -> Optional[int]:
    """A whole number from 0 to 2^53 - 1, also if it is written as 1.0 or 1e3; otherwise None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 <= value <= SAFE_INTEGER_MAX or value != int(value):
        return None
    return int(value)


def _ascii(text: str) -> str:
    """The text with everything beyond ASCII escaped: half of a surrogate pair cannot go from Python to Spark."""
    return json.dumps(text)[1:-1]
