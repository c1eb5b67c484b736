"""Microdata (`itemprop`) and RDFa (`property`) around the article: WordPress themes, Joomla,
Blogger, Drupal from 7 on.
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.raw_metadata import RawMetadata
from pipelines.metadata.title_context import TitleContext

_MAX_ELEMENTS = 400
_MAX_TEXT_CHARS = 300
_MAX_VALUE_CHARS = 2000

# By the last part of the name: `dc:date`, `schema:dateCreated`, `datePublished`.
_PUBLISHED = ("datepublished", "created", "issued", "datecreated", "date", "uploaddate")
_MODIFIED = ("datemodified", "modified")
_FIELDS = {
    "headline": "titles", "title": "titles", "articlesection": "sections", "image": "images",
    "keywords": "tags", "author": "authors", "creator": "authors",
} | dict.fromkeys(_PUBLISHED, "published") | dict.fromkeys(_MODIFIED, "modified")  # fmt: skip
_KIND_PARTS = re.compile(r"[\s/:#]+")
_OTHER_TYPES = frozenset(
    {"Person", "Organization", "ImageObject", "VideoObject", "WebSite", "WPSideBar", "WPHeader"}
    | {"Comment", "UserComments", "UserAccount", "Post", "Rating", "AggregateRating", "ListItem"}
)
# Drupal's names for the title; without their vocabulary they name anything.
_DRUPAL_TITLES = ("schema:name", "dc:title")


def from_microdata(context: TitleContext) -> RawMetadata:
    """From the marked-up elements that are not in a box beside the article."""
    raw = RawMetadata()
    for element, name in _marked(context):
        field = "titles" if name in _DRUPAL_TITLES else _FIELDS.get(name.rsplit(":", 1)[-1])
        if field and (value := _value(element, field, context.index)):
            getattr(raw, field).append(value)
    return raw


def _marked(context: TitleContext) -> Iterator[tuple[HtmlElement, str]]:
    for element in context.index.marked[:_MAX_ELEMENTS]:
        words = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower()
        names = [
            n for n in words.split()[:8] if n.rsplit(":", 1)[-1] in _FIELDS or n in _DRUPAL_TITLES
        ]
        if names and not _describes_other(element) and not context.is_aside(element):
            yield element, names[-1]


def _describes_other(element: HtmlElement) -> bool:
    """Whether it describes a person, a picture or a comment rather than the article."""
    for scope in islice(element.iterancestors(), 12):
        kind = scope.get("itemtype") or scope.get("typeof")
        if kind is not None:
            return not _OTHER_TYPES.isdisjoint(_KIND_PARTS.split(kind[:200]))
    return False


def _value(element: HtmlElement, field: str, index: PageIndex) -> str:
    if field == "images":
        source = element.get("content") or element.get("src") or element.get("href") or ""
        return source[:_MAX_VALUE_CHARS]
    if field == "authors":
        return _author(element, index)
    stated = element.get("content") or element.get("datetime")
    if field in ("published", "modified"):
        stated = stated or element.get("title")
    return (stated or index.text_of(element, _MAX_TEXT_CHARS))[:_MAX_VALUE_CHARS]


def _author(element: HtmlElement, index: PageIndex) -> str:
    """The name inside a person's element, else the element's own content."""
    for inner in islice(element.iterdescendants(), 20):
        if "name" in f"{inner.get('itemprop') or ''} {inner.get('property') or ''}":
            return (inner.get("content") or index.text_of(inner, _MAX_TEXT_CHARS))[:_MAX_TEXT_CHARS]
    return (element.get("content") or index.text_of(element, _MAX_TEXT_CHARS))[:_MAX_TEXT_CHARS]
