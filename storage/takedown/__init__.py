"""Taking articles out: from the tables, the indexes, the archive and the free pages of the file."""
