"""Feeds (RSS, RDF, Atom): polled, cut down by lxml to the fields that are used, and parsed by
feedparser, whose own parser of broken XML takes 27 s for 4 MB of `<a<a<a`; lxml recovers it in 0.1 s.
"""

import html
import io
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import feedparser
from lxml import etree

from items import Hints, Link, Site
from pipelines.dates.parse import parse_date
from spiders.fetching.errors import WrongFormat
from spiders.sources.link_filter import image_url, wanted_link
from spiders.sources.safe_xml import local_name, parse_xml, xml_from_root
from text.limits import MAX_FEED_BYTES, MAX_FEED_ITEMS
from text.terminal import printable

# 500 items with their full text; a later item was among the first on an earlier day.
_MAX_SKELETON_BYTES = 4_000_000
_MAX_FIELDS = 60
_MAX_FIELD_CHARS = 4_000

_FIELDS = frozenset(
    {"title", "link", "guid", "id", "origlink", "category", "subject", "author", "creator", "name"}
    | {"pubdate", "published", "issued", "created", "date", "updated", "modified"}
    | {"thumbnail", "enclosure", "group"}
)
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ATTRIBUTES = (
    "href",
    "rel",
    "type",
    "url",
    "term",
    "label",
    "isPermaLink",
    f"{_XML}base",
    f"{_XML}lang",
)


def feed_skeleton(body: bytes) -> bytes:
    """Well-formed XML of the feed's first items and their short fields; WrongFormat: no feed."""
    root = parse_xml(xml_from_root(body[:_MAX_SKELETON_BYTES], "rss|feed|rdf", "a feed"), "a feed")
    parent = etree.Element("x")
    feed = _copied(root, parent, ("version", *_ATTRIBUTES))
    if feed is None:
        raise WrongFormat("XML too broken to be read as a feed")
    top = feed if local_name(root).lower() == "feed" else etree.SubElement(feed, "channel")
    _copy_fields(root.iterfind("{*}channel/{*}language"), top)
    items = (item for item in root.iter(etree.Element) if local_name(item) in ("item", "entry"))
    for item in islice(items, MAX_FEED_ITEMS):
        copy = _copied(item, top)
        if copy is not None:
            _copy_fields(filter(_is_field, item), copy)
    return etree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _is_field(element: etree._Element) -> bool:
    name = local_name(element).lower()
    return name in _FIELDS or (name == "content" and "/mrss" in str(element.tag))


def _copy_fields(fields: Iterable[etree._Element], parent: etree._Element) -> None:
    for field in islice(fields, _MAX_FIELDS):
        copy = _copied(field, parent)
        if copy is None:
            continue
        if local_name(field) in ("author", "group") and len(field):
            _copy_fields(filter(_is_leaf, field), copy)
        else:
            texts = (str(text) for text in field.itertext())
            text = "".join(islice(texts, 100))[:_MAX_FIELD_CHARS]
            copy.text = _without_mail(text) if local_name(field) in ("author", "creator") else text


# RSS's own form, `editor@paper.example (Ann Lee)`, and the form of letters, `Ann Lee <ann@…>`:
# feedparser cuts such a line at the fourth letter of the domain's end.
_MAIL_WITH_NAME = re.compile(r"[^\s()@]{1,64}@[^\s()@]{1,255}\s{0,9}\(([^()]{1,200})\)")
_NAME_WITH_MAIL = re.compile(r"([^<@]{1,200})<[^<>\s@]{1,64}@[^<>\s]{1,255}>")
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")


def _without_mail(author: str) -> str:
    bare = author.strip()
    match = _MAIL_WITH_NAME.fullmatch(bare) or _NAME_WITH_MAIL.fullmatch(bare)
    if match is None:
        return "" if _MAIL.fullmatch(bare) else author
    return match[1].strip()


def _is_leaf(element: etree._Element) -> bool:
    return _is_field(element) and local_name(element) not in ("author", "group")


def _copied(
    element: etree._Element, parent: etree._Element, attributes: Iterable[str] = _ATTRIBUTES
) -> etree._Element | None:
    """An empty copy below `parent`; None where a broken document gives no valid name."""
    tag = str(element.tag)
    with suppress(ValueError):
        copy = etree.SubElement(parent, tag if tag.startswith("{") else local_name(element))
        _copy_attributes(element, copy, attributes)
        return copy
    return None


