"""A feed cut down to what is read of it, so that no feed can hold its parser for long.

feedparser's own reader of broken XML takes 27 s for 4 MB of `<a<a<a`; lxml mends it in 0.1 s.
"""

from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from lxml import etree

from spiders.autodiscovery import NotThisKind
from spiders.sources.safe_xml import from_root, local_name, tree

# 500 items with their full text; what is behind that was in front on another day.
_LONGEST = 4_000_000
_MOST_ITEMS = 500
_MOST_FIELDS = 60
_LONGEST_FIELD = 4_000

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


def skeleton(body: bytes) -> bytes:
    """Well-formed XML of the feed's first items and their short fields; NotThisKind: no feed."""
    root = tree(from_root(body[:_LONGEST], "rss|feed|rdf", "a feed"), "a feed")
    outside = etree.Element("x")
    feed = _copied(root, outside, ("version", *_ATTRIBUTES))
    if feed is None:
        raise NotThisKind("XML too broken to be read as a feed")
    top = feed if local_name(root).lower() == "feed" else etree.SubElement(feed, "channel")
    _copy_fields(root.iterfind("{*}channel/{*}language"), top)
    items = (item for item in root.iter(etree.Element) if local_name(item) in ("item", "entry"))
    for item in islice(items, _MOST_ITEMS):
        small = _copied(item, top)
        if small is not None:
            _copy_fields(filter(_is_field, item), small)
    return etree.tostring(feed, encoding="utf-8", xml_declaration=True)


def _is_field(element: etree._Element) -> bool:
    name = local_name(element).lower()
    return name in _FIELDS or (name == "content" and "/mrss" in str(element.tag))


def _copy_fields(fields: Iterable[etree._Element], parent: etree._Element) -> None:
    for field in islice(fields, _MOST_FIELDS):
        small = _copied(field, parent)
        if small is None:
            continue
        if local_name(field) in ("author", "group") and len(field):
            _copy_fields(filter(_is_leaf, field), small)
        else:
            texts = (str(text) for text in field.itertext())
            small.text = "".join(islice(texts, 100))[:_LONGEST_FIELD]


def _is_leaf(element: etree._Element) -> bool:
    return _is_field(element) and local_name(element) not in ("author", "group")


def _copied(
    element: etree._Element, parent: etree._Element, attributes: Iterable[str] = _ATTRIBUTES
) -> etree._Element | None:
    """An element of the same name; None where the name of a broken document is none."""
    tag = str(element.tag)
    with suppress(ValueError):
        small = etree.SubElement(parent, tag if tag.startswith("{") else local_name(element))
        _copy_attributes(element, small, attributes)
        return small
    return None


def _copy_attributes(source: etree._Element, target: etree._Element, names: Iterable[str]) -> None:
    for name in names:
        value = source.get(name)
        # The text of an `xhtml` title is copied without its elements.
        if value and value != "xhtml":
            target.set(name, value[:_LONGEST_FIELD])
