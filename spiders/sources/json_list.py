"""The articles in an answer to a script, JSON of any shape or with HTML in it, and where it says that the
list goes on.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import strip_markup
from spiders.sources.html_links import PageLink, parse_links
from text.charset import decode
from text.urls import join_url

_MAX_BYTES = 8 << 20
_MAX_DEPTH, _MAX_NODES, _MAX_CHILDREN = 16, 50_000, 2_000
_MAX_LINKS, _MAX_HTML_STRINGS, _MAX_HTML_CHARS = 1_000, 300, 2_000_000
_MAX_PAGING_DEPTH = 4
_MAX_ADDRESS_CHARS, _MAX_TEXT_CHARS = 2_000, 4_000

# Compared without `_` and `-`, in lower case; the plainest first.
_ADDRESSES = (
    *(
        "url",
        "link",
        "href",
        "permalink",
        "canonicalurl",
        "canonical",
        "weburl",
        "pageurl",
        "fullurl",
    ),
    *("articleurl", "posturl", "newsurl", "storyurl", "itemurl", "websiteurl", "shareurl", "path"),
    *("uri", "pagepath", "urlpath", "fullslug", "urlalias", "alias", "slug"),
)
_TITLES = ("headline", "title", "name", "heading", "posttitle", "subject", "label")
_TIMES = (
    *(
        "publishedat",
        "datepublished",
        "published",
        "publishdate",
        "publisheddate",
        "publicationdate",
    ),
    *(
        "firstpublished",
        "dategmt",
        "date",
        "pubdate",
        "postdate",
        "datetime",
        "createdat",
        "created",
    ),
    *("time", "timestamp", "displaydate"),
)
_INNER = ("rendered", "basic", "default", "href", "url", "value", "text", "current", "iso", "raw")
# Where the list goes on: an address, or what the next request names.
_NEXT = frozenset(
    {
        *("next", "nexturl", "nextpageurl", "nextlink", "nexthref", "loadmore", "loadmoreurl"),
        *("more", "moreurl", "nextpage", "morelink", "nextcursorurl"),
    }
)
_CURSORS = frozenset(
    {
        *(
            "nextcursor",
            "cursor",
            "endcursor",
            "nexttoken",
            "nextpagetoken",
            "continuation",
            "after",
        ),
        *("pagetoken", "continuationtoken", "scrollid", "nextid", "nextoffset", "lastkey"),
    }
)
_MORE = frozenset(
    {"hasmore", "hasnext", "hasnextpage", "more", "ismore", "loadmore", "nextpageexists"}
)
_LAST = frozenset({"islast", "last", "islastpage", "end", "isend", "finished", "done", "nomore"})
_PAGES = frozenset(
    {"totalpages", "maxpage", "maxpages", "maxnumpages", "lastpage", "pagecount", "pages"}
)
_SEPARATORS = str.maketrans("", "", "_-")


@dataclass(slots=True)
class JsonList:
    """`links` with their texts, `times` by their addresses. `next_address`: as it stands, maybe relative;
    `cursor`: what the next request names, found as `cursor_key`; `ended`: nothing more; `pages`: how many there are; `items`:
    the objects with an address.
    """

    links: list[PageLink] = field(default_factory=list)
    times: dict[str, str] = field(default_factory=dict)
    next_address: str | None = None
    cursor: str | None = None
    cursor_key: str = ""
    ended: bool = False
    pages: int | None = None
    items: int = 0


def is_json(body: bytes) -> bool:
    return body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def parse_json_list(body: bytes, url: str) -> JsonList:
    """Raises WrongFormat."""
    if len(body) > _MAX_BYTES:
        raise WrongFormat(f"an answer of {len(body) >> 20} MB; {_MAX_BYTES >> 20} are read")
    try:
        document = json.loads(decode(body, "utf-8").lstrip("\ufeff \t\r\n"))
    except (ValueError, RecursionError) as error:
        raise WrongFormat("JSON too broken to be read as a list") from error
    found = _list_of(document, url)
    if not found.links and not any(isinstance(value, list) for value in _values(document)):
        raise WrongFormat("neither a web page nor JSON with a list of articles")
    return found


def _values(document: Any) -> Iterator[Any]:
    """The document, what it holds, and what that holds."""
    values = [document]
    if isinstance(document, dict):
        values += islice(document.values(), _MAX_CHILDREN)
    inner = [value for value in values[1:] if isinstance(value, dict)]
    return chain(values, *(islice(value.values(), _MAX_CHILDREN) for value in inner))


def _list_of(document: Any, url: str) -> JsonList:
    found = JsonList()
    html_left, room = _MAX_HTML_STRINGS, _MAX_HTML_CHARS
    for value, depth in _nodes(document):
        if isinstance(value, dict):
            node = {str(k)[:60].lower().translate(_SEPARATORS): v for k, v in _some(value)}
            if not _take_item(found, node, url) and depth <= _MAX_PAGING_DEPTH:
                _take_paging(found, node)
        elif html_left and len(value) <= room and "<a" in value and "href" in value:
            html_left, room = html_left - 1, room - len(value)
            _take_html(found, value, url)
    return found


def _nodes(document: Any) -> Iterator[tuple[Any, int]]:
    """Objects and long strings in the document's order, breadth bounded, each once."""
    waiting: list[tuple[Any, int]] = [(document, 0)]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        value, depth = waiting.pop()
        if isinstance(value, dict) or (isinstance(value, str) and len(value) > 12):
            yield value, depth
        if depth < _MAX_DEPTH and isinstance(value, (dict, list)):
            children = value.values() if isinstance(value, dict) else value
            some = islice(children, _MAX_CHILDREN)
            waiting += [(c, depth + 1) for c in some if isinstance(c, (dict, list, str))][::-1]


