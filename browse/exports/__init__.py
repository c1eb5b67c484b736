"""What leaves the reader: whole results as files, and feeds."""
