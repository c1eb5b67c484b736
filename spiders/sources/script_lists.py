"""Where a list goes on by script: at an address that stands in the page, for a button, an infinite scroll or
a script's own use. Only what a GET may ask for is followed.
"""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from lxml import etree
from lxml.html import HtmlElement

from spiders.sources.html_links import LinkPage
from spiders.sources.list_addresses import (
    BatchPosition,
    filled_in,
    has_position,
    with_position,
)
from text.urls import join_url, same_site

# The text of what loads more; also of links to sections and articles.
MORE_TEXT = re.compile(
    r"(?:عرض |تحميل |شاهد |قراءة )?المزيد(?: من \S+)?|(?:load |show |view |see )?more(?: \w{1,20})?",
    re.IGNORECASE,
)
_MORE_NAME = re.compile(
    r"(?:load|show|view|see|get|fetch)[-_]?more|more[-_]?(?:posts|news|articles|stories|items|btn|button)"
    r"|infinite|endless|next[-_]?page|lazy[-_]?list|scroll[-_]?(?:load|sentinel|trigger)|^more$",
    re.IGNORECASE,
)
# Attributes that say themselves that the list goes on there; others do on what loads more.
_NEXT_NAME = re.compile(r"next|more|infinite|scroll", re.IGNORECASE)
_ADDRESS_NAME = re.compile(
    r"(?:data|hx|data-hx|ic|up|v|ng)-(?:[a-z]{1,20}-){0,4}"
    r"(?:url|href|uri|link|path|get|endpoint|api|ajax|src|source|more|next|page-url|from|feed)",
    re.IGNORECASE,
)
_POST_NAMES = ("hx-post", "data-hx-post", "wire:click", "data-remote-post")
_MAX_ELEMENTS, _MAX_SCRIPTS, _MAX_SCRIPT_CHARS = 60_000, 60, 300_000
_MAX_ADDRESS_CHARS = 2_000
_QUOTED = re.compile(r"[\"'`]((?:https?:)?(?:\\?/)[^\"'`\s<>]{1,600})[\"'`]")
_LIST_WORDS = re.compile(
    r"api|ajax|load|more|json|list|feed|posts?|articles?|news|stor(?:y|ies)|latest|archive|items",
    re.IGNORECASE,
)
_NO_LIST = re.compile(
    r"comment|search|login|subscri|\.(?:js|css|png|jpe?g|gif|svg|webp|woff2?|ico)\b|analytics|track",
    re.IGNORECASE,
)
_POST = re.compile(
    r"(?:method|type)[\"']?\s{0,9}:\s{0,9}[\"']post|\.post\s{0,9}\(|open\(\s{0,9}[\"']post",
    re.IGNORECASE,
)
_AROUND = 400
_AJAX = "admin-ajax.php"
POST_NOTE = "the list goes on by a form that scripts send (POST), which is not followed"
UNKNOWN_NOTE = (
    "the list goes on by script, at no address that stands in the page: it is not followed"
)


@dataclass(frozen=True, slots=True)
class ListContinuation:
    """`address`: where the list goes on; where there is none, `note` says that it cannot be followed, or
    is empty: it does not go on.
    """

    address: str | None = None
    note: str = ""


def continuation_of(page: LinkPage, url: str, count: int) -> ListContinuation:
    """Of a list with `count` articles on a page without a pager."""
    note = ""
    for found in (_of_elements(page, count), _of_scripts(page, count), _of_next_data(page, url)):
        for candidate in found:
            address = candidate.address
            if address and same_site(address, url) and address != url:
                return candidate
            note = note or candidate.note
    return ListContinuation(note=note)