def _some(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return islice(value.items(), _MAX_CHILDREN)


def _take_item(found: JsonList, node: Mapping[str, Any], url: str) -> bool:
    """An article is an object with an address and a title; an address alone may be a picture's."""
    title = next((text for key in _TITLES if (text := strip_markup(_string(node.get(key))))), None)
    address = next((text for key in _ADDRESSES if (text := _address(node.get(key)))), None)
    absolute = join_url(url, address) if address else ""
    if not title or not absolute.startswith(("http:", "https:")):
        return False
    if len(found.links) >= _MAX_LINKS:
        return True
    found.items += 1
    found.links.append(PageLink(absolute, title[:_MAX_TEXT_CHARS], headed=True))
    if time := next((text for key in _TIMES if (text := _string(node.get(key)))), ""):
        found.times[absolute] = time[:100]
    return True


def _address(value: Any) -> str:
    """A whole address, or a path from the root; a bare slug does not say where it leads."""
    text = _string(value).strip()
    usable = text.startswith(("http://", "https://", "/")) and len(text) <= _MAX_ADDRESS_CHARS
    return text if usable else ""


def _string(value: Any) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in _INNER if isinstance(value.get(key), str)), "")
    return value[:_MAX_TEXT_CHARS] if isinstance(value, str) else ""


def _take_html(found: JsonList, text: str, url: str) -> None:
    try:
        page = parse_links(text.encode("utf-8", "replace"), "utf-8", url)
    except WrongFormat:
        return
    room = _MAX_LINKS - len(found.links)
    found.links += page.links[:room]
    found.items += len(page.links[:room])


def _take_paging(found: JsonList, node: Mapping[str, Any]) -> None:
    for key, value in node.items():
        if key in _NEXT and not found.next_address:
            found.next_address = _next_address(value)
        if key in _CURSORS and not found.cursor and _is_cursor(value):
            found.cursor, found.cursor_key = str(value)[:_MAX_ADDRESS_CHARS], key
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if key in _PAGES and is_number and 0 < value < 1_000_000:
            found.pages = value
        over = (key in _MORE and value is False) or (key in _LAST and value is True)
        found.ended = found.ended or over or (key in _NEXT and value is None)


def _is_cursor(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and bool(value)


def _next_address(value: Any) -> str | None:
    text = _string(value).strip()
    usable = text.startswith(("http://", "https://", "/", "?")) and len(text) <= _MAX_ADDRESS_CHARS
    return text if usable else None
