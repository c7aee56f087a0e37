"""The job's folder on HDFS: what it is of, and the offsets of each micro-batch as Spark's checkpoint has them."""

import json
from typing import Optional

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from .problem import Problem

MARK = "guildhall-spark.json"


class Folder:
    """Files of HDFS through Spark's own Hadoop client."""

    def __init__(self, spark: SparkSession, url: str):
        self._jvm = spark._jvm
        self._path = self._jvm.org.apache.hadoop.fs.Path
        self._url = url
        self._files = self._path(url).getFileSystem(spark._jsc.hadoopConfiguration())

    def claim(self, what: dict) -> None:
        """Makes this the folder of one log and one choice of events. Idempotent. Raises Problem if it is another's."""
        mark = self.read(MARK)
        if mark is None:
            if self.names(""):
                raise Problem(f"{self._url} holds files but no {MARK}: another job wrote them; set SPARK_FOLDER to a new folder")
            self._create(MARK, json.dumps(what))
            mark = self.read(MARK)
        found = json.loads(mark)
        for name, expected in what.items():
            if found.get(name) != expected:
                raise Problem(
                    f"{self._url} was begun with {name} {found.get(name)}, this run has {expected}; set SPARK_FOLDER to a new folder"
                )

    def read(self, name: str) -> Optional[str]:
        path = self._path(f"{self._url}/{name}")
        if not self._files.exists(path):
            return None
        stream = self._files.open(path)
        try:
            return self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        finally:
            stream.close()

    def names(self, folder: str) -> list[str]:
        path = self._path(f"{self._url}/{folder}" if folder else self._url)
        if not self._files.exists(path):
            return []
        return [status.getPath().getName() for status in self._files.listStatus(path)]

    def _create(self, name: str, text: str) -> None:
        """Of two that create it at once one succeeds; the other finds that one's."""
        try:
            stream = self._files.create(self._path(f"{self._url}/{name}"), False)
        except Py4JJavaError as error:
            if "AlreadyExists" in str(error.java_exception):
                return
            raise
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()

    def end_of_batch(self, batch: int, topic: str, realm: int) -> int:
        """The offset after a micro-batch, from Spark's own log of offsets; 0 before the first."""
        if batch < 0:
            return 0
        text = self.read(f"checkpoint/offsets/{batch}")
        if text is None:
            raise Problem(f"{self._url}/checkpoint has no offsets of batch {batch}: it is damaged; set SPARK_FOLDER to a new folder")
        return json.loads(text.splitlines()[-1])[topic][str(realm)]

    def last_committed_batch(self) -> int:
        """-1: none yet."""
        return self._last_of("checkpoint/commits")

    def last_started_batch(self) -> int:
        """-1: none yet."""
        return self._last_of("checkpoint/offsets")

    def _last_of(self, folder: str) -> int:
        return max((int(name) for name in self.names(folder) if name.isdigit()), default=-1)

    def landed_batches(self) -> list[int]:
        found = (name.removeprefix("batch=") for name in self.names("events") if name.startswith("batch="))
        return sorted(int(name) for name in found)
