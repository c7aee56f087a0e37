"""The streaming job: reads the log, judges it, and lands the events that happened as Parquet on HDFS."""

import json
import time
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from pyspark.errors import StreamingQueryException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import (
    ArrayType,
    LongType,
    StringType,
    StructField,
    StructType,
)

from .chain_rule import effective
from .events import data_schema, event_types
from .folder import Folder
from .problem import Problem
from .records import Commit, Genesis, decode
from .settings import Settings

LINK = StructType([StructField("aggregate", StringType()), StructField("prev", StringType())])
EVENT = StructType(
    [StructField("type", StringType()), StructField("version", LongType()), StructField("data", StringType())]
)
COMMIT = StructType(
    [
        StructField("seen", LongType()),
        StructField("at", LongType()),
        StructField("links", ArrayType(LINK)),
        StructField("events", ArrayType(EVENT)),
    ]
)


def _commit(value: Optional[bytes]) -> Optional[Commit]:
    record = decode(value)
    return record if isinstance(record, Commit) else None


read_commit = F.udf(_commit, COMMIT)


@dataclass(frozen=True)
class Landed:
    """What one micro-batch was: the records [start, end), of which so many commits, and the rows it landed."""

    batch: int
    start: int
    end: int
    commits: int
    effective: int
    rows: int
    seconds: float


