"""The last resort for a date: htmldate's search through all of a page's body."""

from copy import deepcopy
from itertools import islice

from htmldate import find_date
from lxml.html import HtmlElement

from pipelines.dates.parse import Moment
from pipelines.dates.times import Times
from pipelines.metadata.asides import names_an_aside

_MOST = 20_000  # elements, beyond which searching them all is not worth it


def search_body(body: HtmlElement, times: Times) -> Moment | None:
    """A day alone. htmldate's fast mode never calls dateparser, whose locales take seconds to
    load; the page's head is not given to it, where it reads the day of the last change.
    """
    elements = sum(1 for _ in islice(body.iter(), _MOST))
    if elements == _MOST:
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
