"""Search in any spelling: the functions that datasette's SQL is given, its search box, and the words
found, in a text as it was written.
"""

import re
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache

from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request
from markupsafe import Markup, escape

from browse.hooks import hookimpl
from browse.queries import DATABASE, rows
from storage.search_query import expression, matcher
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


_MATCHING = "number IN (SELECT rowid FROM _search WHERE _search MATCH escape_fts(:search))"
_COUNT = "SELECT count(*) AS found FROM _search WHERE _search MATCH escape_fts(:search)"
# Articles that are looked up one by one in the time in which an index of all of them is read.
_FEW = 4000


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    # datasette's own has no folding. It has registered it by now, under this name.
    conn.create_function("escape_fts", 1, lambda query: expression(query or ""))
    conn.create_function("in_context", 2, in_context)


@hookimpl(trylast=True)
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Callable[[], Awaitable[FilterArguments]] | None:
    """The search box of the stories. datasette's own asks in one way however many are found;
    at 100 000 articles a frequent word took it 1 s, and takes 0.2 s with the `+`.
    """
    if (database, table) != (DATABASE, "articles"):
        return None

    async def matching() -> FilterArguments:
        search = request.args.get("_search")
        context = {"supports_search": True, "search": search}
        if search is None:
            return FilterArguments([], extra_context=context)
        [count] = await rows(datasette, _COUNT, {"search": search})
        plan = "" if count["found"] < _FEW else "+"
        said = [f'search matches "{search}"']
        return FilterArguments([plan + _MATCHING], {"search": search}, said, context)

    return matching
