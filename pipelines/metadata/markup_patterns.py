"""Patterns of class names, ids and addresses, without regard to case."""

import re
from functools import lru_cache


class CaselessPattern:
    """`pattern` has its letters in lower case. ASCII is searched in lower case for just these, which
    takes a third of the time; beyond it a pattern knows other spellings: `ı` is an `i`.
    """

    def __init__(self, pattern: str) -> None:
        self._exact = re.compile(pattern)
        self._any_case = re.compile(pattern, re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        if text.isascii():
            return self._exact.search(text.lower()) is not None
        return self._any_case.search(text) is not None


@lru_cache(maxsize=8192)
def words_of(names: str) -> tuple[str, ...]:
    """The parts between spaces, `-` and `_`, in lower case: of `site-footer` both."""
    return tuple(names.lower().replace("-", " ").replace("_", " ").split())


_PLURALS = ("", "s", "ss")  # of `widgets?` in `(?:widgets?|…)s?`


class ClassPattern(CaselessPattern):
    """A pattern of whole words of class names, each match of which has one of the `words`, or that with
    an `s` more. Most names have none, and are found so in a quarter of the time.
    """

    def __init__(self, pattern: str, words: str) -> None:
        super().__init__(pattern)
        self.words = frozenset(word + s for word in words.split() for s in _PLURALS)

    def is_in(self, names: str) -> bool:
        """`names`: class and id, of at most some hundred characters."""
        if names.isascii() and self.words.isdisjoint(words_of(names)):
            return False
        return super().is_in(names)
