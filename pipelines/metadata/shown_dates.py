"""The dates that a page shows around its title: as written, what they are called, how near they
are. Which of them counts is decided in `publication_dates`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from itertools import islice
from typing import Literal

from lxml.html import HtmlElement

from pipelines.dates.date_lines import DatedPart, dated_parts, is_date_line, label
from pipelines.metadata.markup_patterns import CaselessPattern
from pipelines.metadata.other_articles import OtherArticles
from pipelines.metadata.title_context import TitleContext

_MAX_DATE_CHARS = 120
_MAX_NEAR_ELEMENTS = 40  # behind the title; a bare date further off is another article's
_MAX_HEAD_ELEMENTS = 20  # around the title; the article's head
_MIN_PARAGRAPH_CHARS = 160  # the article's text begins
_MAX_OTHER_WORDS = 9  # beside a date in its line
_MAX_BYLINE_WORDS = 4  # a name or a section beside it
_MAX_BESIDE = 120
_DATED_NAME = CaselessPattern(
    r"date|time|publish|posted|submitted|created|updated|modified|byline|post-?info|entry-meta|"
    r"post-?meta|article-?meta|meta-item|news-?info|details?-?info|article-info"
)
_MODIFIED_NAME = re.compile(r"updated|modified|last-?update", re.IGNORECASE)
_PUBLISHED_NAME = re.compile(r"publish|posted|created|entry-date|pubdate", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_MAX_DEPTH = 40  # of a date in its line
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_DATE_TAGS = frozenset(
    {"span", "p", "div", "li", "ul", "time", "td", "small", "dd", "dl", "b", "strong", "em", "i",
     "abbr", "font", "a", "h2", "h3", "h4", "h5", "h6", "label", "header", "section", "center"}
)  # fmt: skip
_DATE_ATTRIBUTES = (
    "data-datetime",
    "data-date",
    "data-time",
    "data-utime",
    "data-timestamp",
    "title",
)
_STATING = frozenset(("datetime", *_DATE_ATTRIBUTES))
_INLINE_TAGS = frozenset({"a", "b", "strong", "em", "i", "span", "font"})
DateKind = Literal["published", "modified"]


@dataclass(frozen=True, slots=True)
class ShownDate:
    """`text` is the date as written, `kind` what words or markup call it. `trust` is 3 for words
    that call it the publication, 2 for markup that calls it a date and for a date line in the
    article's head, 1 for one near the title and for a date among other words in the head, 0 for one
    elsewhere. `place` is where it stands, as words for a person; `other` whether it is the date of
    another article.
    """

    text: str
    kind: DateKind | None
    trust: int
    place: str = ""
    other: bool = False


class Nearness(IntEnum):
    """Where an element stands: above the article's first paragraph, above its second, near the title,
    or further off.
    """

    FAR, NEAR, LEAD, HEAD = range(4)


class ShownDates:
    """The dates that a page shows, where `others` knows which are of other articles."""

    def __init__(self, context: TitleContext, others: OtherArticles) -> None:
        self._context, self._others = context, others
        # Both are asked of an element for the head of the article, and again for the whole page.
        self._known: dict[tuple[int, Nearness], list[ShownDate]] = {}
        self._paragraphs: dict[int, bool] = {}
        self._digits: dict[int, bool] = {}
        self._stated: dict[int, str] = {}
        self._page = context.index.page
        self._dated_names = context.index.names.judged(_names_date)

    def __iter__(self) -> Iterator[ShownDate]:
        """Nearest first: those behind the title and above it, those further behind, then every `time`
        of the article.
        """
        context, used = self._context, set[int]()
        near = context.numbers_after(_MAX_NEAR_ELEMENTS)
        yield from self._around_title(near, "behind", used)
        yield from self._around_title(context.numbers_before, "above", used)
        far = context.numbers_after()[_MAX_NEAR_ELEMENTS:]
        yield from self._around_title(far, "behind", used, _MAX_NEAR_ELEMENTS)
        for element in context.index.by_tag["time"][:50]:
            number = context.index.at[element]
            if number not in used and not context.is_aside(element):
                yield from self._dates_of(number, Nearness.FAR, "time element")

    def in_head(self) -> Iterator[ShownDate]:
        """Those right behind the headline, before the article's second paragraph."""
        if self._context.title is None:
            return
        behind = self._context.numbers_after(_MAX_HEAD_ELEMENTS)
        paragraphs = (at for at, number in enumerate(behind) if self._is_paragraph(number))
        end = next(islice(paragraphs, 1, 2), None)
        yield from self._around_title(behind[:end], "behind", set())

    def _around_title(
        self, numbers: list[int], where: str, used: set[int], skipped: int = 0
    ) -> Iterator[ShownDate]:
        has_title = self._context.title is not None
        tags, parents = self._page.tags, self._page.parent_list
        paragraphs = 0
        digits = self._with_digits(numbers)
        for at, number in enumerate(numbers, skipped):
            paragraphs += at < _MAX_HEAD_ELEMENTS and self._is_paragraph(number)
            if tags[number] not in _DATE_TAGS:
                continue
            if number not in digits and not self._stated_in(number):
                continue
            if parents[number] in used or parents[parents[number]] in used:
                continue
            place = f"{at + 1} elements {where} the headline" if has_title else "page"
            nearness = _nearness(has_title, at, paragraphs)
            if dates := self._dates_of(number, nearness, place):
                used.add(number)
                yield from dates

    def in_asides(self) -> Iterator[ShownDate]:
        """Those in boxes near the title that only their names make asides: `author-share`."""
        numbers = islice(self._context.beside(), _MAX_BESIDE)
        for at, number in enumerate(numbers):
            if self._page.tags[number] in _DATE_TAGS:
                yield from self._dates_of(number, Nearness.FAR, f"{at + 1} elements in a side box")

    def _is_dated(self, number: int) -> bool:
        places = self._context.index.names.places
        return self._page.tags[number] == "time" or self._dated_names[places[number]]

    def _stated_in(self, number: int) -> str:
        """The date that its attributes state."""
        stated = self._stated.get(number)
        if stated is None:
            element = self._page.elements[number]
            # Of most elements no names need be judged.
            if _STATING.isdisjoint(element.keys()):
                stated = ""
            else:
                stated = element.get("datetime")
                stated = stated or (self._is_dated(number) and _date_attribute(element)) or ""
            self._stated[number] = stated
        return stated

    def _dates_of(self, number: int, nearness: Nearness, place: str) -> list[ShownDate]:
        dates = self._known.get((number, nearness))
        if dates is None:
            dates = self._known[number, nearness] = list(self._read(number, nearness))
        return [replace(date, place=place) for date in dates]

    def _read(self, number: int, nearness: Nearness) -> Iterator[ShownDate]:
        stated, element = self._stated_in(number), self._page.elements[number]
        text = self._context.index.text_of(element, _MAX_DATE_CHARS)
        if not stated and not _DIGIT.search(text):
            return
        dated = bool(stated) or self._is_dated(number)
        parts = () if stated else dated_parts(text)
        if not parts and not dated and not is_date_line(text):  # as most that have a digit
            return
        named = _kind(element, self._context.index.names_of(element))
        if stated:
            dates = iter([_stated(text, stated[:_MAX_DATE_CHARS], named)])
        elif parts:
            dates = _written(parts, named, dated, nearness, is_heading=self._is_heading(number))
        else:  # an age, or a time alone
            trust = 2 if dated else int(nearness >= Nearness.NEAR)
            dates = iter([ShownDate(text, named or label(text), trust)])
        for date in dates:
            other = self._others.has(element, in_head=nearness == Nearness.HEAD)
            yield replace(date, other=other)

    def _is_paragraph(self, number: int) -> bool:
        known = self._paragraphs.get(number)
        if known is None:
            known = self._paragraphs[number] = _is_paragraph(self._page.elements[number])
        return known

    def _is_heading(self, number: int) -> bool:
        tags, parents = self._page.tags, self._page.parent_list
        around = (number, parents[number], parents[parents[number]])
        return any(tags[n] in _HEADINGS for n in around)

    def _with_digits(self, numbers: list[int]) -> set[int]:
        """Those with a digit in their text, and all around them."""
        found: set[int] = set()
        parents = self._page.parent_list
        for number in numbers:
            if self._has_digit(number):
                for _ in range(_MAX_DEPTH + 1):
                    if number in found:
                        break
                    found.add(number)
                    number = parents[number]
        return found

    def _has_digit(self, number: int) -> bool:
        known = self._digits.get(number)
        if known is None:
            known = self._digits[number] = _has_digit(self._page.elements[number])
        return known


