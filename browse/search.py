"""The words of a search, found in a text as it was written."""

import re
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

from storage.search_query import matcher
from text.folding import fold

OPEN, CLOSE = "⟦", "⟧"
_BEFORE, _AFTER = 8, 26
# A reader wants a line of context, not the search of a book.
_WORDS_READ = 4000
_LONGEST = 60
_WORD = re.compile(r"\S+")


def in_context(text: str | None, query: str | None) -> str:
    """Some words around the first that was found, the words found in ⟦ ⟧; else the beginning."""
    words = [found[0] for found in _first_words(text or "")]
    hits = set(_hits(words, query or ""))
    start = max(0, min(hits, default=0) - _BEFORE)
    end = min(hits, default=0) + _AFTER
    shown = [_marked(word, start + n in hits) for n, word in enumerate(words[start:end])]
    return " ".join([*["…"][: start > 0], *shown, *["…"][: end < len(words)]])


def marked(text: str | None, query: str | None) -> Markup:
    """The whole text, for HTML, the words found in `<mark>`."""
    words = _first_words(text or "")
    hits = set(_hits([word[0] for word in words], query or ""))
    parts, last = [], 0
    for number in sorted(hits):
        start, end = words[number].span()
        parts += [
            escape((text or "")[last:start]),
            Markup("<mark>{}</mark>").format(words[number][0]),
        ]
        last = end
    return Markup("").join([*parts, escape((text or "")[last:])])


def as_html(found: str | None) -> Markup:
    """What `in_context` gave, for HTML."""
    escaped = str(escape(found or ""))
    return Markup(escaped.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704


def _first_words(text: str) -> list[re.Match[str]]:
    return [word for _, word in zip(range(_WORDS_READ), _WORD.finditer(text), strict=False)]


def _hits(words: list[str], query: str) -> Iterator[int]:
    wanted = matcher(query)
    for number, word in enumerate(words):
        if any(wanted.fullmatch(part) for part in _folded(word)):
            yield number


@lru_cache(maxsize=50_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(fold(word[:_LONGEST]).split())


def _marked(word: str, hit: bool) -> str:
    plain = word.replace(OPEN, "[").replace(CLOSE, "]")
    return f"{OPEN}{plain}{CLOSE}" if hit else plain
