"""Microdata (`itemprop`) and RDFa (`property`) around the article: WordPress themes, Joomla,
Blogger, Drupal from 7 on.
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from pipelines.metadata.page_elements import TitleContext, text_of
from pipelines.metadata.raw_metadata import RawMetadata

_MOST = 400
_LONGEST = 300

# By the last part of the name: `dc:date`, `schema:dateCreated`, `datePublished`.
_PUBLISHED = ("datepublished", "created", "issued", "datecreated", "date", "uploaddate")
_MODIFIED = ("datemodified", "modified")
_FIELDS = {
    "headline": "titles", "title": "titles", "articlesection": "sections", "image": "images",
    "keywords": "tags", "author": "authors", "creator": "authors",
} | dict.fromkeys(_PUBLISHED, "published") | dict.fromkeys(_MODIFIED, "modified")  # fmt: skip
_KIND_PARTS = re.compile(r"[\s/:#]+")
_OTHERS = frozenset(
    {"Person", "Organization", "ImageObject", "VideoObject", "WebSite", "WPSideBar", "WPHeader"}
    | {"Comment", "UserComments", "UserAccount", "Post", "Rating", "AggregateRating", "ListItem"}
)
# Drupal names the title so; elsewhere it is the name of anything.
_NAMES = ("schema:name", "dc:title")


def from_microdata(vicinity: TitleContext) -> RawMetadata:
    """Claims of the marked elements that are not in a box beside the article."""
    claims = RawMetadata()
    for element, name in _marked(vicinity):
        field = "titles" if name in _NAMES else _FIELDS.get(name.rsplit(":", 1)[-1])
        if field and (value := _value(element, field)):
            getattr(claims, field).append(value)
    return claims


def _marked(vicinity: TitleContext) -> Iterator[tuple[HtmlElement, str]]:
    for element in vicinity.index.marked[:_MOST]:
        words = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower()
        names = [n for n in words.split()[:8] if n.rsplit(":", 1)[-1] in _FIELDS or n in _NAMES]
        if names and not _of_another(element) and not vicinity.is_aside(element):
            yield element, names[-1]


def _of_another(element: HtmlElement) -> bool:
    """Whether it describes a person, a picture or a comment rather than the article."""
    for scope in islice(element.iterancestors(), 12):
        kind = scope.get("itemtype") or scope.get("typeof")
        if kind is not None:
            return not _OTHERS.isdisjoint(_KIND_PARTS.split(kind[:200]))
    return False


def _value(element: HtmlElement, field: str) -> str:
    if field == "images":
        return (element.get("content") or element.get("src") or element.get("href") or "")[:2000]
    if field == "authors":
        return _author(element)
    stated = element.get("content") or element.get("datetime")
    if field in ("published", "modified"):
        stated = stated or element.get("title")
    return (stated or text_of(element, _LONGEST))[:2000]


def _author(element: HtmlElement) -> str:
    """The name inside a person's element, else what the element holds."""
    for inner in islice(element.iterdescendants(), 20):
        marks = f"{inner.get('itemprop') or ''} {inner.get('property') or ''}"
        if "name" in marks:
            return (inner.get("content") or text_of(inner, _LONGEST))[:_LONGEST]
    return (element.get("content") or text_of(element, _LONGEST))[:_LONGEST]
