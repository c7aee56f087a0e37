"""Reads one record of the log, as docs/events.md defines it. Plain Python: nothing of Spark is in here."""

import json
import re
import zlib
from typing import NamedTuple, Optional

from .events import EventTypes

COMMIT_BYTES_MAX = 256 * 1024
SAFE_INTEGER_MAX = 2**53 - 1
TEXT_MAX = 160

PREFIX = re.compile(rb"[0-9a-f]{8} ")

# Up to here `int` is exact; beyond it JavaScript rounds, so that the number is no safe integer either way.
INTEGER = re.compile(r"-?\d{1,16}$")


class Genesis(NamedTuple):
    """The record at offset 0: what this log is."""

    log_id: str
    realm: int
    lag_max: int
    format: int


class Event(NamedTuple):
    """An event: `data` is its JSON, in ASCII; `readable` says whether its type and fields are known."""

    type: str
    version: int
    data: str
    readable: bool


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


def decode(value: Optional[bytes], types: EventTypes) -> "Genesis | Commit | None":
    """None: not a record of ours (garbage, foreign, damaged), so it is void. Raises Unreadable."""
    if not value or len(value) > COMMIT_BYTES_MAX or not PREFIX.match(value):
        return None
    text = value[9:]
    if value[:8] != b"%08x" % zlib.crc32(text):
        return None
    try:
        parsed = json.loads(
            text.decode("utf-8", "replace"),
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_number,
        )
    except RecursionError:
        raise Unreadable("a record is nested more deeply than Python reads") from None
    except ValueError:
        return None
    if not isinstance(parsed, dict):
        return None
    if "genesis" in parsed:
        return _genesis(parsed["genesis"])
    return _commit(parsed, types)


def _no_constant(name: str) -> None:
    """Python reads NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def _number(text: str) -> "int | float":
    """As JavaScript has it: 1.0 and 1e3 are whole numbers, and one of 5,000 digits is no error."""
    value = float(text)
    if not value.is_integer():
        return value
    return int(text) if INTEGER.match(text) else int(value)


def _genesis(value: object) -> Optional[Genesis]:
    if not isinstance(value, dict) or not _is_text(value.get("logId")):
        return None
    realm, lag_max, form = (_count(value.get(name)) for name in ("realm", "lagMax", "format"))
    if realm is None or not lag_max or form is None:
        return None
    return Genesis(value["logId"], realm, lag_max, form)


def _commit(value: dict, types: EventTypes) -> Optional[Commit]:
    seen, at, on, commands = (
        _count(value.get("seen")),
        _count(value.get("at")),
        value.get("on"),
        value.get("commands"),
    )
    if not _is_text(value.get("id")) or seen is None or at is None:
        return None
    if not isinstance(on, dict) or not on or not isinstance(commands, list):
        return None
    if not all(_is_text(name) and (prev is None or _is_text(prev)) for name, prev in on.items()):
        return None
    if not all(_is_command(command) for command in commands):
        return None
    links = [Link(_ascii(name), None if prev is None else _ascii(prev)) for name, prev in on.items()]
    events = [_event(event, types) for command in commands for event in command["events"]]
    return Commit(seen, at, links, events)


def _is_command(value: object) -> bool:
    if not isinstance(value, dict) or not _is_text(value.get("id")) or not _is_text(value.get("digest")):
        return False
    events = value.get("events")
    return isinstance(events, list) and all(_is_event(event) for event in events)


def _is_event(value: object) -> bool:
    if (
        not isinstance(value, dict)
        or not _is_text(value.get("type"))
        or not isinstance(value.get("data"), dict)
    ):
        return False
    return bool(_count(value.get("v")))


def _event(value: dict, types: EventTypes) -> Event:
    name, version, data = value["type"], value["v"], value["data"]
    return Event(
        _ascii(name), version, json.dumps(data, separators=(",", ":")), types.accept(name, version, data)
    )


def _is_text(value: object) -> bool:
    """1 to 160 characters, counted as UTF-16 does, in one line."""
    if not isinstance(value, str) or "\n" in value:
        return False
    return 1 <= len(value.encode("utf-16-le", "surrogatepass")) // 2 <= TEXT_MAX


def _count(value: object) -> Optional[int]:
    """A whole number from 0 to 2^53 - 1; otherwise None."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= SAFE_INTEGER_MAX else None


def _ascii(text: str) -> str:
    """The text with all beyond ASCII escaped: half of a surrogate pair cannot go from Python to Spark."""
    return json.dumps(text)[1:-1]
