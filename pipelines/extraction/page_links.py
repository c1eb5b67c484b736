"""Where an article on several pages goes on: the links to its pages, among all those of a page.

Many themes mark the next story with rel=next, and widgets page through lists of their own: a link counts
if its address is the article's with a page's number (`page_addresses`) and if it looks like a pager's
(`pagers`).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from urllib.parse import urldefrag, urlsplit

from lxml.html import HtmlElement

from pipelines.extraction.page_addresses import PageMark, first_page_of, page_mark
from pipelines.extraction.pagers import (
    is_next_link,
    is_of_others,
    is_page_link,
    leading_text,
    page_number_in,
    pager_of,
    rel_of,
    without_page_words,
)
from pipelines.extraction.parse_html import title_of
from pipelines.extraction.tree_index import index_tree
from text.folding import fold
from text.limits import MAX_PAGE_LINKS
from text.urls import canonicalise, join_url

# Characters of a link to a page: its number, “next page”. A headline is longer.
_MAX_LINK_CHARS = 40


@dataclass(frozen=True, slots=True)
class PageLinks:
    """`next_page` and `first_page` are absolute addresses; None: the text does not go on, or begins
    here. `pagers`: the elements that hold the links.
    """

    next_page: str | None = None
    first_page: str | None = None
    pagers: tuple[HtmlElement, ...] = ()


@dataclass(frozen=True, slots=True)
class _PageLink:
    """`number` is that of the address; `text` is folded. `sure`: more than its address speaks for it."""

    element: HtmlElement
    url: str
    number: int
    text: str
    pager: HtmlElement | None
    is_next: bool
    sure: bool


def page_links(tree: HtmlElement, url: str, first: str | None = None, number: int = 1) -> PageLinks:
    """The pager of the page `number` at `url` of the article that begins at `first`; None: at `url`, as
    far as is known. Both are canonical. Linear in the page.
    """
    beginnings = [] if first else first_page_of(url)
    anchors = _anchors(tree, url, [first or url, *beginnings])
    start, begins_at = first or url, None
    if beginnings and (found := _beginning(anchors, tree, url, beginnings)):
        start, begins_at = found
        number = _number(start, url)
    links = [
        link for anchor in anchors if (link := _page_link(anchor, url, start, number)) and link.sure
    ]
    onward = [link for link in links if _leads_on(link, number)]
    return PageLinks(
        next_page=onward[0].url if onward else None,
        first_page=begins_at,
        pagers=tuple({link.pager: None for link in links if link.pager is not None}),
    )


def _number(first: str, url: str) -> int:
    mark = page_mark(first, url)
    return mark.number if mark else 1


def _leads_on(link: _PageLink, number: int) -> bool:
    """The page after `number`; some systems count from 0, and only the link's words say so."""
    if link.number == number + 1:
        return link.text in ("", str(number + 1)) or not link.text.isdecimal()
    return link.number == number and (link.text == str(number + 1) or link.is_next)


def _anchors(tree: HtmlElement, url: str, firsts: Sequence[str]) -> list[HtmlElement]:
    """Links of the page at `url` that are short enough, with a number in the address or in their text,
    and may lead to a page of an article that begins at one of `firsts`.
    """
    stems, folder = {_stem(first) for first in firsts}, _folder(url)
    index = index_tree(tree)
    hrefs = set(index.hrefs.values())  # of a page's links, a third have another's address
    near = {href for href in hrefs if href and not _is_of_none(href.strip(), stems, folder)}
    links = (
        index.elements[number]
        for number, href in index.hrefs.items()
        if href in near and _may_be_page(index.elements[number], href)
    )
    return list(islice(links, MAX_PAGE_LINKS))


# The first part of a path that may be none in the canonical address, or begin as a number behind the front
# page's path does (`/-2`).
_AT_FRONT = re.compile(r"(?:(?:https?:)?//[^/?#]*+)?/*+(?:\Z|[-_,.;#%\\]|amp|comment-page)")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*+:")


def _is_of_none(href: str, stems: Collection[str | None], folder: str) -> bool:
    """Whether it leads elsewhere, as most links of a page do, by the `stems` of the first pages; relative
    addresses are of the `folder`. An address with characters that a parser drops may lead anywhere.
    """
    path = href.partition("?")[0].lower()  # others tell an address in their query
    if not path.startswith(("/", "http://", "https://")):
        if href.startswith("#"):
            return True
        if not path or not href.isprintable():
            return False
        if scheme := _SCHEME.match(path):
            return scheme[0] not in ("http:", "https:")
        path = folder + path
    is_ascii = path.isascii()
    for stem in stems:
        if stem is None:
            if not is_ascii or _AT_FRONT.match(path):
                return False
        # Letters of other scripts are percent-encoded in an article's address, not in all links.
        elif (stem if is_ascii else stem.partition("%")[0]) in path:
            return False
    return "/." not in path and href.isprintable()


