"""Whole words in class names and ids: `site-footer` has `site` and `footer`."""

import re
from functools import lru_cache


@lru_cache(maxsize=8192)
def words_of(names: str) -> tuple[str, ...]:
    """The parts between spaces, `-` and `_`, in lower case."""
    return tuple(names.lower().replace("-", " ").replace("_", " ").split())


_PLURALS = ("", "s", "ss")  # of `widgets?` in `(?:widgets?|…)s?`


class ClassPattern:
    """A pattern of whole words, each match of which has one of the `words`, or that with an `s` more.
    Most names have none, and these are found without the pattern in a quarter of the time.
    """

    def __init__(self, pattern: str, words: str) -> None:
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self.words = frozenset(word + s for word in words.split() for s in _PLURALS)

    def is_in(self, names: str) -> bool:
        """`names`: class and id, of at most some hundred characters."""
        if names.isascii() and self.words.isdisjoint(words_of(names)):
            return False  # beyond ASCII a pattern knows other spellings: `ı` is an `i`
        return self._pattern.search(names) is not None
