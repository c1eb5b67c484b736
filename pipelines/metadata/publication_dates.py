"""When a page's article was published and modified: by its metadata, else by dates shown around the
title, else by htmldate's search.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cached_property
from itertools import chain, islice
from typing import Literal
from urllib.parse import unquote, urlsplit

from htmldate import find_date
from lxml.etree import strip_elements
from lxml.html import HtmlElement

from pipelines.dates.date_lines import before_update, is_date_line, label
from pipelines.dates.parse import DateContext, Moment, zone_of
from pipelines.extraction.tree_index import TreeIndex
from pipelines.metadata.page_elements import TitleContext, names_an_aside, names_of, text_of

_MAX_DATE_CHARS = 120
_MAX_NEAR_ELEMENTS = 40  # behind the title; a bare date further off is another article's
_DATED_NAME = re.compile(
    r"date|time|publish|posted|submitted|created|updated|modified|byline|post-?info|entry-meta|"
    r"post-?meta|article-?meta|meta-item|news-?info|details?-?info|article-info",
    re.IGNORECASE,
)
_MODIFIED_NAME = re.compile(r"updated|modified|last-?update", re.IGNORECASE)
_PUBLISHED_NAME = re.compile(r"publish|posted|created|entry-date|pubdate", re.IGNORECASE)
_DATE_TAGS = frozenset(
    {"span", "p", "div", "li", "ul", "time", "td", "small", "dd", "dl", "b", "strong", "em", "i",
     "abbr", "font", "a", "h2", "h3", "h4", "h5", "h6", "label", "header", "section", "center"}
)  # fmt: skip


DateKind = Literal["published", "modified"]


@dataclass(frozen=True, slots=True)
class ShownDate:
    """`text` is the date as written, `kind` what words or markup call it. `trust` is 3 for words
    that call it the publication, 2 for markup that calls it a date, 1 for a date line near the
    title, 0 for one elsewhere.
    """

    text: str
    kind: DateKind | None
    trust: int


def shown_dates(context: TitleContext) -> Iterator[ShownDate]:
    """Nearest first: those behind the title, those above it, then every `time` of the article."""
    used: set[HtmlElement] = set()
    for elements in (context.after, context.before):
        for at, element in enumerate(elements):
            if element.tag in _DATE_TAGS and used.isdisjoint(_parents(element)):
                near = context.title is not None and at < _MAX_NEAR_ELEMENTS
                if dates := list(_dates_of(element, near)):
                    used.add(element)
                    yield from dates
    for element in context.index.by_tag["time"][:50]:
        if element not in used and not context.is_aside(element):
            yield from _dates_of(element, near=False)


def _parents(element: HtmlElement) -> tuple[HtmlElement | None, HtmlElement | None]:
    parent = element.getparent()
    return parent, None if parent is None else parent.getparent()


def _dates_of(element: HtmlElement, near: bool) -> Iterator[ShownDate]:
    names = names_of(element)
    dated = element.tag == "time" or bool(_DATED_NAME.search(names))
    stated = element.get("datetime") or (dated and _date_attribute(element)) or ""
    text = text_of(element, _MAX_DATE_CHARS)
    if not stated and not any(c.isdigit() for c in text):
        return
    if (before := before_update(text)) and not stated:
        yield ShownDate(before, "published", 3)
    if stated or dated or is_date_line(text):
        kind = _kind(element, names, text)
        by_words = kind == "published" and label(text) == "published"
        trust = 3 if by_words else 2 if dated else int(near)
        yield ShownDate(stated[:_MAX_DATE_CHARS] or text, kind, trust)


def _date_attribute(element: HtmlElement) -> str | None:
    """The attribute in which themes keep the whole of a date that the text abbreviates."""
    for name in (
        "data-datetime",
        "data-date",
        "data-time",
        "data-utime",
        "data-timestamp",
        "title",
    ):
        value = element.get(name) or ""
        if any(c.isdigit() for c in value[:_MAX_DATE_CHARS]):
            return value
    return None


def _kind(element: HtmlElement, names: str, text: str) -> DateKind | None:
    """`published` for the class `entry-date published updated` too, which is both."""
    if element.get("pubdate") is not None or _PUBLISHED_NAME.search(names):
        return "published"
    if _MODIFIED_NAME.search(names):
        return "modified"
    return label(text)


# htmldate's cost grows faster than the page: at these bounds it takes up to half a second.
_MAX_SEARCHED_ELEMENTS, _MAX_SEARCHED_CHARS = 10_000, 300_000
# libxml2 writes an attribute at a cost quadratic in the `<!--` in it. The data of a shop's product, in
# which htmldate finds dates, have 8 000 characters.
_MAX_ATTRIBUTE_CHARS, _MAX_COMMENTED_CHARS = 20_000, 1000
_UNSEARCHED = "unsearched"  # stands for the tag of what is left out


def search_body(body: HtmlElement, page: TreeIndex, times: DateContext) -> Moment | None:
    """A day, by htmldate; None for a page too large for it, and where it fails. Its fast mode never
    calls dateparser, whose locales take seconds to load. It gets the body alone: in the head it reads
    the day of the last change.
    """
    if page.size_of(body) >= _MAX_SEARCHED_ELEMENTS:
        return None
    try:
        copy = _searched_part(body, page)
        if copy is None:
            return None
        day = find_date(copy, extensive_search=False, original_date=True, max_date=times.now)
    except MemoryError:
        raise
    except Exception:  # a date is worth no article
        return None
    # htmldate reads a month alone as its first day.
    return times.read(day) if day and not day.endswith("-01") else None


def _searched_part(body: HtmlElement, page: TreeIndex) -> HtmlElement | None:
    """A copy of the body without scripts, asides and long attributes; None if its text is long."""
    copy, elements = deepcopy(body), page.size_of(body)
    # Both lists keep lxml's proxies alive.
    for element, copied in zip(list(body.iter()), list(copy.iter()), strict=True):
        if element is not body and _is_unsearched(element, page, elements):
            copied.tag = _UNSEARCHED
        for name, value in copied.items():
            most = _MAX_COMMENTED_CHARS if "<!--" in value else _MAX_ATTRIBUTE_CHARS
            if len(value) > most:
                del copied.attrib[name]
    strip_elements(copy, _UNSEARCHED, with_tail=False)
    chars = 0
    for text in copy.itertext():
        chars += len(text)
        if chars > _MAX_SEARCHED_CHARS:
            return None
    return copy


def _is_unsearched(element: HtmlElement, page: TreeIndex, elements: int) -> bool:
    if element.tag in ("script", "style", "noscript"):
        return True
    return names_an_aside(element, page, elements) and page.size_of(element) * 2 < elements


_MAX_SHOWN_DATES = 40
_IN_PATH = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-](\d{1,2})[/_.-](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"),
)
_MAX_SHOWN_DAYS = 2  # different days; a page with more is a list
_MAX_DIFFERENCE = timedelta(days=2)


class PageDates:
    """The dates of a page. Shown ones are read only where the metadata has none."""

    def __init__(self, context: TitleContext, url: str, times: DateContext) -> None:
        self.context, self.url, self.times = context, url, times

    def published(self, stated: Iterable[str]) -> Moment | None:
        """The first of the metadata's dates, `stated`, else one shown, in the address, or anywhere
        in the body.
        """
        stated = list(stated)
        moment = next(self.times.each(stated), None) or self._shown_or_in_address()
        moment = moment or search_body(self.context.root, self.context.index.page, self.times)
        return self._with_time(moment, stated) if moment else None

    def modified(self, stated: Iterable[str], published: Moment | None) -> Moment | None:
        """None if it is before the publication: then the date is of something else."""
        texts = chain(stated, self._texts(modified=True))
        moment = next(self.times.each(texts), None)
        return moment if moment and (published is None or moment.when >= published.when) else None

    @cached_property
    def _shown(self) -> list[ShownDate]:
        return list(islice(shown_dates(self.context), _MAX_SHOWN_DATES))

    def _texts(self, *, modified: bool) -> Iterator[str]:
        yield from (date.text for date in self._shown if (date.kind == "modified") == modified)

    def _with_time(self, moment: Moment, stated: Iterable[str]) -> Moment:
        """For a day alone (or its midnight) the first moment on the same day with a time."""
        if moment.timed and moment.when.time() != time():
            return moment
        zone = zone_of(self.times.zone)
        day = moment.when.astimezone(zone).date()
        for candidate in self.times.each(chain(stated, self._texts(modified=False))):
            if candidate.timed and candidate.when.astimezone(zone).date() == day:
                return candidate
        return moment

    def _shown_or_in_address(self) -> Moment | None:
        """The date that words call the publication, or that agrees with the address; else the
        address's; else what markup calls a date, or a bare date line if the page is no list.
        """
        in_address = date_in_address(self.url, self.times)
        candidates = [
            (date.trust, moment)
            for date in self._shown
            if date.kind != "modified" and (moment := self.times.read(date.text))
        ]
        for trust, moment in candidates:
            if trust == 3 or _agree(moment, in_address):
                return moment
        return in_address or _likeliest(candidates)


def _agree(moment: Moment, other: Moment | None) -> bool:
    return other is not None and abs(moment.when - other.when) <= _MAX_DIFFERENCE


def _likeliest(candidates: list[tuple[int, Moment]]) -> Moment | None:
    days = {moment.when.date() for _, moment in candidates}
    ranked = [moment for least in (2, 1) for trust, moment in candidates if trust >= least]
    if ranked and (candidates[0][0] >= 2 or len(days) <= _MAX_SHOWN_DAYS):
        return ranked[0]
    return None


def date_in_address(url: str, times: DateContext) -> Moment | None:
    """`/2023/06/21/`, `/2023-06-21-`, `/20230621`."""
    try:
        path = unquote(urlsplit(url[:2000]).path)
    except ValueError:
        return None
    matches = (match for pattern in _IN_PATH for match in pattern.finditer(path))
    days = ("-".join((m[1], m[2].zfill(2), m[3].zfill(2))) for m in matches)
    return next(times.each(days), None)
