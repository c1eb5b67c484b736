"""The reader: datasette on the live database, dressed for people. It writes nothing."""