def _has_digit(element: HtmlElement) -> bool:
    # Most texts are spaces between elements.
    if (text := element.text) and not text.isspace() and _DIGIT.search(text):
        return True
    for child in element:
        if (tail := child.tail) and not tail.isspace() and _DIGIT.search(tail):
            return True
    return False


@lru_cache(maxsize=8192)
def _names_date(names: str) -> bool:
    return _DATED_NAME.is_in(names)


def _nearness(has_title: bool, at: int, paragraphs: int) -> Nearness:
    if not has_title or at >= _MAX_NEAR_ELEMENTS:
        return Nearness.FAR
    if at >= _MAX_HEAD_ELEMENTS or paragraphs >= 2:
        return Nearness.NEAR
    return Nearness.LEAD if paragraphs else Nearness.HEAD


def _stated(text: str, stated: str, named: DateKind | None) -> ShownDate:
    """The date of a `datetime` or the like."""
    kind = named or label(text)
    by_words = kind == "published" and label(text) == "published"
    return ShownDate(stated, kind, 3 if by_words else 2)


def _written(
    parts: tuple[DatedPart, ...],
    named: DateKind | None,
    dated: bool,
    nearness: Nearness,
    *,
    is_heading: bool = False,
) -> Iterator[ShownDate]:
    """A heading with a date among many words names what it is about, not when."""
    near, head = nearness >= Nearness.NEAR, nearness >= Nearness.LEAD
    for part in parts:
        if is_heading and part.others > _MAX_BYLINE_WORDS:
            continue
        kind = part.kind if len(parts) > 1 else named or part.kind
        by_words = part.kind == kind == "published"
        if by_words and (dated or near or part.others <= _MAX_OTHER_WORDS):
            yield ShownDate(part.text, kind, 3)
        elif dated or ((head or (near and part.labelled)) and part.others <= _MAX_BYLINE_WORDS):
            yield ShownDate(part.text, kind, 2 if near else 1)
        elif part.others == 0:
            yield ShownDate(part.text, kind, int(near))
        elif head and part.others <= _MAX_OTHER_WORDS:
            yield ShownDate(part.text, kind, 1)


def _is_paragraph(element: HtmlElement) -> bool:
    """Whether it has a paragraph's text of its own, whatever its tag."""
    chars = len((element.text or "").strip())
    for child in islice(element, 40):
        chars += len((child.tail or "").strip())
        if child.tag in _INLINE_TAGS:
            chars += len((child.text or "").strip())
    return chars >= _MIN_PARAGRAPH_CHARS


def _date_attribute(element: HtmlElement) -> str | None:
    """The attribute in which themes keep the whole of a date that the text abbreviates."""
    values = (element.get(name) or "" for name in _DATE_ATTRIBUTES)
    return next((v for v in values if any(c.isdigit() for c in v[:_MAX_DATE_CHARS])), None)


def _kind(element: HtmlElement, names: str) -> DateKind | None:
    """`published` for the class `entry-date published updated` too, which is both."""
    if element.get("pubdate") is not None or _PUBLISHED_NAME.search(names):
        return "published"
    return "modified" if _MODIFIED_NAME.search(names) else None
