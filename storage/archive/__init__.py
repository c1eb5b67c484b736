"""What was fetched, as it came: WARC files beside the database, and rows that point into them.

Extraction gets better and pages disappear: from here all of it can be refined again.
"""
