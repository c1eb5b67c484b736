"""When a page's article appeared and was changed: metadata first, then dates shown around the title,
htmldate's search last.
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
from lxml.html import HtmlElement

from pipelines.dates.date_lines import before_update, is_date_line, label
from pipelines.dates.parse import DateContext, Moment, zone_of
from pipelines.metadata.page_elements import TitleContext, names_an_aside, names_of, text_of

_LINE = 120
_NEAR_ELEMENTS = 40  # elements from the title; farther off a bare date is another article's
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


def shown_dates(vicinity: TitleContext) -> Iterator[Shown]:
    """Nearest first: behind the title, above it, then any `time` of the article."""
    seen: set[HtmlElement] = set()
    for elements in (vicinity.after, vicinity.before):
        for at, element in enumerate(elements):
            if element.tag in _HOLDERS and seen.isdisjoint(_two_above(element)):
                near = vicinity.title is not None and at < _NEAR_ELEMENTS
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


_MOST_ELEMENTS = 20_000  # elements, beyond which searching them all is not worth it


def search_body(body: HtmlElement, times: DateContext) -> Moment | None:
    """A day alone. htmldate's fast mode never calls dateparser, whose locales take seconds to
    load; the page's head is not given to it, where it reads the day of the last change.
    """
    elements = sum(1 for _ in islice(body.iter(), _MOST_ELEMENTS))
    if elements == _MOST_ELEMENTS:
        return None
    copy = deepcopy(body)
    for element in list(copy.iterdescendants()):
        if _is_left_out(element, elements):
            element.drop_tree()
    try:
        day = find_date(copy, extensive_search=False, original_date=True, max_date=times.now)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    # Of a month alone it makes its first day.
    return times.read(day) if day and not day.endswith("-01") else None


def _is_left_out(element: HtmlElement, elements: int) -> bool:
    if element.tag in ("script", "style", "noscript"):
        return True
    return names_an_aside(element, elements) and sum(1 for _ in element.iter()) * 2 < elements


_MOST_DATES = 40  # dates shown that are looked at
_IN_PATH = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-](\d{1,2})[/_.-](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"),
)
_FEW_DAYS = 2
_NEAR_DAYS = timedelta(days=2)


class PageDates:
    """The dates of one page; what is shown is looked at only where the markup states nothing."""

    def __init__(self, vicinity: TitleContext, url: str, times: DateContext) -> None:
        self.vicinity, self.url, self.times = vicinity, url, times

    def published(self, stated: Iterable[str]) -> Moment | None:
        """From what the markup states, else what is shown, the address, and all of the page."""
        stated = list(stated)
        found = next(self.times.each(stated), None) or self._shown_or_in_address()
        found = found or search_body(self.vicinity.root, self.times)
        return self._with_time(found, stated) if found else None

    def modified(self, stated: Iterable[str], after: Moment | None) -> Moment | None:
        """Not before the article appeared: such a date belongs to something else."""
        found = next(self.times.each(chain(stated, self._texts("modified"))), None)
        return found if found and (after is None or found.when >= after.when) else None

    @cached_property
    def _shown(self) -> list[Shown]:
        return list(islice(shown_dates(self.vicinity), _MOST_DATES))

    def _texts(self, says: str | None) -> Iterator[str]:
        yield from (shown.text for shown in self._shown if (shown.says == "modified") == bool(says))

    def _with_time(self, found: Moment, stated: Iterable[str]) -> Moment:
        """A day alone (or its midnight) takes the time from a source that names the same day."""
        if found.timed and found.when.time() != time():
            return found
        zone = zone_of(self.times.zone)
        day = found.when.astimezone(zone).date()
        for moment in self.times.each(chain(stated, self._texts(None))):
            if moment.timed and moment.when.astimezone(zone).date() == day:
                return moment
        return found

    def _shown_or_in_address(self) -> Moment | None:
        """What words call the publication; else the address, unless a shown date agrees; else
        what markup calls a date, or a bare date line if the page is no list of dates.
        """
        in_address = date_in_address(self.url, self.times)
        found = [
            (shown.trust, moment)
            for shown in self._shown
            if shown.says != "modified" and (moment := self.times.read(shown.text))
        ]
        for trust, moment in found:
            if trust == 3 or _agree(moment, in_address):
                return moment
        return in_address or _likeliest(found)


def _agree(moment: Moment, other: Moment | None) -> bool:
    return other is not None and abs(moment.when - other.when) <= _NEAR_DAYS


def _likeliest(found: list[tuple[int, Moment]]) -> Moment | None:
    days = {moment.when.date() for _, moment in found}
    ranked = [moment for least in (2, 1) for trust, moment in found if trust >= least]
    if ranked and (found[0][0] >= 2 or len(days) <= _FEW_DAYS):
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
