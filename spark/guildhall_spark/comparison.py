"""Asks Spark's table, and the game's own, for the same figures, each by Spark SQL and by Presto."""

from pyspark.sql import SparkSession
from pyspark.sql.utils import AnalysisException

from .folder import Folder
from .log import first_line
from .presto import ask_presto
from .problem import Problem
from .settings import Settings

# By event type: how many, the gold of their prices, and which, by a sum that another place would change.
FIGURES = """
    SELECT type, count(*), sum(price), sum(log_offset * 1000 + event_index) FROM {table}
    WHERE {chosen} AND log_offset <= {last} GROUP BY type ORDER BY type
"""
LAST = "SELECT max(log_offset) FROM {table} WHERE {chosen}"


class Comparison:
    """The figures are of the events up to `last`, the last offset of which both tables have one.

    Of all types, or of those that Spark's folder was begun with.
    """

    def __init__(self, spark: SparkSession, settings: Settings):
        self._spark = spark
        self._presto = settings.presto_url
        types = Folder(spark, settings.job_url).types()
        of_types = "" if types is None else " AND type IN ({})".format(", ".join(f"'{type}'" for type in types))
        self._chosen = f"realm = {settings.realm}{of_types}"
        spark_tables = {"Spark's": settings.table, "the game's": f"delta.`{settings.delta_url}`"}
        presto_tables = {
            "Spark's": f"hive.{settings.table}",
            "the game's": f'delta."$path$"."{settings.delta_url}"',
        }
        lasts = {name: self._by_spark(LAST, table)[0][0] for name, table in spark_tables.items()}
        if None in lasts.values():
            raise Problem(f"one of the tables is empty; their last offsets: {lasts}; land first")
        self.lasts: dict[str, int] = lasts
        self.last = min(lasts.values())
        self.answers = {
            **{(name, "Spark SQL"): self._by_spark(FIGURES, table) for name, table in spark_tables.items()},
            **{(name, "Presto"): self._by_presto(FIGURES, table) for name, table in presto_tables.items()},
        }

    @property
    def agree(self) -> bool:
        first, *others = self.answers.values()
        return all(other == first for other in others)

    def lines(self) -> list[str]:
        """A line for each table and engine."""
        heading = f"{'table':12}{'asked by':12}{'events':>10}{'purchases':>12}{'revenue':>12}"
        return [heading, *(self._line(*asked, rows) for asked, rows in self.answers.items())]

    def differences(self) -> list[str]:
        """What each says of an event type of which not all say the same."""
        types = sorted({row[0] for rows in self.answers.values() for row in rows})
        said = {
            type: {
                asked: next((row[1:] for row in rows if row[0] == type), None)
                for asked, rows in self.answers.items()
            }
            for type in types
        }
        return [
            f"{type}: "
            + "; ".join(f"{table} by {engine} {figures}" for (table, engine), figures in by.items())
            for type, by in said.items()
            if len({str(figures) for figures in by.values()}) > 1
        ]

    def _line(self, table: str, engine: str, rows: list[list]) -> str:
        events = sum(row[1] for row in rows)
        purchases, revenue = next((row[1:3] for row in rows if row[0] == "SwordBought"), (0, 0))
        return f"{table:12}{engine:12}{events:>10}{purchases:>12}{revenue:>12}"

    def _by_spark(self, sql: str, table: str) -> list[list]:
        try:
            return [list(row) for row in self._spark.sql(self._filled(sql, table)).collect()]
        except AnalysisException as error:
            raise Problem(f"{table} cannot be read: {first_line(error)}; has it been landed?") from error

    def _by_presto(self, sql: str, table: str) -> list[list]:
        return ask_presto(self._presto, self._filled(sql, table))

    def _filled(self, sql: str, table: str) -> str:
        return sql.format(table=table, chosen=self._chosen, last=getattr(self, "last", 0))
