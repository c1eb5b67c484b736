"""Where the metadata and the text around the title have no date: the page's data, and a day anywhere
in its body, by htmldate.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import date
from itertools import islice
from typing import cast

from htmldate import find_date
from lxml.etree import XPath, strip_elements
from lxml.html import HtmlElement

from pipelines.dates.calendar_days import find_days
from pipelines.dates.parse import DateContext, Moment
from pipelines.metadata.other_articles import DATE_TAGS, OtherArticles
from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.title_context import names_an_aside
from text.folding import fold_name

# htmldate's cost grows faster than the page: at these bounds it takes up to half a second.
_MAX_SEARCHED_ELEMENTS, _MAX_SEARCHED_CHARS = 10_000, 300_000
# libxml2 writes an attribute at a cost quadratic in the `<!--` in it. The data of a shop's product, in
# which htmldate finds dates, have 8 000 characters.
_MAX_ATTRIBUTE_CHARS, _MAX_COMMENTED_CHARS = 20_000, 1000
_MAX_LINES, _MAX_LINE_CHARS = 200, 160
_MAX_DATA_CHARS, _MAX_IN_DATA = 600_000, 60
_IN_DATA = re.compile(
    r"\"(?:date_?published|published_?(?:at|date|time|on)|publish_?(?:date|time|at)|publication_?date|"
    r"first_?published(?:_?at|_?date)?|pub_?date|post_?date|article_?date|published)\\?\""
    r"\s{0,5}:\s{0,5}\\?\"?([^\"\\,}]{8,40})",
    re.IGNORECASE,
)
_WITH_LONG_VALUES = XPath(f"descendant-or-self::*[@*[string-length(.) > {_MAX_COMMENTED_CHARS}]]")
_UNSEARCHED = "unsearched"  # stands for the tag of what is left out
_UNSEARCHED_TAGS = frozenset({"script", "style", "noscript"})


def search_body(
    body: HtmlElement, index: PageIndex, times: DateContext, others: OtherArticles
) -> Moment | None:
    """A day, by htmldate; None for a page too large for it, and where it fails. Its fast mode never
    calls dateparser, whose locales take seconds to load. It gets the body alone: in the head it reads
    the day of the last change.
    """
    if index.page.size_of(body) >= _MAX_SEARCHED_ELEMENTS:
        return None
    try:
        copy = _searched_part(body, index, others)
        if copy is None:
            return None
        day = find_date(copy, extensive_search=False, original_date=True, max_date=times.now)
    except MemoryError:
        raise
    except Exception:  # a date is worth no article
        return None
    if not day or (day.endswith("-01") and not _has_day(copy, day)):
        return None
    return times.read(day)


def _has_day(body: HtmlElement, day: str) -> bool:
    """Whether a text has this very day: htmldate reads a month alone as its first day."""
    texts = (
        text[:_MAX_LINE_CHARS] for text in body.itertext() if day[:4] in text[:_MAX_LINE_CHARS]
    )
    wanted = date.fromisoformat(day)
    return any(
        found == wanted
        for text in islice(texts, _MAX_LINES)
        for found in find_days(fold_name(text), day_first=True)
    )


def date_in_data(scripts: Iterable[HtmlElement], times: DateContext) -> Moment | None:
    """The publication that the page's data name (`"publishedAt": "2026-11-21…"`), where they name
    one day alone: those of a list have several.
    """
    moments: list[Moment] = []
    chars = 0
    for script in scripts:
        if "ld+json" in (script.get("type") or "").lower():
            continue  # read, and of others
        text = (script.text or "")[: _MAX_DATA_CHARS - chars]
        chars += len(text)
        moments += times.each(match[1] for match in islice(_IN_DATA.finditer(text), _MAX_IN_DATA))
        if chars >= _MAX_DATA_CHARS:
            break
    days = {moment.when.date() for moment in moments}
    return moments[0] if len(days) == 1 else None


def _searched_part(
    body: HtmlElement, index: PageIndex, others: OtherArticles
) -> HtmlElement | None:
    """A copy of the body without scripts, asides and long attributes; None if its text is long."""
    copy, first = deepcopy(body), index.at[body]
    copied = list(copy.iter())  # of the same numbers, from `first` on
    for number in _unsearched(body, index, others):
        copied[number - first].tag = _UNSEARCHED
    strip_elements(copy, _UNSEARCHED, with_tail=False)
    _drop_long_attributes(copy)
    chars = 0
    for text in copy.itertext():
        chars += len(text)
        if chars > _MAX_SEARCHED_CHARS:
            return None
    return copy


def _unsearched(body: HtmlElement, index: PageIndex, others: OtherArticles) -> Iterator[int]:
    """The outermost elements of the body that are left out: what is in them needs no look of its own."""
    ends, elements, first = index.ends, index.page.elements, index.at[body]
    size, number = ends[first] - first, first + 1
    tags = index.page.tags
    while number < ends[first]:
        if (
            tags[number] in _UNSEARCHED_TAGS
            or (
                (ends[number] - number) * 2 < size and names_an_aside(elements[number], index, size)
            )
            or others.is_other_box_at(number)
            or (tags[number] in DATE_TAGS and others.is_dated_link(elements[number]))
        ):
            yield number
            number = ends[number]
        else:
            number += 1


def _drop_long_attributes(root: HtmlElement) -> None:
    # Asked of each element in turn, this takes as long as htmldate.
    for element in cast("list[HtmlElement]", _WITH_LONG_VALUES(root)):
        for name, value in element.items():
            most = _MAX_COMMENTED_CHARS if "<!--" in value else _MAX_ATTRIBUTE_CHARS
            if len(value) > most:
                del element.attrib[name]
