"""Suggestions for mistyped words."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or "" when no known word is similar."""
    by_casefold = {name.casefold(): name for name in known}
    matches = get_close_matches(word.casefold(), by_casefold, n=1, cutoff=0.6)
    return f"did you mean {by_casefold[matches[0]]}?" if matches else ""
