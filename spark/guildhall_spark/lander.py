"""The streaming job: reads the log, judges it, and lands the events that happened as Parquet on HDFS."""

import time
import uuid
from dataclasses import dataclass
from typing import Callable, Optional, Sequence

from pyspark.errors import StreamingQueryException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .chain_rule import effective
from .events import EventTypes
from .folder import STAGING, Folder
from .log import Log
from .problem import Problem
from .records import Unreadable
from .rows import check_readable, columns, rows
from .settings import Settings
from .table import Table


@dataclass(frozen=True)
class Landed:
    """What one micro-batch was: the records [start, end), their commits, and the rows it landed."""

    batch: int
    start: int
    end: int
    commits: int
    effective: int
    rows: int
    seconds: float


class Lander:
    """Lands the log of one realm, whole or from where it stopped.

    `foreachBatch` may run a batch again, so a batch has its own file, and what it writes there depends on nothing
    but the batch's offsets and the log: running it again gives the same rows in the same place.
    """

    def __init__(self, spark: SparkSession, settings: Settings, types: Sequence[str] = ()):
        self.spark = spark
        self.settings = settings
        self.chosen = sorted(set(types))
        self.types = EventTypes.read()
        self.log = Log(spark, settings, self.types)
        self.folder = Folder(spark, settings.job_url)
        self.table = Table(spark, settings.table, self.folder.rows_url)
        self.problem: Optional[Problem] = None

    def run(self, on_landed: Callable[[Landed], None], follow_ms: Optional[int] = None) -> None:
        """Lands all there is, or with `follow_ms` goes on, looking that often. Raises Problem."""
        genesis = self.log.genesis()
        self.lag_max = genesis.lag_max
        self.on_landed = on_landed
        self.folder.claim({"logId": genesis.log_id, "realm": genesis.realm, "types": self.chosen or "all"})
        self._register()
        trigger = {"availableNow": True} if follow_ms is None else {"processingTime": f"{follow_ms} milliseconds"}
        query = (
            self.log.stream(self.settings.batch_records)
            .writeStream.foreachBatch(self._land)
            .option("checkpointLocation", self.folder.checkpoint_url)
            .trigger(**trigger)
            .start()
        )
        try:
            query.awaitTermination()
        except StreamingQueryException as error:
            # Spark wraps what its callback raised.
            raise self.problem or problem_of(error, self.folder.url) or error
        finally:
            query.stop()

    def _land(self, records: DataFrame, batch: int) -> None:
        try:
            self.land(records, batch)
        except Problem as problem:
            self.problem = problem
            raise

    def land(self, _records: DataFrame, batch: int) -> None:
        """Lands the commits of a micro-batch that happened, judged with the lag_max records before it."""
        began = time.monotonic()
        start, end = self._end(batch - 1), self._end(batch)
        # Whether a commit took its slots depends also on records before the micro-batch.
        commits = self.log.commits(max(0, start - self.lag_max), end).persist()
        try:
            happened = (
                effective(self.spark, commits, self.lag_max).where(F.col("log_offset") >= start).persist()
            )
            found = rows(commits.join(happened, "log_offset"), self.types, self.log.realm).persist()
            check_readable(found)
            chosen = found.where(F.col("type").isin(self.chosen)) if self.chosen else found
            self._write(chosen.drop("readable"), batch)
            own = commits.where(F.col("log_offset") >= start).select("log_offset")
            count = own.join(
                happened.select("log_offset", F.lit(1).alias("happened")), "log_offset", "left"
            ).agg(F.count("*"), F.count("happened"))
            landed = Landed(batch, start, end, *count.first(), chosen.count(), time.monotonic() - began)
        finally:
            self.spark.catalog.clearCache()
        self.table.add_batch(batch)
        self.on_landed(landed)

    def _write(self, rows: DataFrame, batch: int) -> None:
        staged = f"{STAGING}/{batch}-{uuid.uuid4()}"
        rows.coalesce(1).sortWithinPartitions("log_offset", "event_index").write.parquet(
            f"{self.folder.url}/{staged}"
        )
        self.folder.publish(staged, batch)

    def _end(self, batch: int) -> int:
        return self.folder.end_of_batch(batch, self.log.topic, self.log.realm)

    def _register(self) -> None:
        """The table, also if the metastore was lost: with a partition for each batch that was landed."""
        self.table.register(columns(self.types))
        committed = self.folder.last_committed_batch()
        self.folder.remove_staged(committed)
        for batch in self.folder.landed_batches():
            if batch <= committed:
                self.table.add_batch(batch)


def problem_of(error: Exception, folder: str) -> Optional[Problem]:
    """What Spark's error means, if it is one of those that a user can cause."""
    text = str(error)
    if "CONCURRENT" in text or "Concurrent update to the log" in text or "concurrently" in text:
        return Problem(
            f"another run is landing in {folder}: it goes on, this one ends; nothing is landed twice"
        )
    if Unreadable.__name__ in text:
        reason = text.split(f"{Unreadable.__name__}: ")[-1].splitlines()[0]
        return Problem(f"the log cannot be judged: {reason}")
    if "Cannot fetch offset" in text or "data loss" in text.lower():
        return Problem(
            "records of the log are gone, or it was replaced since it was landed: set SPARK_FOLDER to a new folder"
        )
    return None
