"""The rows as a table of the Hive metastore: columns, place, and a partition for each batch."""

from pyspark.sql import SparkSession

from .problem import Problem


class Table:
    """`name` is SCHEMA.TABLE; `place` is its folder, which the metastore only points to."""

    def __init__(self, spark: SparkSession, name: str, place: str):
        self.name = name
        self.place = place
        self._spark = spark

    def register(self, columns: dict[str, str]) -> None:
        """Idempotent. Raises Problem if the name is that of a table of another folder or other columns."""
        schema = self.name.split(".")[0]
        self._spark.sql(f"CREATE DATABASE IF NOT EXISTS {schema}")
        listed = ", ".join(f"`{name}` {type}" for name, type in columns.items())
        self._spark.sql(
            f"CREATE EXTERNAL TABLE IF NOT EXISTS {self.name} ({listed}) PARTITIONED BY (batch BIGINT) "
            f"STORED AS PARQUET LOCATION '{self.place}'"
        )
        described = self._spark.sql(f"DESCRIBE TABLE EXTENDED {self.name}").collect()
        place = next((row.data_type for row in described if row.col_name == "Location"), "no folder")
        if place != self.place:
            raise Problem(
                f"the table {self.name} is at {place}, expected {self.place}; set SPARK_SCHEMA to a new name"
            )
        if self._spark.table(self.name).columns != [*columns, "batch"]:
            raise Problem(
                f"the table {self.name} has the columns of another build: set SPARK_FOLDER and SPARK_SCHEMA"
                " to new names, and land again"
            )

    def add_batch(self, batch: int) -> None:
        """Idempotent."""
        self._spark.sql(f"ALTER TABLE {self.name} ADD IF NOT EXISTS PARTITION (batch = {batch})")
