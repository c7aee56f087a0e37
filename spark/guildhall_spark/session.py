"""One Spark on this machine, with Kafka, Delta and the Hive metastore."""

import os
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from .settings import Settings

LOGGING = Path(__file__).parents[1] / "log4j2.properties"


def open_session(settings: Settings) -> SparkSession:
    # Spark runs Python for our functions: this one, not the first python3 of the machine.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Who files on HDFS belong to, as the game's do.
    os.environ.setdefault("HADOOP_USER_NAME", "guildhall")
    jars = sorted(str(path) for path in Path(settings.jars).glob("*.jar"))
    builder = (
        SparkSession.builder.appName("guildhall")
        .master("local[2]")
        .config("spark.driver.memory", "1g")
        # Without the second compiler, since most of a run is the start.
        .config(
            "spark.driver.extraJavaOptions",
            f"-XX:TieredStopAtLevel=1 -Dlog4j2.configurationFile={LOGGING.as_uri()}",
        )
        # Nothing listens beyond this machine.
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.jars", ",".join(jars))
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.hadoop.hive.metastore.uris", settings.metastore_url)
        .config("spark.sql.warehouse.dir", f"{settings.job_url}/warehouse")
        .config("spark.sql.session.timeZone", "UTC")
        # Times as Presto and Delta write them, instead of Impala's INT96.
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.streaming.stopTimeout", "60s")
    )
    return builder.enableHiveSupport().getOrCreate()