class Lander:
    """Lands the log of one realm, whole or from where it stopped.

    `foreachBatch` may run a batch again, so a batch has its own folder, and what it writes there depends on nothing but
    the batch's offsets and the log: running it again gives the same rows.
    """

    def __init__(self, spark: SparkSession, settings: Settings, types: Sequence[str] = ()):
        self.spark = spark
        self.settings = settings
        self.realm = int(settings.realm)
        self.known = event_types()
        self.types = sorted(types)
        for name in self.types:
            if name not in self.known:
                raise Problem(f"--types: expected some of {', '.join(sorted(self.known))}, got {name}")
        self.folder = Folder(spark, f"{settings.hdfs_url}{settings.folder}")
        self.table = f"{settings.schema}.events"
        self.problem: Optional[Problem] = None

    def run(self, on_landed: Callable[[Landed], None], follow_ms: Optional[int] = None) -> None:
        """Lands all there is, or with `follow_ms` goes on with a micro-batch every so often. Raises Problem."""
        genesis = self._genesis()
        self.lag_max = genesis.lag_max
        self.on_landed = on_landed
        self.folder.claim({"logId": genesis.log_id, "realm": genesis.realm, "types": self.types or "all"})
        self._check_checkpoint()
        self._register()
        stream = (
            self.spark.readStream.format("kafka")
            .options(**self._source())
            .option("startingOffsets", "earliest")
            .option("maxOffsetsPerTrigger", self.settings.batch_records)
            .load()
        )
        trigger = {"availableNow": True} if follow_ms is None else {"processingTime": f"{follow_ms} milliseconds"}
        query = (
            stream.writeStream.foreachBatch(self._land)
            .option("checkpointLocation", self.settings.checkpoint)
            .trigger(**trigger)
            .start()
        )
        try:
            query.awaitTermination()
        except StreamingQueryException as error:
            # Spark wraps what its callback raised.
            raise self.problem or error
        finally:
            query.stop()

    def _land(self, records: DataFrame, batch: int) -> None:
        try:
            self.land(records, batch)
        except Problem as problem:
            self.problem = problem
            raise

    def land(self, _records: DataFrame, batch: int) -> None:
        """Lands one micro-batch: those of its commits that happened, judged with the lag_max records before it."""
        began = time.monotonic()
        start = self._end(batch - 1)
        end = self._end(batch)
        # The records of the micro-batch are not enough: whether a commit took its slots depends on those before.
        commits = self._commits(max(0, start - self.lag_max), end).persist()
        try:
            happened = effective(self.spark, commits, self.lag_max).where(F.col("log_offset") >= start).persist()
            rows = self._rows(commits.join(happened, "log_offset")).persist()
            self._check_readable(rows)
            chosen = rows if not self.types else rows.where(F.col("type").isin(self.types))
            chosen.drop("readable").coalesce(1).write.mode("overwrite").parquet(f"{self.settings.rows}/batch={batch}")
            landed = Landed(
                batch,
                start,
                end,
                commits.where(F.col("log_offset") >= start).count(),
                happened.count(),
                chosen.count(),
                time.monotonic() - began,
            )
        finally:
            self.spark.catalog.clearCache()
        self._add_partition(batch)
        self.on_landed(landed)

    def _source(self) -> dict[str, str]:
        assign = json.dumps({self.settings.topic: [self.realm]})
        return {"kafka.bootstrap.servers": self.settings.brokers, "assign": assign, "failOnDataLoss": "true"}

    def _read(self, start: int, end: int) -> DataFrame:
        """The records [start, end), as a batch."""
        offsets = {
            name: json.dumps({self.settings.topic: {str(self.realm): offset}})
            for name, offset in (("startingOffsets", start), ("endingOffsets", end))
        }
        return self.spark.read.format("kafka").options(**self._source(), **offsets).load()

    def _genesis(self) -> Genesis:
        where = f"topic {self.settings.topic}, partition {self.realm}"
        try:
            found = self._read(0, 1).select("value").collect()
        except Exception as error:
            first = str(error).strip().splitlines()[0]
            raise Problem(f"{where}: its first record could not be read ({first}); is the game's log there?") from error
        record = decode(bytes(found[0].value)) if found else None
        if not isinstance(record, Genesis):
            raise Problem(f"{where}: expected the genesis of a log of Guildhall at offset 0, found another record")
        if record.realm != self.realm:
            raise Problem(f"{where}: its genesis is of realm {record.realm}; set REALM")
        return record

    def _check_checkpoint(self) -> None:
        """Rows of batches that the checkpoint does not know would be landed twice."""
        started = self.folder.last_started_batch()
        unknown = [batch for batch in self.folder.landed_batches() if batch > started]
        if unknown:
            raise Problem(
                f"{self.settings.rows} has rows of batch {unknown[0]}, which {self.settings.checkpoint} does not know; "
                "set SPARK_FOLDER to a new folder"
            )

    def _end(self, batch: int) -> int:
        return self.folder.end_of_batch(batch, self.settings.topic, self.realm)

    def _commits(self, start: int, end: int) -> DataFrame:
        return (
            self._read(start, end)
            .select(F.col("offset").alias("log_offset"), F.col("timestamp").alias("appended_at"), "value")
            .withColumn("commit", read_commit("value"))
            .where(F.col("commit").isNotNull())
            .select("log_offset", "appended_at", "commit.*")
        )

    def _rows(self, commits: DataFrame) -> DataFrame:
        """One row for each event, with the columns of the game's own table, and whether it could be read."""
        placed = commits.select("log_offset", "appended_at", "at", F.posexplode("events").alias("event_index", "event"))
        read = placed.withColumn("data", F.from_json("event.data", data_schema(self.known)))
        return read.select(
            F.lit(self.realm).cast("long").alias("realm"),
            "log_offset",
            F.col("event_index").cast("long").alias("event_index"),
            F.col("event.type").alias("type"),
            F.col("data.player").alias("player"),
            F.col("event.version").alias("version"),
            "appended_at",
            F.timestamp_millis("at").alias("written_at"),
            *self._fields(),
            self._readable().alias("readable"),
        )

    def _fields(self) -> list[Column]:
        fields = {field.column: field for type in self.known.values() for field in type.fields if field.name != "player"}
        return [F.col(f"data.{field.name}").alias(column) for column, field in fields.items()]

    def _readable(self) -> Column:
        """Of a known type and version, and with every field that must be there, of the right type."""
        readable = F.lit(False)
        for type in self.known.values():
            needed = [F.col(f"data.{field.name}").isNotNull() for field in type.fields if not field.optional]
            this = (F.col("event.type") == type.name) & (F.col("event.version") == type.version)
            for condition in needed:
                this = this & condition
            readable = readable | this
        return F.coalesce(readable, F.lit(False))

    def _check_readable(self, rows: DataFrame) -> None:
        """Nothing wrong is landed: the job stops before an event that it cannot read."""
        unreadable = rows.where(~F.col("readable")).orderBy("log_offset", "event_index").first()
        if unreadable is None:
            return
        raise Problem(
            f"the event {unreadable.log_offset}-{unreadable.event_index}, {unreadable.type} version {unreadable.version}, "
            "cannot be read by schema/events: land with the build that wrote it, or a newer one"
        )

    def _register(self) -> None:
        """The table in the Hive metastore, with a partition for each batch that was landed whole."""
        self.spark.sql(f"CREATE DATABASE IF NOT EXISTS {self.settings.schema}")
        fields = {field.column: field.type for type in self.known.values() for field in type.fields if field.name != "player"}
        columns = {
            **{"realm": "BIGINT", "log_offset": "BIGINT", "event_index": "BIGINT", "type": "STRING", "player": "STRING"},
            **{"version": "BIGINT", "appended_at": "TIMESTAMP", "written_at": "TIMESTAMP"},
            **{column: type.simpleString().upper() for column, type in fields.items()},
        }
        listed = ", ".join(f"{name} {type}" for name, type in columns.items())
        self.spark.sql(
            f"CREATE EXTERNAL TABLE IF NOT EXISTS {self.table} ({listed}) PARTITIONED BY (batch BIGINT) "
            f"STORED AS PARQUET LOCATION '{self.settings.rows}'"
        )
        described = self.spark.sql(f"DESCRIBE TABLE EXTENDED {self.table}").collect()
        location = next(row.data_type for row in described if row.col_name == "Location")
        if location != self.settings.rows:
            raise Problem(f"{self.table} is at {location}, expected {self.settings.rows}; set SPARK_SCHEMA to a new name")
        found = [name for name in self.spark.table(self.table).columns if name != "batch"]
        if found != list(columns):
            raise Problem(
                f"{self.table} has the columns of another build; set SPARK_FOLDER and SPARK_SCHEMA to new names, and land again"
            )
        committed = self.folder.last_committed_batch()
        for batch in self.folder.landed_batches():
            if batch <= committed:
                self._add_partition(batch)

    def _add_partition(self, batch: int) -> None:
        self.spark.sql(f"ALTER TABLE {self.table} ADD IF NOT EXISTS PARTITION (batch = {batch})")
