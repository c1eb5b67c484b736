"""Addresses of a list's batches that differ by a page, an offset or a cursor: what the next one is, and how
the first is filled in.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from spiders.sources.json_list import JsonList
from text.urls import join_url, same_site

_PAGE = re.compile(
    r"(?:current|next)?[_-]?(?:page|paged|pg|pagenum|pagenumber|pageno|pageindex|page\[number\])"
    r"(?:[_-]?(?:number|num|no|index|id))?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"offset|start|skip|from|begin|startindex|page\[offset\]", re.IGNORECASE)
_CURSOR = re.compile(
    r"(?:next)?[_-]?(?:cursor|after|token|pagetoken|page_token|continuation|scrollid|scroll_id)"
    r"|page\[(?:after|cursor)\]|before|last[_-]?(?:id|key|date)",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"limit|count|size|per_?page|perpage|pagesize|page_size|posts_per_page|num|rows|take|items"
    r"|page\[(?:size|limit)\]",
    re.IGNORECASE,
)
_PATH_NUMBER = re.compile(r"(?<=/)(\d{1,6})(?=/?(?:\.json)?$)")
# What scripts replace, in the forms that templates have.
_PLACEHOLDER = re.compile(
    r"(?:\$?\{\{?|\[|%|__|:|<)\s?(page|paged|pagenumber|offset|start|skip|cursor|after|n|num|number|next)"
    r"\w{0,20}\s?(?:\}\}?|\]|%|__|>|\b)|(?<==)%d\b",
    re.IGNORECASE,
)
# The parameter for a cursor that the answer names and the address does not have.
_CURSOR_NAMES = {
    "after": "after",
    "nextpagetoken": "pageToken",
    "pagetoken": "pageToken",
    "nexttoken": "token",
    "scrollid": "scrollId",
    "nextoffset": "offset",
}


@dataclass(frozen=True, slots=True)
class BatchPosition:
    """Where the list stands: the `number` of the page to ask for, the `offset` of its first article, a
    `cursor`. What is not known is None.
    """

    number: int | None = None
    offset: int | None = None
    cursor: str | None = None


def following_address(url: str, answer: JsonList, count: int) -> str | None:
    """After the batch at `url`, which has `count` articles; None at the end, or where nothing tells."""
    if answer.ended or not count:
        return None
    if answer.next_address:
        address = join_url(url, answer.next_address)
        return address if same_site(address, url) and address != url else None
    if answer.cursor:
        return _with_cursor(url, answer.cursor, answer.cursor_key)
    return next_in_count(url, count, answer.pages)


def next_in_count(url: str, count: int, pages: int | None = None) -> str | None:
    """By the number in the address; `pages`: the last."""
    parts = urlsplit(url)
    query = _query(url)
    for place, (name, value) in enumerate(query):
        number = _number(value)
        if number is not None and _PAGE.fullmatch(name):
            return None if pages and number >= pages else _put(url, query, place, str(number + 1))
    for place, (name, value) in enumerate(query):
        number = _number(value)
        if number is not None and _OFFSET.fullmatch(name):
            return _put(url, query, place, str(number + (_limit(query) or count)))
    if match := _PATH_NUMBER.search(parts.path):
        number = int(match[1])
        if number < 1_900 and not (pages and number >= pages):
            path = f"{parts.path[: match.start()]}{number + 1}{parts.path[match.end() :]}"
            return urlunsplit(parts._replace(path=path))
    return None


def _number(value: str) -> int | None:
    is_number = value.isascii() and value.isdigit() and len(value) < 7
    return int(value) if is_number else None


def _limit(query: list[tuple[str, str]]) -> int | None:
    numbers = (_number(value) for name, value in query if _LIMIT.fullmatch(name))
    return next((number for number in numbers if number), None)


def _put(url: str, query: list[tuple[str, str]], place: int, value: str) -> str:
    changed = [*query[:place], (query[place][0], value), *query[place + 1 :]]
    return urlunsplit(urlsplit(url)._replace(query=urlencode(changed)))


def _with_cursor(url: str, cursor: str, key: str) -> str | None:
    query = _query(url)
    place = next((n for n, (name, _) in enumerate(query) if _CURSOR.fullmatch(name)), None)
    if place is None:
        name = _CURSOR_NAMES.get(key, "cursor")
        place = next((n for n, (known, _) in enumerate(query) if known == name), len(query))
        query = query if place < len(query) else [*query, (name, "")]
    return None if query[place][1] == cursor else _put(url, query, place, cursor)


def has_position(url: str) -> bool:
    """Whether the address names a page, an offset or a cursor."""
    named = any(_is_position(name) for name, _ in _query(url))
    return named or bool(_PLACEHOLDER.search(url))


def filled_in(url: str, at: BatchPosition) -> str | None:
    """The address with what a script would put into it; None where something is missing."""
    missing = False

    def value_of(match: re.Match[str]) -> str:
        nonlocal missing
        value = _value(match[1] or "page", at)
        missing = missing or value is None
        return value or ""

    url = _PLACEHOLDER.sub(value_of, url)
    for place in range(len(_query(url))):
        query = _query(url)
        name, value = query[place]
        known = _value(name, at)
        if not _is_position(name):
            continue
        if not value and known is None:
            return None
        # An address that names a batch before the next is that of the first.
        behind = _PAGE.fullmatch(name) and known and (_number(value) or 0) < int(known)
        if known and (not value or behind):
            url = _put(url, query, place, known)
    return None if missing else url


def _query(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


def with_position(url: str, at: BatchPosition, name: str = "page") -> str | None:
    """The address with a parameter for where the list stands, which it has not."""
    named = ((name, at.number), ("offset", at.offset), ("cursor", at.cursor))
    for parameter, value in named:
        if value is not None:
            parts = urlsplit(url)
            added = urlencode([(parameter, str(value))])
            query = f"{parts.query}&{added}" if parts.query else added
            return urlunsplit(parts._replace(query=query))
    return None


def _is_position(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in (_PAGE, _OFFSET, _CURSOR))


def _value(name: str, at: BatchPosition) -> str | None:
    if _OFFSET.fullmatch(name):
        value: int | str | None = at.offset
    elif _CURSOR.fullmatch(name):
        value = at.cursor
    else:
        value = at.number
    return None if value is None or value == "" or len(str(value)) > 500 else str(value)
