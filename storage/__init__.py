"""The SQLite database: articles, copies, revisions, frontier, leases; import and export formats.

Functions take a `sqlite_utils.Database` first and say their times as ISO 8601 UTC strings.
"""
