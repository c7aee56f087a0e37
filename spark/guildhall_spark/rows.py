"""The rows that a commit makes, with the columns of the game's own table (docs/lake.md)."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .events import EventTypes, Field
from .problem import Problem

# Those of every row; the fields of the events follow.
BASE_COLUMNS = {
    "realm": "INT",
    "log_offset": "BIGINT",
    "event_index": "INT",
    "type": "STRING",
    "player": "STRING",
    "version": "INT",
    "appended_at": "TIMESTAMP",
    "written_at": "TIMESTAMP",
}


def columns(types: EventTypes) -> dict[str, str]:
    """The SQL type of each column."""
    return {**BASE_COLUMNS, **{field.column: field.kind.sql_type for field in _landed(types)}}


def rows(commits: DataFrame, types: EventTypes, realm: int) -> DataFrame:
    """One row for each event of these commits, and in `readable` whether the event could be read."""
    placed = commits.select(
        "log_offset", "appended_at", "at", F.posexplode("events").alias("event_index", "event")
    )
    data = ", ".join(f"`{field.name}` {field.kind.sql_type}" for field in types.fields)
    read = placed.withColumn("data", F.from_json("event.data", data))
    return read.select(
        F.lit(realm).cast("int").alias("realm"),
        "log_offset",
        "event_index",
        F.col("event.type").alias("type"),
        F.col("data.player").alias("player"),
        F.col("event.version").cast("int").alias("version"),
        "appended_at",
        F.timestamp_millis("at").alias("written_at"),
        *(F.col(f"data.{field.name}").alias(field.column) for field in _landed(types)),
        F.col("event.readable").alias("readable"),
    )


def check_readable(rows: DataFrame) -> None:
    """Nothing wrong is landed. Raises Problem with the first event that could not be read."""
    bad = rows.where(~F.col("readable")).orderBy("log_offset", "event_index").first()
    if bad is not None:
        raise Problem(
            f"the event {bad.log_offset}-{bad.event_index}, {bad.type} version {bad.version}, does not fit"
            " schema/events: nothing from there on was landed; land with the build that wrote it, or a"
            " newer one"
        )


def _landed(types: EventTypes) -> list[Field]:
    """Every row has the player already."""
    return [field for field in types.fields if field.name != "player"]
