"""One Spark on this machine, with Kafka, Delta and the Hive metastore."""

from pathlib import Path

from pyspark.sql import SparkSession

from .settings import Settings


def open_session(settings: Settings) -> SparkSession:
    jars = sorted(str(path) for path in Path(settings.jars).glob("*.jar")) if settings.jars else []
    builder = (
        SparkSession.builder.appName("guildhall")
        .master("local[2]")
        .config("spark.driver.memory", "1g")
        # Nothing listens beyond this machine.
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.jars", ",".join(jars))
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.hadoop.hive.metastore.uris", settings.metastore_url)
        .config("spark.sql.warehouse.dir", f"{settings.hdfs_url}{settings.folder}/warehouse")
        .config("spark.sql.session.timeZone", "UTC")
        # Times as Presto and Delta write them, instead of Impala's INT96.
        .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.streaming.stopTimeout", "60s")
    )
    spark = builder.enableHiveSupport().getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark
