"""Patterns of class names, ids and addresses, without regard to case."""

import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import unquote

MAX_ADDRESS_CHARS = 500


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

    def among(self, texts: Collection[str]) -> set[str]:
        """Those that it is in, for a pattern without anchors. They are searched as one: of a page's hundred
        addresses that takes a quarter of the time.
        """
        plain = [text for text in texts if text.isascii()]
        found = self._among_lines(plain)
        if len(plain) < len(texts):
            found |= {text for text in texts if not text.isascii() and self.is_in(text)}
        return found

    def among_addresses(self, hrefs: Collection[str]) -> set[str]:
        """Those that it is in when they are written without `%`, for a pattern without anchors."""
        plain = {href for href in hrefs if "%" not in href and len(href) <= MAX_ADDRESS_CHARS}
        found = self.among(plain)
        if len(plain) < len(hrefs):
            others = (href for href in hrefs if href not in plain)
            found |= {href for href in others if self.is_in(unquote(href[:MAX_ADDRESS_CHARS]))}
        return found

    def _among_lines(self, texts: Collection[str]) -> set[str]:
        joined = "\n".join(texts)
        if joined.count("\n") >= max(1, len(texts)):  # one has several lines
            return {text for text in texts if self.is_in(text)}
        lowered, search = joined.lower(), self._exact.search
        found: set[str] = set()
        at = 0
        while match := search(lowered, at):
            start = lowered.rfind("\n", 0, match.start()) + 1
            end = lowered.find("\n", match.start())
            end = len(lowered) if end < 0 else end
            if self.is_in(line := joined[start:end]):  # a match may end in the next one
                found.add(line)
            at = end + 1
        return found


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
