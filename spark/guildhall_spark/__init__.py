"""A second, independent lander: Spark reads the log, judges it in SQL, and lands Parquet on HDFS."""
