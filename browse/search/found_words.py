"""Found words, marked in the original text: in context, or in the whole of it."""

import re
import sqlite3
import unicodedata
from collections.abc import Awaitable, Callable
from functools import lru_cache

from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request
from markupsafe import Markup, escape

from browse.hooks import hookimpl
from browse.live_database import DATABASE, rows
from storage.search_query import expression, read_query
from storage.selection import Selection, conditions
from text.search_folding import fold_for_search

OPEN, CLOSE = "⟦", "⟧"
# Words of context, from the first match on.
_WORDS_BEFORE, _WORDS_AFTER = 8, 26
# Characters of it, in scripts without spaces between words.
_MAX_CONTEXT_CHARS = 400
# Only the beginning of a long text is searched for matches to show.
_MAX_WORDS = 4000
_MAX_WORD_CHARS, _MAX_SHOWN_CHARS = 60, 200
# A word of a script without spaces is a character; see `text.search_folding`.
_SPACELESS = "\u0e01-\u0e4e\u0e80-\u0ecd\u1000-\u103f\u1780-\u17d3\u3005-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_SPACELESS}]|[^\s{_SPACELESS}]++")


def in_context(text: str | None, query: str | None) -> str:
    """The words around the first match, matches in ⟦ ⟧; without a match, the beginning."""
    text = text or ""
    words = _first_words(text)
    hits = _hits(words, query or "")
    start = max(0, min(hits, default=0) - _WORDS_BEFORE)
    shown = words[start : min(hits, default=0) + _WORDS_AFTER]
    parts, last = [], shown[0].start() if shown else 0
    for number, word in enumerate(shown, start):
        if word.end() - shown[0].start() > _MAX_CONTEXT_CHARS and number > max(hits, default=0):
            break
        parts += [_plain(text[last : word.start()]), _bracketed(word[0], number in hits)]
        last = word.end()
    context = " ".join("".join(parts).replace(CLOSE + OPEN, "").split())
    is_cut = bool(words) and last < len(text.rstrip())
    return f"{'… ' if start else ''}{context}{' …' if is_cut else ''}"


def marked(text: str | None, query: str | None, *, title: bool = False) -> Markup:
    """The whole text, or a paragraph of it, as HTML, with matches in `<mark>`; `title`: also those that
    are looked for in titles alone.
    """
    text = text or ""
    words = _first_words(text)
    parts, last = [], 0
    for number in sorted(_hits(words, query or "", title=title)):
        start, end = _bare_span(words[number])
        parts += [escape(text[last:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        last = end
    whole = Markup("").join([*parts, escape(text[last:])])
    return Markup(whole.replace("</mark><mark>", ""))  # noqa: S704


def has_match(text: str | None, query: str | None) -> bool:
    """Whether anything of the text would be marked."""
    return bool(_hits(_first_words(text or ""), query or ""))


def as_html(snippet: str | None) -> Markup:
    """The result of `in_context` as HTML."""
    escaped = str(escape(snippet or ""))
    return Markup(escaped.replace(OPEN, "<mark>").replace(CLOSE, "</mark>"))  # noqa: S704


def _first_words(text: str) -> list[re.Match[str]]:
    return [word for _, word in zip(range(_MAX_WORDS), _WORD.finditer(text), strict=False)]


def _hits(words: list[re.Match[str]], query: str, *, title: bool = False) -> set[int]:
    """The numbers of the words that are found. One written word may be several of the index."""
    tokens: list[str] = []
    numbers: list[int] = []
    for number, word in enumerate(words):
        folded = _folded(word[0][:_MAX_WORD_CHARS])
        tokens += folded
        numbers += [number] * len(folded)
    found = read_query(query).matcher(in_title=title).hits(tokens)
    return {numbers[at] for at in found}


@lru_cache(maxsize=50_000)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(fold_for_search(word).split())


def _bare_span(word: re.Match[str]) -> tuple[int, int]:
    start, end = _bare_ends(word[0][:_MAX_SHOWN_CHARS])
    return word.start() + start, word.start() + end


def _bare_ends(word: str) -> tuple[int, int]:
    """Where a written word begins and ends without the punctuation around it."""
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start])[0] in "PS":
        start += 1
    while end > start and unicodedata.category(word[end - 1])[0] in "PS":
        end -= 1
    return start, end


def _plain(text: str) -> str:
    return text.replace(OPEN, "[").replace(CLOSE, "]")


def _bracketed(word: str, is_hit: bool) -> str:
    start, end = _bare_ends(word[:_MAX_SHOWN_CHARS])
    parts = [_plain(part) for part in (word[:start], word[start:end], word[end:_MAX_SHOWN_CHARS])]
    return f"{parts[0]}{OPEN}{parts[1]}{CLOSE}{parts[2]}" if is_hit else "".join(parts)


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
        if read_query(search).is_complement:
            where, values = conditions(Selection(search))
            return FilterArguments(where, values, description, context)
        return FilterArguments([plan + _MATCHES], {"search": search}, description, context)

    return arguments
