"""A day anywhere in a page's body, by htmldate: the last resort."""

from copy import deepcopy

from htmldate import find_date
from lxml.etree import strip_elements
from lxml.html import HtmlElement

from pipelines.dates.parse import DateContext, Moment
from pipelines.extraction.tree_index import TreeIndex
from pipelines.metadata.other_articles import OtherArticles
from pipelines.metadata.page_elements import names_an_aside

# htmldate's cost grows faster than the page: at these bounds it takes up to half a second.
_MAX_SEARCHED_ELEMENTS, _MAX_SEARCHED_CHARS = 10_000, 300_000
# libxml2 writes an attribute at a cost quadratic in the `<!--` in it. The data of a shop's product, in
# which htmldate finds dates, have 8 000 characters.
_MAX_ATTRIBUTE_CHARS, _MAX_COMMENTED_CHARS = 20_000, 1000
_UNSEARCHED = "unsearched"  # stands for the tag of what is left out


def search_body(
    body: HtmlElement, page: TreeIndex, times: DateContext, others: OtherArticles
) -> Moment | None:
    """A day, by htmldate; None for a page too large for it, and where it fails. Its fast mode never
    calls dateparser, whose locales take seconds to load. It gets the body alone: in the head it reads
    the day of the last change.
    """
    if page.size_of(body) >= _MAX_SEARCHED_ELEMENTS:
        return None
    try:
        copy = _searched_part(body, page, others)
        if copy is None:
            return None
        day = find_date(copy, extensive_search=False, original_date=True, max_date=times.now)
    except MemoryError:
        raise
    except Exception:  # a date is worth no article
        return None
    # htmldate reads a month alone as its first day.
    return times.read(day) if day and not day.endswith("-01") else None


def _searched_part(
    body: HtmlElement, page: TreeIndex, others: OtherArticles
) -> HtmlElement | None:
    """A copy of the body without scripts, asides and long attributes; None if its text is long."""
    copy, elements = deepcopy(body), page.size_of(body)
    # Both lists keep lxml's proxies alive.
    for element, copied in zip(list(body.iter()), list(copy.iter()), strict=True):
        if element is not body and (
            _is_unsearched(element, page, elements) or others.is_other_box(element)
        ):
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
