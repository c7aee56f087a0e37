"""Peer D: what the course would land with. Reads the purchases of a topic and keeps them as Parquet on HDFS.

python landing.py BROKERS TOPIC OUTPUT CHECKPOINT
The first three are Kafka's brokers, the topic, and the folder's URL; the last is the URL of Spark's own notes.
It judges nothing: what the topic holds is taken as it is. SPARK_JARS: a folder with Spark's Kafka source.
"""

import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# The fields of docs/events.md that the rows need.
RECORD = """
    at BIGINT,
    commands ARRAY<STRUCT<events: ARRAY<STRUCT<
        type: STRING,
        v: INT,
        data: STRUCT<player: STRING, swordType: STRING, price: BIGINT, region: STRING, guild: STRING>
    >>>>
"""


def main(brokers: str, topic: str, output: str, checkpoint: str) -> None:
    spark = open_session()
    records = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", brokers)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        # The topic has one partition: else one of the two cores would read nothing.
        .option("minPartitions", "2")
        # No maxOffsetsPerTrigger: rows go straight through, so that one large micro-batch takes no more memory than
        # several, and less time.
        .load()
    )
    query = (
        purchases(records)
        .writeStream.format("parquet")
        .option("path", output)
        .option("checkpointLocation", checkpoint)
        .trigger(availableNow=True)
        .start()
    )
    query.awaitTermination()
    print("landed", flush=True)
    spark.stop()
    java = spark.sparkContext._gateway.proc
    # It ends by itself only after this process, so that nobody would count what it used.
    java.stdin.close()
    java.wait()


def open_session() -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["HADOOP_USER_NAME"] = "guildhall"
    return (
        SparkSession.builder.appName("landing")
        .master("local[2]")
        # Spark's default, and enough, since rows go straight through: a larger heap would only be used more lazily.
        .config("spark.driver.memory", "1g")
        .config("spark.driver.extraClassPath", f"{os.environ['SPARK_JARS']}/*")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )


def purchases(records):
    """One row for each purchase in these records."""
    # Before the JSON stands its checksum, in 8 hex digits, and a space.
    parsed = records.select(
        F.col("offset").alias("log_offset"),
        F.col("timestamp").alias("appended_at"),
        F.from_json(F.expr("substring(CAST(value AS STRING), 10)"), RECORD).alias("record"),
    )
    events = parsed.select(
        "log_offset",
        "appended_at",
        F.timestamp_millis("record.at").alias("written_at"),
        F.explode(F.flatten("record.commands.events")).alias("event"),
    )
    return events.where(F.col("event.type") == "SwordBought").select(
        "log_offset",
        F.col("event.type").alias("type"),
        F.col("event.v").alias("version"),
        "appended_at",
        "written_at",
        F.col("event.data.player").alias("player"),
        F.col("event.data.swordType").alias("sword_type"),
        F.col("event.data.price").alias("price"),
        F.col("event.data.region").alias("region"),
        F.col("event.data.guild").alias("guild"),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
