"""Whether a page's numeric dates have the day or the month first, by its other dates."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?[-/]\s?(\d{1,2})\s?[-/]\s?(\d{4})(?!\d)")
_MAX_CHARS = 160
_MAX_DIFFERENCE = timedelta(days=2)


def has_two_readings(text: str) -> bool:
    """Whether the text has a date like `10/04/2016`."""
    return any(a != b and max(a, b) <= 12 for a, b, _ in _numbers(text))


def day_comes_first(
    texts: Iterable[str], known: Iterable[date], month: tuple[int, int] | None
) -> bool | None:
    """By a date of `texts` that has one reading only, else by one that a `known` day of the page
    makes true, or the year and `month` in its address; None where nothing tells.
    """
    numbers = [n for text in texts for n in _numbers(text)]
    for first, second, _ in numbers:
        if max(first, second) > 12 and min(first, second) <= 12:
            return first > second
    known = list(known)
    for first, second, year in numbers:
        readings = [_day(year, second, first), _day(year, first, second)]
        fits = [_is_near(day, known) or _is_in(day, month) for day in readings]
        if fits[0] != fits[1]:
            return fits[0]
    return None


def _numbers(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _NUMERIC.finditer(text[:_MAX_CHARS]):
        yield int(match[1]), int(match[2]), int(match[3])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_near(day: date | None, known: Iterable[date]) -> bool:
    return day is not None and any(abs(day - other) <= _MAX_DIFFERENCE for other in known)


def _is_in(day: date | None, month: tuple[int, int] | None) -> bool:
    return day is not None and (day.year, day.month) == month
