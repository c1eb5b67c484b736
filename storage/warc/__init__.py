"""Reading other programs' WARC files (1.0 and 1.1): where records begin, and what is in them."""