def _copy_attributes(source: etree._Element, target: etree._Element, names: Iterable[str]) -> None:
    for name in names:
        value = source.get(name)
        # The text of an `xhtml` title is copied without its elements.
        if value and value != "xhtml":
            target.set(name, value[:_MAX_FIELD_CHARS])


_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
# A title is a line; a longer text is none.
_MAX_TITLE_CHARS = 1000


def strip_markup(markup: object) -> str | None:
    """One plain line, or None when nothing is left.

    Entities are resolved twice: `&amp;#8220;` is in titles that two systems have escaped.
    """
    if not isinstance(markup, str):
        return None
    text = html.unescape(html.unescape(markup[: 4 * _MAX_TITLE_CHARS]))
    return printable(_TAG.sub("", text)).strip()[:_MAX_TITLE_CHARS] or None


# A feed lists what is new; one that lists years would block the loop for a minute.


def parse_feed(body: bytes, url: str, site: Site) -> list[Link]:
    """The feed's articles in its order. Raises WrongFormat."""
    if len(body) > MAX_FEED_BYTES:
        raise WrongFormat(f"a feed of {len(body) >> 20} MB; {MAX_FEED_BYTES >> 20} are read")
    document = feed_skeleton(body)
    # Passed as a stream: feedparser opens a string as a file or fetches it as a URL.
    stream, headers = io.BytesIO(document), {"content-location": url}
    try:
        feed = feedparser.parse(
            stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise WrongFormat(f"a feed that cannot be read ({type(error).__name__})") from error
    language = strip_markup(dict.get(feed.feed, "language"))
    links = (_link(entry, url, site, language) for entry in feed.entries)
    return list({link.url: link for link in links if link}.values())


def _link(entry: Mapping[str, Any], url: str, site: Site, language: str | None) -> Link | None:
    hints = _hints(entry, url, site, language)
    for address in _addresses(entry):
        if link := wanted_link(site, address, url, "feed", hints):
            return link
    return None


def _addresses(entry: Mapping[str, Any]) -> list[str]:
    """The original address before a feed proxy's; a GUID may be the article's URL as well."""
    names = ("feedburner_origlink", "pheedo_origlink", "link", "id")
    addresses = [entry.get(name) for name in names]
    return [
        address
        for name, address in zip(names, addresses, strict=True)
        if isinstance(address, str) and (name != "id" or address.startswith(("http:", "https:")))
    ]


def _hints(entry: Mapping[str, Any], url: str, site: Site, language: str | None) -> Hints:
    terms = [strip_markup(tag.get("term")) for tag in entry.get("tags") or ()]
    labels = tuple(dict.fromkeys(term for term in terms if term))
    return Hints(
        title=strip_markup(entry.get("title")),
        published=_time(entry, "published", site) or _time(entry, "created", site),
        modified=_time(entry, "updated", site),
        author=_authors(entry),
        # One category is the section; several are sections and tags, and nothing tells them apart.
        sections=labels if len(labels) == 1 else (),
        tags=labels if len(labels) > 1 else (),
        image=_image(entry, url),
        language=language,
    )


_MAX_AUTHORS = 6


def _authors(entry: Mapping[str, Any]) -> str | None:
    """All that are named, joined by commas."""
    details = [d.get("name") for d in entry.get("authors") or () if isinstance(d, Mapping)]
    names = (strip_markup(name) for name in details or [entry.get("author")])
    return ", ".join(list(dict.fromkeys(name for name in names if name))[:_MAX_AUTHORS]) or None


def _time(entry: Mapping[str, Any], name: str, site: Site) -> str | None:
    # dict.get: feedparser's own warns when it gives `published` for a missing `updated`.
    text = dict.get(entry, name) if isinstance(entry, dict) else None
    return parse_date(text, site.timezone) if isinstance(text, str) else None


def _image(entry: Mapping[str, Any], url: str) -> str | None:
    media = [*entry.get("media_content", ()), *entry.get("media_thumbnail", ())]
    for item in [*media, *entry.get("enclosures", ())]:
        kind = item.get("medium") or item.get("type") or "image"
        if kind.startswith("image") and (
            address := image_url(item.get("url") or item.get("href"), url)
        ):
            return address
    return None
