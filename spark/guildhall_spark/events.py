"""The event types, from the JSON Schemas in schema/events/ that the game emits. Plain Python, without Spark."""

import json
import re
from pathlib import Path
from typing import Callable, NamedTuple

from .problem import Problem

SCHEMAS = Path(__file__).parents[2] / "schema" / "events"


def is_whole(value: object) -> bool:
    """A whole number, also if it was written as 1.0 or 1e3; JSON's true is none."""
    return isinstance(value, int) and not isinstance(value, bool)


class Kind(NamedTuple):
    """A kind of field of src/domain/kinds.ts: the type of its column, and what a value must be."""

    sql_type: str
    accepts: Callable[[object], bool]


# Goods and prices are kept as their JSON.
KINDS = {
    "text": Kind("STRING", lambda value: isinstance(value, str)),
    "integer": Kind("BIGINT", is_whole),
    "gold": Kind("BIGINT", is_whole),
    "flag": Kind("BOOLEAN", lambda value: isinstance(value, bool)),
    "goods": Kind("STRING", lambda value: isinstance(value, dict)),
    "prices": Kind("STRING", lambda value: isinstance(value, list)),
}


class Field(NamedTuple):
    """A field of an event's data."""

    name: str
    kind: Kind
    optional: bool

    @property
    def column(self) -> str:
        """swordType is sword_type, as SQL ignores case."""
        return re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), self.name)

    def accepts(self, value: object) -> bool:
        return self.optional if value is None else self.kind.accepts(value)


class EventType(NamedTuple):
    name: str
    version: int
    fields: list[Field]


class EventTypes(dict[str, EventType]):
    """By name, each in its newest version."""

    @staticmethod
    def read(folder: Path = SCHEMAS) -> "EventTypes":
        types = EventTypes()
        for path in sorted(folder.glob("*.json")):
            name, version = re.fullmatch(r"(\w+)\.v(\d+)\.json", path.name).groups()
            if name in types and types[name].version > int(version):
                continue
            data = json.loads(path.read_text())["properties"]["data"]["properties"]
            types[name] = EventType(
                name, int(version), [_field(path, each, schema) for each, schema in data.items()]
            )
        return types

    @property
    def fields(self) -> list[Field]:
        """Those of all types together, each once; a name has one kind in all of them."""
        return list({field.name: field for type in self.values() for field in type.fields}.values())

    def accept(self, name: str, version: int, data: dict) -> bool:
        """Whether an event is of a known type and version, and has each field, of the right kind."""
        type = self.get(name)
        if type is None or type.version != version:
            return False
        return all(field.accepts(data.get(field.name)) for field in type.fields)


def _field(path: Path, name: str, schema: dict) -> Field:
    kind = KINDS.get(schema["x-kind"])
    if kind is None:
        raise Problem(
            f"{path}: the field {name} is of the kind {schema['x-kind']}, which {__file__} does not know: add"
            " it to KINDS"
        )
    return Field(name, kind, {"type": "null"} in schema.get("anyOf", []))