_SMALL_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def _may_be_page(anchor: HtmlElement, href: str) -> bool:
    if anchor.tag == "link":
        return bool({"next", "prev"} & set(rel_of(anchor)))
    start = anchor.text or ""
    if len(start.strip()) > _MAX_LINK_CHARS:
        return False
    if not _SMALL_NUMBER.search(href[-200:]) and not _SMALL_NUMBER.search(start):
        return False
    return len(leading_text(anchor, _MAX_LINK_CHARS + 1)) <= _MAX_LINK_CHARS


def _page_link(anchor: HtmlElement, url: str, first: str, number: int) -> _PageLink | None:
    href = (anchor.get("href") or "").strip()
    # Of some 70 µs that an address takes, most links of a page need none.
    stem = _stem(first)
    if _is_of_none(href, (stem,), _folder(url)):
        return None
    joined = urldefrag(join_url(url, href)).url
    is_near = stem is None or stem in joined.lower()
    target = canonicalise(joined, first) if is_near else None
    if not target or target == url:
        return None
    mark = PageMark(1) if target == first else page_mark(first, target)
    if mark is None:
        return None
    raw = "" if anchor.tag == "link" else leading_text(anchor, _MAX_LINK_CHARS)
    text = page_number_in(fold(raw))
    is_next = is_next_link(anchor, raw, text)
    pager = None if anchor.tag == "link" else pager_of(anchor)
    sure = is_page_link(anchor, text, mark, pager, is_next=is_next)
    return _PageLink(anchor, joined, mark.number, text, pager, is_next, sure)


# What a page's number may replace at the end of the first page's path. The letters before it are spelt
# in one way only: others may be percent-encoded, or not.
_REPLACED = re.compile(r"[01]{0,2}(?:\.[a-z]{2,5}\d?){0,2}\Z")
_PLAIN = re.compile(r"(?:[a-z0-9/_.~-]|%[89a-f][0-9a-f])*+")


@lru_cache(maxsize=64)
def _stem(url: str) -> str | None:
    """The beginning of an address's path that those of all pages have: up to its last slash at least. None
    for a site's front page: other pages have its path, or a number behind that.
    """
    path = urlsplit(url).path.lower()
    if path in ("", "/"):
        return None
    folder, _, name = path.rpartition("/")
    plain = _PLAIN.match(_REPLACED.sub("", name, count=1))
    return f"{folder}/{plain[0]}" if plain and plain[0] else folder


@lru_cache(maxsize=64)
def _folder(url: str) -> str:
    """That of the addresses that are relative to `url`."""
    return urlsplit(url).path.lower().rpartition("/")[0] + "/"


def _beginning(
    anchors: list[HtmlElement], tree: HtmlElement, url: str, candidates: Sequence[str]
) -> tuple[str, str] | None:
    """The first page's address, canonical and as it is linked, where the page's pager, or what it
    declares, leads back to it.
    """
    declared = _declared(tree, url)
    for first in candidates:
        mark = page_mark(first, url)
        assert mark is not None
        if not mark.weak and first in declared:
            return first, declared[first]
        for anchor in anchors:
            link = _page_link(anchor, url, first, mark.number)
            if link and link.number == 1 and link.text == "1" and _is_own(link):
                return first, link.url
    return None


def _is_own(link: _PageLink) -> bool:
    return link.pager is not None and not is_of_others(link.element, link.pager)


def _declared(tree: HtmlElement, url: str) -> dict[str, str]:
    """The page's canonical address, by its own canonical form."""
    joined = (
        join_url(url, (link.get("href") or "").strip())
        for link in index_tree(tree).elements_of("link")[:MAX_PAGE_LINKS]
        if "canonical" in rel_of(link)
    )
    return {key: address for address in joined if (key := canonicalise(address, url))}


_BETWEEN = re.compile(r"\s[|–—»·-]\s|\s::\s")


def shows_title(tree: HtmlElement, title: str | None) -> bool:
    """Whether a page has this headline, as a later page of its article has: `Floods – page 2`."""
    wanted = without_page_words(title or "")
    if not wanted:
        return False
    index = index_tree(tree)
    texts = [leading_text(h1, 500) for h1 in index.elements_of("h1")[:20]]
    texts += [
        (meta.get("content") or "")[:500]
        for meta in index.elements_of("meta")[:500]
        if meta.get("property") == "og:title"
    ]
    document = title_of(tree)
    parts = [document, *_BETWEEN.split(document), *(_BETWEEN.split(t)[0] for t in texts)]
    return any(without_page_words(text) == wanted for text in (*texts, *parts))
