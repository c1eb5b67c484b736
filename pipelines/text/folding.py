"""Folding for the refinement: that of the database, and remembered for phrases that come back."""

from functools import lru_cache

from storage.folding import fold, fold_lines

__all__ = ["fold", "fold_lines", "fold_phrase"]


@lru_cache(maxsize=4096)
def fold_phrase(phrase: str) -> str:
    return fold(phrase)
