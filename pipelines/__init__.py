"""Refinement: a Page becomes an Article. Plain functions; no network, no files of the user's."""
