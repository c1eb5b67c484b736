"""The SQLite database: articles, copies, revisions, frontier, leases; import and export formats.

Functions take a `sqlite_utils.Database` first; times are ISO 8601 UTC strings.
"""
