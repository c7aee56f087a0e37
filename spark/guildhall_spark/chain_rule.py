"""The chain rule in SQL (docs/architecture.md): which commits happened, by their envelopes alone."""

from pyspark.sql import DataFrame, SparkSession

# A commit that had read beyond its own offset is premature, one that had read too little is expired; neither
# takes a slot. Any other commit claims a slot for each of its aggregates, and takes it if no claim on the same
# slot lies in the lag_max records before. It is effective if it took all its slots.
EFFECTIVE = """
    WITH claims AS (
      SELECT log_offset, explode(links) AS link
      FROM {commits}
      WHERE seen <= log_offset AND log_offset - seen <= {lag_max}
    ),
    slots AS (
      SELECT log_offset,
             log_offset - lag(log_offset) OVER (
               PARTITION BY link.aggregate, link.prev ORDER BY log_offset
             ) AS distance
      FROM claims
    )
    SELECT log_offset
    FROM slots
    GROUP BY log_offset
    HAVING every(distance IS NULL OR distance > {lag_max})
"""


def effective(spark: SparkSession, commits: DataFrame, lag_max: int) -> DataFrame:
    """The offsets of the commits that happened, among `commits` (log_offset, seen, links).

    The answer is right for those with lag_max records before them in `commits`, or all there are.
    """
    return spark.sql(EFFECTIVE, commits=commits, lag_max=lag_max)
