"""Folding for the refinement: that of the database, and remembered for phrases that come back."""

from functools import lru_cache

from text.folding import fold


@lru_cache(maxsize=4096)
def fold_phrase(phrase: str) -> str:
    return fold(phrase)
