"""What the corpus is written to and read from: texts, JSON lines, Parquet, WARC."""
