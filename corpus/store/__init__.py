"""The corpus folder: generations of Parquet files, their index, readers and search."""
