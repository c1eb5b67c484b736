"""Whether one address is that of a later page of another's article: the same, but for a page's number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from text.folding import fold_name
from text.urls import canonicalise

# Of a query's name, or before the number in a path. No `part`: the second part of a story is another
# article; no `p` in a query: WordPress calls its posts so.
_QUERY_NAMES = frozenset(
    [
        "page",
        "paged",
        "pg",
        "pageno",
        "pagenum",
        "pagenr",
        "pagenumber",
        "pageindex",
        "currentpage",
        "seite",
        "pagina",
        "sayfa",
        "strana",
        "str",
        "sivu",
        "halaman",
        "صفحه",
    ]
)
_WORD = r"(?:page|paged|pg|p|seite|pagina|página|pag|sayfa|strana|sivu|side|halaman|الصفحه|صفحه|стр|страница)"
_NUMBER = r"0?([1-9][0-9]?)"
_STRONG = re.compile(
    rf"(?:/|[-_,.;]{_WORD}[-_]?|/{_WORD}[-_/]?){_NUMBER}(?:\.[a-z]{{2,5}}\d?)?", re.IGNORECASE
)
_WEAK = re.compile(rf"[-_.,;]{_NUMBER}")
_AFTER_WORD = re.compile(rf"[/\-_,.;]{_WORD}[-_/]?\Z", re.IGNORECASE)
# What may stand behind a page's number.
_ENDING = re.compile(r"(?:\.[a-z]{2,5}\d?)?", re.IGNORECASE)
# Drupal counts each of a page's pagers: `page=0,1`.
_VALUE = re.compile(r"(?:0,){0,3}([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class PageMark:
    """The `number` that an address has beside the first page's. `weak`: the address may as well be
    another article's (`/floods-2`).
    """

    number: int
    weak: bool = False


def page_mark(first: str, url: str) -> PageMark | None:
    """What makes `url` a later page of the article at `first`; None: nothing does. Both are canonical."""
    if first == url:
        return None
    start, other = urlsplit(first), urlsplit(url)
    if (start.scheme, start.netloc) != (other.scheme, other.netloc):
        return None
    if start.path == other.path:
        return _query_mark(start, other)
    return _path_mark(start.path, other.path) if start.query == other.query else None


def _query_mark(first: SplitResult, other: SplitResult) -> PageMark | None:
    before, after = _pairs(first.query), _pairs(other.query)
    added = [pair for pair in after if pair not in before]
    removed = [pair for pair in before if pair not in after]
    if len(added) != 1:
        return None
    name, _, text = added[0].partition("=")
    value = _VALUE.fullmatch(unquote(text))
    is_page = fold_name(unquote(name)) in _QUERY_NAMES
    replaced = [pair.partition("=") for pair in removed]
    if value is None or not all(n == name and v in ("0", "1") and is_page for n, _, v in replaced):
        return None
    return PageMark(int(value[1]), weak=not is_page)


def _pairs(query: str) -> list[str]:
    return query.split("&")[:50] if query else []


def _path_mark(first: str, other: str) -> PageMark | None:
    first, other = _folded(first), _folded(other)
    same = _common(first, other)
    before, rest_first, rest = first[:same], first[same:], other[same:]
    tail = _common(rest_first[::-1], rest[::-1])
    middle_first = rest_first[: len(rest_first) - tail]
    middle, ending = rest[: len(rest) - tail], rest[len(rest) - tail :]
    if not _ENDING.fullmatch(ending):
        return None
    if middle_first and not _ENDING.fullmatch(middle_first):
        return _counted_on(before, middle_first, middle)
    if strong := _STRONG.fullmatch(middle):
        return PageMark(int(strong[1]))
    weak = None if middle_first else _WEAK.fullmatch(middle)
    return PageMark(int(weak[1]), weak=True) if weak else None


def _counted_on(before: str, first: str, other: str) -> PageMark | None:
    """`/page/1` and `/page/2`: the first page has its number too."""
    number = re.fullmatch(_NUMBER, other)
    if number and first in ("0", "1", "01") and _AFTER_WORD.search(before[-20:]):
        return PageMark(int(number[1]))
    return None


def _folded(path: str) -> str:
    return fold_name(unquote(path))


def _common(left: str, right: str) -> int:
    """How many characters both begin with."""
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def first_page_of(url: str) -> list[str]:
    """The addresses that the article of `url` may begin at, should that be a later page's."""
    candidates = (canonicalise(candidate) for candidate in _shorter(urlsplit(url)))
    found = (c for c in candidates if c and urlsplit(c).path not in ("", "/"))
    marked = (c for c in found if (mark := page_mark(c, url)) and mark.number > 1)
    return list(dict.fromkeys(marked))


_MAX_MARK_CHARS = 80


def _shorter(parts: SplitResult) -> Iterator[str]:
    """The address without what may be a page's number."""
    pairs = _pairs(parts.query)
    for pair in pairs:
        if _VALUE.fullmatch(pair.partition("=")[2]):
            others = "&".join(other for other in pairs if other != pair)
            yield parts._replace(query=others).geturl()
            numbered = (f"{p.partition('=')[0]}=1" if p == pair else p for p in pairs)
            yield parts._replace(query="&".join(numbered)).geturl()
    stem, dot, ending = parts.path.rpartition(".")
    if not dot or not _ENDING.fullmatch(dot + ending):
        stem, dot, ending = parts.path, "", ""
    begin = max(len(stem) - _MAX_MARK_CHARS, 0)
    for cut in re.finditer(r"[/\-_,.;]", stem[begin:]):
        mark = _folded(stem[begin + cut.start() :])
        if _STRONG.fullmatch(mark) or _WEAK.fullmatch(mark):
            yield parts._replace(path=stem[: begin + cut.start()] + dot + ending).geturl()
            counted = re.sub(r"[0-9]+$", "1", stem)
            yield parts._replace(path=counted + dot + ending).geturl()
