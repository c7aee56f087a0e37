"""The job's folder on HDFS: its mark, its files of rows, and the offsets that Spark noted for each batch."""

import json
from typing import Optional

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from .problem import Problem

MARK = "guildhall-spark.json"

# Where each batch is written before its file is put in its place; readers of the table do not look here.
STAGING = "staging"

NEW_FOLDER = "set SPARK_FOLDER and SPARK_SCHEMA to new names"


class Folder:
    """Files of HDFS through Spark's own Hadoop client. Paths are relative to the folder."""

    def __init__(self, spark: SparkSession, url: str):
        hadoop = spark._jvm.org.apache.hadoop.fs
        configuration = spark._jsc.hadoopConfiguration()
        self.url = url
        self.rows_url = f"{url}/events"
        self.checkpoint_url = f"{url}/checkpoint"
        self._jvm = spark._jvm
        self._path = hadoop.Path
        self._files = hadoop.Path(url).getFileSystem(configuration)
        self._context = hadoop.FileContext.getFileContext(hadoop.Path(url).toUri(), configuration)
        rename = getattr(hadoop, "Options$Rename")
        self._overwriting = spark.sparkContext._gateway.new_array(rename, 1)
        self._overwriting[0] = rename.OVERWRITE

    def claim(self, what: dict) -> None:
        """Makes this the folder of one log and choice of events. Idempotent. Raises Problem if it is another's."""
        mark = self._read(MARK)
        if mark is None:
            if self._names(""):
                raise Problem(
                    f"{self.url} holds files but no {MARK}: another job wrote them; set SPARK_FOLDER to a new"
                    " folder"
                )
            self._create(MARK, json.dumps(what))
            mark = self._read(MARK)
        found = json.loads(mark)
        for name, expected in what.items():
            if found.get(name) != expected:
                raise Problem(
                    f"{self.url} holds what was landed with {name} {json.dumps(found.get(name))}, "
                    f"this run has {json.dumps(expected)}; {NEW_FOLDER}"
                )

    def types(self) -> Optional[list[str]]:
        """The choice of event types that it was claimed with; None: all."""
        mark = self._read(MARK)
        types = "all" if mark is None else json.loads(mark)["types"]
        return None if types == "all" else types

    def publish(self, staged: str, batch: int) -> None:
        """Moves the one file of a staged folder to its place, at once, over one that is there. Idempotent.

        So a batch's folder holds one file, whole, however often and by however many the batch is run.
        """
        name = next(name for name in self._names(staged) if name.endswith(".parquet"))
        place = f"events/batch={batch}"
        self._files.mkdirs(self._at(place))
        self._context.rename(
            self._at(f"{staged}/{name}"), self._at(f"{place}/rows.parquet"), self._overwriting
        )
        self._files.delete(self._at(staged), True)

    def remove_staged(self, up_to_batch: int) -> None:
        """Removes what runs that were killed have left of batches that are landed by now."""
        for name in self._names(STAGING):
            if int(name.split("-")[0]) <= up_to_batch:
                self._files.delete(self._at(f"{STAGING}/{name}"), True)

    def end_of_batch(self, batch: int, topic: str, realm: int) -> int:
        """The offset after a micro-batch, from Spark's own log of offsets; 0 before the first."""
        if batch < 0:
            return 0
        text = self._read(f"checkpoint/offsets/{batch}")
        if text is None:
            raise Problem(
                f"{self.checkpoint_url} has no offsets of batch {batch}: it is damaged; {NEW_FOLDER}, and"
                " land again"
            )
        return json.loads(text.splitlines()[-1])[topic][str(realm)]

    def landed_batches(self) -> list[int]:
        """Those with rows. Raises Problem if Spark's checkpoint does not know one: it would land twice."""
        names = (name.removeprefix("batch=") for name in self._names("events") if name.startswith("batch="))
        found = sorted(int(name) for name in names)
        started = self._last_of("checkpoint/offsets")
        unknown = [batch for batch in found if batch > started]
        if unknown:
            raise Problem(
                f"{self.rows_url} has rows of batch {unknown[0]}, which {self.checkpoint_url} does not know;"
                f" {NEW_FOLDER}"
            )
        return found

    def last_committed_batch(self) -> int:
        """-1: none yet."""
        return self._last_of("checkpoint/commits")

    def _last_of(self, folder: str) -> int:
        return max((int(name) for name in self._names(folder) if name.isdigit()), default=-1)

    def _at(self, path: str):
        return self._path(f"{self.url}/{path}" if path else self.url)

    def _read(self, path: str) -> Optional[str]:
        if not self._files.exists(self._at(path)):
            return None
        stream = self._files.open(self._at(path))
        try:
            return self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()

    def _names(self, folder: str) -> list[str]:
        if not self._files.exists(self._at(folder)):
            return []
        return [status.getPath().getName() for status in self._files.listStatus(self._at(folder))]

    def _create(self, path: str, text: str) -> None:
        """Of two that create it at once one succeeds; the other finds that one's."""
        try:
            stream = self._files.create(self._at(path), False)
        except Py4JJavaError as error:
            if "AlreadyExists" in str(error.java_exception):
                return
            raise
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()
