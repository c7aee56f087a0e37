"""The columns of the table, made from the JSON Schemas in schema/events/, which the game emits from its event types."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from pyspark.sql.types import BooleanType, DataType, LongType, StringType, StructField, StructType

SCHEMAS = Path(__file__).parents[2] / "schema" / "events"

# By the kinds of src/domain/kinds.ts.
KINDS: dict[str, DataType] = {
    "text": StringType(),
    "integer": LongType(),
    "gold": LongType(),
    "flag": BooleanType(),
    "goods": StringType(),
}


class Field(NamedTuple):
    """A field of an event's data. Goods are kept as their JSON."""

    name: str
    type: DataType
    optional: bool

    @property
    def column(self) -> str:
        """swordType is sword_type, as SQL ignores case."""
        return re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), self.name)


class EventType(NamedTuple):
    name: str
    version: int
    fields: list[Field]


def event_types(folder: Path = SCHEMAS) -> dict[str, EventType]:
    """The newest version of each event type, by name."""
    types: dict[str, EventType] = {}
    for path in sorted(folder.glob("*.json")):
        name, version = re.fullmatch(r"(\w+)\.v(\d+)\.json", path.name).groups()
        if name in types and types[name].version > int(version):
            continue
        data = json.loads(path.read_text())["properties"]["data"]["properties"]
        types[name] = EventType(name, int(version), [_field(field, schema) for field, schema in data.items()])
    return types


def _field(name: str, schema: dict) -> Field:
    optional = {"type": "null"} in schema.get("anyOf", [])
    return Field(name, KINDS[schema["x-kind"]], optional)


def data_schema(types: dict[str, EventType]) -> StructType:
    """The fields of all types together; a name has one type in all of them."""
    fields = {field.name: field for type in types.values() for field in type.fields}
    return StructType([StructField(name, field.type) for name, field in fields.items()])
