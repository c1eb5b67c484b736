"""A feed as Atom (RFC 4287, pages of RFC 5005) and as JSON Feed 1.1. Which stories it has is none of its
business.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from browse.template_filters import inert

ATOM = "application/atom+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
EPOCH = "1970-01-01T00:00:00Z"
_NAMESPACE = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Not allowed in XML 1.0, beside the control characters that `inert` drops.
_NOT_XML = re.compile("[\ufffe\uffff]")
_MAX_TITLE_CHARS = 1000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A story. `url` is the original, `page` ours; times are RFC 3339 in UTC. `html` is a whole element;
    a list of search results has `summary` alone. `rights`: what its page declares, in its own words.
    """

    id: str
    title: str
    updated: str
    page: str
    url: str | None = None
    published: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    homepage: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    html: str | None = None
    summary: str = ""
    rights: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """`url` is the feed's own address, `home` the page of the same stories, `following` the address of
    the next older ones, `updated` when what it holds has last changed here.
    """

    title: str
    url: str
    home: str
    updated: str
    entries: tuple[FeedEntry, ...]
    following: str | None = None


def atom(feed: Feed) -> str:
    root = ET.Element("feed", xmlns=_NAMESPACE)
    _add(root, "id", feed.url)
    _add(root, "title", feed.title[:_MAX_TITLE_CHARS])
    _add(root, "updated", feed.updated)
    _add(root, "generator", "Warraq")
    links = [("self", feed.url), ("alternate", feed.home), ("next", feed.following)]
    for rel, url in links:
        if url:
            ET.SubElement(root, "link", rel=rel, href=_xml_text(url))
    for entry in feed.entries:
        _fill(ET.SubElement(root, "entry"), entry)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _fill(element: ET.Element, entry: FeedEntry) -> None:
    if entry.language:
        element.set(_LANG, entry.language)
    _add(element, "id", entry.id)
    _add(element, "title", entry.title[:_MAX_TITLE_CHARS] or "…")
    _add(element, "updated", entry.updated)
    if entry.published:
        _add(element, "published", entry.published)
    for name in entry.authors or (entry.outlet or "Warraq",):
        _add(ET.SubElement(element, "author"), "name", name)
    for scheme, term in _categories(entry):
        ET.SubElement(element, "category", term=_xml_text(term), scheme=scheme)
    ET.SubElement(element, "link", rel="alternate", href=_xml_text(entry.url or entry.page))
    ET.SubElement(element, "link", rel="via", type="text/html", href=entry.page)
    if entry.rights:
        _add(element, "rights", entry.rights)
    if entry.outlet:
        _fill_source(ET.SubElement(element, "source"), entry, entry.outlet)
    if entry.html is None:
        _add(element, "content", entry.summary, type="text")
    else:
        _add(element, "content", entry.html, type="html")


def _categories(entry: FeedEntry) -> Iterator[tuple[str, str]]:
    if entry.section:
        yield "urn:warraq:section", entry.section
    yield from (("urn:warraq:tag", tag) for tag in entry.tags)


def _fill_source(element: ET.Element, entry: FeedEntry, outlet: str) -> None:
    """The outlet, as if it were the feed that the entry was taken from."""
    _add(element, "id", entry.homepage or f"urn:warraq:outlet:{outlet}")
    _add(element, "title", outlet)
    _add(element, "updated", entry.updated)
    if entry.homepage:
        ET.SubElement(element, "link", rel="alternate", href=_xml_text(entry.homepage))


def _add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _xml_text(text)


def _xml_text(text: str) -> str:
    return _NOT_XML.sub("", inert(str(text)))


def json_feed(feed: Feed) -> str:
    fields: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": inert(feed.title[:_MAX_TITLE_CHARS]),
        "home_page_url": feed.home,
        "feed_url": feed.url,
        "next_url": feed.following,
        "items": [_present(_item(entry)) for entry in feed.entries],
    }
    return json.dumps(_present(fields) | {"items": fields["items"]}, ensure_ascii=False) + "\n"


def _item(entry: FeedEntry) -> dict[str, Any]:
    """`_warraq` is an extension, as the format allows for names that begin with `_`."""
    names = entry.authors or ((entry.outlet,) if entry.outlet else ())
    tags = [term for _, term in _categories(entry)]
    own = {"page": entry.page, "outlet": entry.outlet, "section": entry.section}
    return {
        "id": entry.id,
        "url": entry.url or entry.page,
        "title": inert(entry.title[:_MAX_TITLE_CHARS]),
        "content_html": entry.html,
        "content_text": inert(entry.summary) if entry.html is None else None,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": inert(name)} for name in names],
        "tags": [inert(tag) for tag in tags],
        "language": entry.language,
        "_warraq": _present(
            {name: inert(value) for name, value in (own | {"rights": entry.rights}).items()}
        ),
    }


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
