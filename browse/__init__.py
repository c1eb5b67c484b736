"""The reader: datasette on the live database, with pages made for reading. It never writes."""
