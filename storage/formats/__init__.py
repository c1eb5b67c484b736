"""Formats of import and export: seed texts, JSON lines, CSV, Parquet, WARC."""
