"""The settings, from the environment: this job's own, and those of the game (docs/configuration.md)."""

import os
import re
from dataclasses import dataclass, field
from typing import Callable

from .problem import Problem


def _setting(
    name: str, default: "str | None" = None, expected: str = ".+", words: str = "a text", to: Callable = str
):
    def read():
        value = os.environ.get(name) or default
        if value is None:
            raise Problem(
                f"{name} is not set: use scripts/spark, or start the services with scripts/stack up and"
                " export what scripts/stack env prints"
            )
        if not re.fullmatch(expected, value):
            raise Problem(f"{name}: expected {words}, got {value}")
        return to(value)

    return field(default_factory=read)


FOLDER = {
    "expected": r"(/[a-z0-9._-]+)+",
    "words": "an absolute folder of a-z, 0-9, '.', '_' and '-', without a / at the end",
}
COUNT = {"expected": "[0-9]{1,9}", "to": int}


@dataclass(frozen=True)
class Settings:
    """Raises Problem for a setting that is missing or wrong."""

    brokers: str = _setting("KAFKA_BROKERS")
    topic: str = _setting("KAFKA_TOPIC", "guildhall")
    realm: int = _setting("REALM", "0", words="a whole number", **COUNT)
    hdfs_url: str = _setting("HDFS_URL", None, "hdfs://[^/]+", "hdfs://host:port")
    metastore_url: str = _setting("METASTORE_URL", None, "thrift://[^/]+", "thrift://host:port")
    presto_url: str = _setting("PRESTO_URL", None, "https?://[^/]+/?", "http://host:port")
    lake_folder: str = _setting("LAKE_FOLDER", "/guildhall/lake", **FOLDER)
    # Where this job writes: not in the game's own lake.
    folder: str = _setting("SPARK_FOLDER", "/guildhall/spark", **FOLDER)
    schema: str = _setting("SPARK_SCHEMA", "guildhall_spark", "[a-z][a-z0-9_]*", "a name of a-z, 0-9 and _")
    # The most records of one micro-batch.
    batch_records: int = _setting(
        "SPARK_BATCH_RECORDS", "200000", "[1-9][0-9]{0,8}", "a whole number from 1 on", int
    )
    jars: str = _setting("SPARK_JARS")

    def __post_init__(self):
        if f"{self.folder}/".startswith(f"{self.lake_folder}/") or f"{self.lake_folder}/".startswith(
            f"{self.folder}/"
        ):
            raise Problem(
                f"SPARK_FOLDER: expected another folder than LAKE_FOLDER, {self.lake_folder}, got"
                f" {self.folder}"
            )

    @property
    def job_url(self) -> str:
        return f"{self.hdfs_url}{self.folder}"

    @property
    def table(self) -> str:
        return f"{self.schema}.events"

    @property
    def delta_url(self) -> str:
        """The game's own table."""
        return f"{self.hdfs_url}{self.lake_folder}/events"