def _of_elements(page: LinkPage, count: int) -> Iterator[ListContinuation]:
    for element in islice(page.root.iter(etree.Element), _MAX_ELEMENTS):
        attributes = element.attrib
        if not attributes and element.tag != "button":
            continue
        loads_more = _loads_more(element)
        if any(name in attributes for name in _POST_NAMES) and loads_more:
            yield ListContinuation(note=POST_NOTE)
        addresses = [
            value
            for name, value in attributes.items()
            if _is_address_for_more(name, value, element, loads_more)
        ]
        for value in addresses:
            yield _from_element(page.base, value, element, count)
        if loads_more and not addresses and _is_button(element) and _is_explicit(element):
            yield ListContinuation(note=UNKNOWN_NOTE)


def _loads_more(element: HtmlElement) -> bool:
    names = [element.get("id") or "", *(element.get("class") or "")[:300].split()[:10]]
    if any(_MORE_NAME.search(name[:80]) for name in names):
        return True
    if element.tag not in ("a", "button") and element.get("role") != "button":
        return False
    return bool(MORE_TEXT.fullmatch(_short_text(element)))


# "More" alone opens a menu as often.
_LOAD_TEXT = re.compile(
    r"(?:عرض|تحميل|شاهد) المزيد(?: من \S+)?|(?:load|show|view|see) more(?: \w{1,20})?",
    re.IGNORECASE,
)
_FURNITURE = ("nav", "header", "footer", "form", "aside")


def _is_explicit(element: HtmlElement) -> bool:
    names = [element.get("id") or "", *(element.get("class") or "")[:300].split()[:10]]
    named = any(_MORE_NAME.search(name[:80]) for name in names)
    if not named and not _LOAD_TEXT.fullmatch(_short_text(element)):
        return False
    return not any(parent.tag in _FURNITURE for parent in islice(element.iterancestors(), 30))


def _short_text(element: HtmlElement) -> str:
    return " ".join("".join(islice(element.itertext(), 10))[:200].split())


def _is_button(element: HtmlElement) -> bool:
    """A link elsewhere is none."""
    href = (element.get("href") or "#").strip()
    is_link = element.tag == "a" and not href.startswith(("#", "javascript:"))
    return (element.tag in ("button", "a") or element.get("role") == "button") and not is_link


def _is_address_for_more(name: str, value: str, element: HtmlElement, loads_more: bool) -> bool:
    if name == "href":
        return loads_more and element.tag == "a" and has_position(value)
    if not _ADDRESS_NAME.fullmatch(name) or not value.startswith(("/", "http", "?", "./")):
        return False
    revealed = "reveal" in (element.get("hx-trigger") or "") or "intersect" in (
        element.get("hx-trigger") or ""
    )
    named = bool(_NEXT_NAME.search(name)) or _position(element, 0) != BatchPosition()
    return (loads_more or named or revealed) and not _NO_LIST.search(value[:_MAX_ADDRESS_CHARS])


def _from_element(base: str, value: str, element: HtmlElement, count: int) -> ListContinuation:
    address = join_url(base, value[:_MAX_ADDRESS_CHARS].strip())
    method = (element.get("data-method") or element.get("data-type") or "").lower()
    if method == "post":
        return ListContinuation(note=POST_NOTE)
    at = _position(element, count)
    if urlsplit(address).path.endswith(_AJAX) and "action=" not in urlsplit(address).query:
        action = element.get("data-action") or ""
        if not re.fullmatch(r"[\w-]{1,80}", action):
            return ListContinuation(note=UNKNOWN_NOTE)
        address = _with_parameters(address, [("action", action)])
    if has_position(value):
        filled = filled_in(address, _or_second(at, count))
        return ListContinuation(filled) if filled else ListContinuation(note=UNKNOWN_NOTE)
    name = element.get("data-param") or element.get("data-page-param") or "page"
    placed = with_position(address, at, name[:40])
    return ListContinuation(placed or address)


def _with_parameters(address: str, added: list[tuple[str, str]]) -> str:
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(added))))
    return urlunsplit(parts._replace(query=query))


def _or_second(at: BatchPosition, count: int) -> BatchPosition:
    """The second batch, where nothing else is said."""
    number = 2 if at.number is None else at.number
    return BatchPosition(number, count if at.offset is None else at.offset, at.cursor)


