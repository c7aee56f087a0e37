"""A batch report by Spark over the game's own Delta table: what sold, and who came back."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.utils import AnalysisException

from .problem import Problem
from .settings import Settings


class Report:
    """All figures are of events that have landed; gold is in whole coins."""

    def __init__(self, spark: SparkSession, settings: Settings):
        try:
            self.events = spark.read.format("delta").load(settings.delta_url)
        except AnalysisException as error:
            raise Problem(
                f"{settings.delta_url} is not a Delta table: has the game's lander landed anything yet?"
            ) from error
        self.purchases = self.events.where(F.col("type") == "SwordBought")

    def sales(self) -> DataFrame:
        """What sold, by sword, the highest revenue first."""
        return (
            self.purchases.groupBy("sword_type")
            .agg(
                F.count("*").alias("purchases"),
                F.sum("price").alias("revenue"),
                F.countDistinct("player").alias("players"),
            )
            .orderBy(F.desc("revenue"), "sword_type")
        )

    def regions(self) -> DataFrame:
        """What sold, by region."""
        return (
            self.purchases.groupBy("region")
            .agg(F.count("*").alias("purchases"), F.sum("price").alias("revenue"))
            .orderBy(F.desc("revenue"), "region")
        )

    def funnel(self) -> DataFrame:
        """How many players registered, then bought a sword, then founded or joined a guild."""
        of = lambda *types: F.countDistinct(F.when(F.col("type").isin(*types), F.col("player")))
        return self.events.agg(
            of("PlayerRegistered").alias("registered"),
            of("SwordBought").alias("bought"),
            of("GuildFounded", "GuildJoined").alias("in_a_guild"),
        )
