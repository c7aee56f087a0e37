"""A second, independent lander: Spark reads the log, applies the chain rule in SQL, and lands Parquet on HDFS."""