def _position(element: HtmlElement, count: int) -> BatchPosition:
    """What the element's attributes say of where the list stands."""
    following = _integer(element, "data-next-page", "data-nextpage", "data-next")
    current = _integer(
        element, "data-page", "data-current-page", "data-paged", "data-current", "data-page-number"
    )
    number = following if following is not None else None if current is None else current + 1
    offset = _integer(element, "data-offset", "data-start", "data-skip", "data-loaded", "data-from")
    names = ("data-cursor", "data-next-cursor", "data-after", "data-token", "data-last-id")
    cursor = next((value for name in names if (value := element.get(name))), None)
    return BatchPosition(number, offset, cursor[:500] if cursor else None)


def _integer(element: HtmlElement, *names: str) -> int | None:
    values = (element.get(name) or "" for name in names)
    return next((int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 7), None)


def _of_scripts(page: LinkPage, count: int) -> Iterator[ListContinuation]:
    """Addresses in the page's own scripts that name a page, an offset or a cursor."""
    posted = ""
    for script in islice(page.root.iter("script"), _MAX_SCRIPTS):
        text, looked = (script.text or "")[:_MAX_SCRIPT_CHARS], False
        for match in islice(_QUOTED.finditer(text), 500):
            value = html.unescape(match[1].replace("\\/", "/").replace("\\u0026", "&"))
            is_ajax = _AJAX in value and not posted and not looked
            looked = looked or is_ajax
            if not has_position(value):
                # `ajaxurl` is in half of all WordPress pages: only with a word of lists beside it.
                posted = posted or (POST_NOTE if is_ajax and _is_posted_list(text) else "")
                continue
            if _NO_LIST.search(value) or not _LIST_WORDS.search(value):
                continue
            if _POST.search(text, max(match.start() - _AROUND, 0), match.end() + _AROUND):
                posted = POST_NOTE
                continue
            filled = filled_in(join_url(page.base, value), _or_second(BatchPosition(), count))
            if filled:
                yield ListContinuation(filled)
    if posted:
        yield ListContinuation(note=posted)


_POSTED_LIST = re.compile(
    r"load[-_]?more|max[-_]?(?:num[-_]?)?pages?|current[-_]?page", re.IGNORECASE
)


def _is_posted_list(text: str) -> bool:
    return bool(_POSTED_LIST.search(text))


_PAGING = re.compile(
    r"page|currentpage|pagenumber|totalpages|pagecount|hasmore|hasnextpage|pagination|nextpage",
    re.I,
)


def _of_next_data(page: LinkPage, url: str) -> Iterator[ListContinuation]:
    """Next.js: the data of the list's second page, where the first says that it has pages."""
    script = next((s for s in page.root.iter("script") if s.get("id") == "__NEXT_DATA__"), None)
    text = script.text or "" if script is not None else ""
    if not text or len(text) > 10 * _MAX_SCRIPT_CHARS:
        return
    try:
        data = json.loads(text)
        build, properties = data["buildId"], data["props"]["pageProps"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return
    known = isinstance(build, str) and re.fullmatch(r"[\w.~-]{1,100}", build)
    if not known or not isinstance(properties, dict) or not _has_paging(properties):
        return
    path = urlsplit(url).path.strip("/") or "index"
    prefix = str(data.get("assetPrefix") or "")[:200] if data.get("assetPrefix") else ""
    address = join_url(page.base, f"{prefix}/_next/data/{build}/{path}.json?page=2")
    yield ListContinuation(address)


def _has_paging(properties: dict[str, Any]) -> bool:
    inner = [value for value in islice(properties.values(), 100) if isinstance(value, dict)]
    nodes = [properties, *inner]
    names = [str(key) for node in nodes for key in islice(node, 100)]
    return any(_PAGING.fullmatch(name.replace("_", "")) for name in names)
