"""What a mistyped word was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean X?`, or nothing when no known word is near."""
    exact = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), exact, n=1, cutoff=0.6)
    return f"did you mean {exact[near[0]]}?" if near else ""
