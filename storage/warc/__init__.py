"""Reading web archives (WARC 1.0 and 1.1), anyone's: where records begin, and what is in them."""
