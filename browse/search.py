"""Search in any spelling: the SQL functions, the search box of the stories, and the highlighting of
matches in the original text.
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
from browse.live_database import DATABASE, rows
from storage.search_query import expression, matcher
from text.folding import fold

OPEN, CLOSE = "⟦", "⟧"
# Words of context, from the first match on.
_WORDS_BEFORE, _WORDS_AFTER = 8, 26
# Only the beginning of a long text is searched for matches to show.
_MAX_WORDS = 4000
_MAX_WORD_CHARS = 60
_WORD = re.compile(r"\S+")


def in_context(text: str | None, query: str | None) -> str:
    """The words around the first match, matches in ⟦ ⟧; without a match, the beginning."""
    words = [word[0] for word in _first_words(text or "")]
    hits = set(_hits(words, query or ""))
    start = max(0, min(hits, default=0) - _WORDS_BEFORE)
    end = min(hits, default=0) + _WORDS_AFTER
    context = [_bracketed(word, start + n in hits) for n, word in enumerate(words[start:end])]
    return " ".join([*["…"][: start > 0], *context, *["…"][: end < len(words)]])


def marked(text: str | None, query: str | None) -> Markup:
    """The whole text as HTML, with matches in `<mark>`."""
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


def as_html(snippet: str | None) -> Markup:
    """The result of `in_context` as HTML."""
    escaped = str(escape(snippet or ""))
    return Markup(escaped.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704


def _first_words(text: str) -> list[re.Match[str]]:
    return [word for _, word in zip(range(_MAX_WORDS), _WORD.finditer(text), strict=False)]


def _hits(words: list[str], query: str) -> Iterator[int]:
    pattern = matcher(query)
    for number, word in enumerate(words):
        if any(pattern.fullmatch(part) for part in _folded(word)):
            yield number


@lru_cache(maxsize=50_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(fold(word[:_MAX_WORD_CHARS]).split())


def _bracketed(word: str, is_hit: bool) -> str:
    plain = word.replace(OPEN, "[").replace(CLOSE, "]")
    return f"{OPEN}{plain}{CLOSE}" if is_hit else plain


_MATCHES = "number IN (SELECT rowid FROM _search WHERE _search MATCH escape_fts(:search))"
_COUNT = "SELECT count(*) AS found FROM _search WHERE _search MATCH escape_fts(:search)"
# As many articles are looked up one by one in the time it takes to read an index of all of them.
_FEW_MATCHES = 4000


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    # Replaces datasette's own function of this name, registered before, which does not fold.
    conn.create_function("escape_fts", 1, lambda query: expression(query or ""))
    conn.create_function("in_context", 2, in_context)


@hookimpl(trylast=True)
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Callable[[], Awaitable[FilterArguments]] | None:
    """The search box of the stories. datasette's own uses the same query plan for any number of
    matches: at 100 000 articles a frequent word took 1 s, and takes 0.2 s with the `+`.
    """
    if (database, table) != (DATABASE, "articles"):
        return None

    async def arguments() -> FilterArguments:
        search = request.args.get("_search")
        context = {"supports_search": True, "search": search}
        if search is None:
            return FilterArguments([], extra_context=context)
        [count] = await rows(datasette, _COUNT, {"search": search})
        plan = "" if count["found"] < _FEW_MATCHES else "+"
        description = [f'search matches "{search}"']
        return FilterArguments([plan + _MATCHES], {"search": search}, description, context)

    return arguments
