"""The settings, from the environment: those of the game (docs/configuration.md) that this job needs, and its own."""

import os
from dataclasses import dataclass, field

from .problem import Problem


def _setting(name: str, default: str | None = None):
    def read() -> str:
        value = os.environ.get(name) or default
        if value is None:
            raise Problem(f"{name} is not set: start the services with `scripts/stack up`, and export what `scripts/stack env` prints")
        return value

    return field(default_factory=read)


@dataclass(frozen=True)
class Settings:
    brokers: str = _setting("KAFKA_BROKERS")
    topic: str = _setting("KAFKA_TOPIC", "guildhall")
    realm: str = _setting("REALM", "0")
    hdfs_url: str = _setting("HDFS_URL")
    metastore_url: str = _setting("METASTORE_URL")
    lake_folder: str = _setting("LAKE_FOLDER", "/guildhall/lake")
    # Where this job writes: not in the game's own table.
    folder: str = _setting("SPARK_FOLDER", "/guildhall/spark")
    schema: str = _setting("SPARK_SCHEMA", "guildhall_spark")
    # The most records of one micro-batch.
    batch_records: str = _setting("SPARK_BATCH_RECORDS", "200000")
    jars: str = _setting("SPARK_JARS", "")

    @property
    def rows(self) -> str:
        return f"{self.hdfs_url}{self.folder}/events"

    @property
    def checkpoint(self) -> str:
        return f"{self.hdfs_url}{self.folder}/checkpoint"

    @property
    def delta_table(self) -> str:
        return f"{self.hdfs_url}{self.lake_folder}/events"
