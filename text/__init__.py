"""Bytes, letters and languages: the text of a page as text."""
