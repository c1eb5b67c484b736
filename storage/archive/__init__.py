"""Pages as they were fetched: WARC files beside the database, and rows that point into them.

Extraction gets better and pages disappear: everything can be refined again from here.
"""
