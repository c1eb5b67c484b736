"""Dates that a page shows its readers: `time` elements and date lines around the title."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lxml.html import HtmlElement

from pipelines.dates.date_lines import before_update, is_date_line, label
from pipelines.metadata.asides import names_of
from pipelines.metadata.page_elements import Vicinity, text_of

_LINE = 120
_NEAR = 40  # elements from the title; farther off a bare date is another article's
_DATED_NAME = re.compile(
    r"date|time|publish|posted|submitted|created|updated|modified|byline|post-?info|entry-meta|"
    r"post-?meta|article-?meta|meta-item|news-?info|details?-?info|article-info",
    re.IGNORECASE,
)
_MODIFIED_NAME = re.compile(r"updated|modified|last-?update", re.IGNORECASE)
_PUBLISHED_NAME = re.compile(r"publish|posted|created|entry-date|pubdate", re.IGNORECASE)
_HOLDERS = frozenset(
    {"span", "p", "div", "li", "ul", "time", "td", "small", "dd", "dl", "b", "strong", "em", "i",
     "abbr", "font", "a", "h2", "h3", "h4", "h5", "h6", "label", "header", "section", "center"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """`text` is the date as written. `trust`: 3 when words call it the publication, 2 when markup
    does, 1 when it is a date line near the title, 0 elsewhere.
    """

    text: str
    says: Literal["published", "modified"] | None
    trust: int


def shown_dates(vicinity: Vicinity) -> Iterator[Shown]:
    """Nearest first: behind the title, above it, then any `time` of the article."""
    seen: set[HtmlElement] = set()
    for elements in (vicinity.after, vicinity.before):
        for at, element in enumerate(elements):
            if element.tag in _HOLDERS and seen.isdisjoint(_two_above(element)):
                near = vicinity.title is not None and at < _NEAR
                if found := list(_shown(element, near)):
                    seen.add(element)
                    yield from found
    for element in vicinity.index.by_tag["time"][:50]:
        if element not in seen and not vicinity.is_aside(element):
            yield from _shown(element, near=False)


def _two_above(element: HtmlElement) -> tuple[HtmlElement | None, HtmlElement | None]:
    parent = element.getparent()
    return parent, None if parent is None else parent.getparent()


def _shown(element: HtmlElement, near: bool) -> Iterator[Shown]:
    names = names_of(element)
    dated = element.tag == "time" or bool(_DATED_NAME.search(names))
    stated = element.get("datetime") or (dated and _attribute(element)) or ""
    text = text_of(element, _LINE)
    if not stated and not any(c.isdigit() for c in text):
        return
    if (said := before_update(text)) and not stated:
        yield Shown(said, "published", 3)
    if stated or dated or is_date_line(text):
        says = _says(element, names, text)
        by_words = says == "published" and label(text) == "published"
        yield Shown(stated[:_LINE] or text, says, 3 if by_words else 2 if dated else int(near))


def _attribute(element: HtmlElement) -> str | None:
    """Where themes keep a date that the text abbreviates."""
    for name in (
        "data-datetime",
        "data-date",
        "data-time",
        "data-utime",
        "data-timestamp",
        "title",
    ):
        value = element.get(name) or ""
        if any(c.isdigit() for c in value[:_LINE]):
            return value
    return None


def _says(element: HtmlElement, names: str, text: str) -> Literal["published", "modified"] | None:
    """`entry-date published updated` is both, and so the first."""
    if element.get("pubdate") is not None or _PUBLISHED_NAME.search(names):
        return "published"
    if _MODIFIED_NAME.search(names):
        return "modified"
    return label(text)
