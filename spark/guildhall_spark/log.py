"""The realm's log in Kafka, as Spark reads it."""

import json
from typing import Optional

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .events import EventTypes
from .problem import Problem
from .records import Commit, Genesis, decode
from .settings import Settings

COMMIT = """
    seen BIGINT, at BIGINT, links ARRAY<STRUCT<aggregate: STRING, prev: STRING>>,
    events ARRAY<STRUCT<type: STRING, version: BIGINT, data: STRING, readable: BOOLEAN>>
"""


class Log:
    """One partition of the topic. Offsets count from 0; ranges are half-open."""

    def __init__(self, spark: SparkSession, settings: Settings, types: EventTypes):
        self.topic = settings.topic
        self.realm = settings.realm
        self._spark = spark
        self._source = {
            "kafka.bootstrap.servers": settings.brokers,
            "assign": json.dumps({self.topic: [self.realm]}),
            # A record that is gone would change verdicts.
            "failOnDataLoss": "true",
        }

        def read(value: Optional[bytes]) -> Optional[Commit]:
            record = decode(value, types)
            return record if isinstance(record, Commit) else None

        self._read_commit = F.udf(read, COMMIT)

    def genesis(self) -> Genesis:
        """Raises Problem if the topic holds no log of this realm."""
        where = f"topic {self.topic}, partition {self.realm}"
        try:
            found = self._read(0, 1).select("value").collect()
        except Exception as error:
            raise Problem(
                f"{where}: its first record could not be read: {first_line(error)}. Is the game's log there? "
                "KAFKA_TOPIC and REALM say where; scripts/start --stack begins one"
            ) from error
        record = decode(bytes(found[0].value or b""), EventTypes()) if found else None
        if not isinstance(record, Genesis):
            raise Problem(
                f"{where}: expected the genesis of a log of Guildhall at offset 0, found another record; set"
                " KAFKA_TOPIC"
            )
        if record.realm != self.realm:
            raise Problem(f"{where}: its genesis is of realm {record.realm}; set REALM")
        return record

    def commits(self, start: int, end: int) -> DataFrame:
        """The commits in [start, end), as a batch: log_offset, appended_at, seen, at, links, events."""
        return (
            self._read(start, end)
            .select(F.col("offset").alias("log_offset"), F.col("timestamp").alias("appended_at"), "value")
            .withColumn("commit", self._read_commit("value"))
            .where(F.col("commit").isNotNull())
            .select("log_offset", "appended_at", "commit.*")
        )

    def stream(self, batch_records: int) -> DataFrame:
        """All records from the first on, in micro-batches of at most so many."""
        reader = self._spark.readStream.format("kafka").options(**self._source)
        return (
            reader.option("startingOffsets", "earliest").option("maxOffsetsPerTrigger", batch_records).load()
        )

    def _read(self, start: int, end: int) -> DataFrame:
        offsets = {
            name: json.dumps({self.topic: {str(self.realm): offset}})
            for name, offset in (("startingOffsets", start), ("endingOffsets", end))
        }
        return self._spark.read.format("kafka").options(**self._source, **offsets).load()


def first_line(error: Exception) -> str:
    """Spark's errors go on for pages."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
