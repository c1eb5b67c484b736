"""The calendar day in a short text, by a month's name or by numbers, Gregorian or Jalali. Any year is
taken; `parse` checks it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from pipelines.dates.names import month, weekday
from text.folding import WORD, fold_name

_FIRST_YEAR, _LAST_YEAR = 1300, 1470
_EPOCH = date(1921, 3, 21)  # 1 Farvardin 1300
# Leap years by the 33-year cycle, which agrees with the astronomical calendar from 1244 to 1472.
_LEAP_YEARS_OF_CYCLE = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def to_gregorian(year: int, month: int, day: int) -> date | None:
    """A Jalali day; None for one that does not exist, and outside the years 1300 to 1470."""
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return None
    if not 1 <= day <= _days_in_month(year, month):
        return None
    leap_days = sum(map(_is_leap, range(_FIRST_YEAR, year)))
    before = 31 * (month - 1) - max(0, month - 7)
    return _EPOCH + timedelta(days=365 * (year - _FIRST_YEAR) + leap_days + before + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP_YEARS_OF_CYCLE


def _days_in_month(year: int, month: int) -> int:
    if month == 12:
        return 30 if _is_leap(year) else 29
    return 31 if month <= 6 else 30


_FILLER_WORDS = (
    "من شهر عام سنة لعام لسنة في of the de del di da do le el den a o os st nd rd th er m d "
    "г года год р року рік gada gads yil m г. ж жыл жылғы оны ngày năm ی ى an anno ta na ê a "
    "eko yılı yanê sala salê v g"
)
_FILLERS = frozenset(map(fold_name, _FILLER_WORDS.split()))
# Marks of Indian scripts, and the points of Thai abbreviations, are part of a name.
_NAME = re.compile(r"[^\s\d,،/()\[\]|:;·•'’«»\"–—_-]+")
_ORDINAL = r"(?:st|nd|rd|th|er|[ºªo.])?"
_DAY_MONTH_YEAR = re.compile(r"(?<!\d)(\d{1,2})(?!\d)(?=(\D{2,40}?)(\d{4}|\d\d\s*$)(?!\d))")
_MONTH_DAY_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_ORDINAL}(?:\s?[,،.]\s?|\s{{1,4}})(\d{{4}})(?!\d)"
)
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)(\d{4})(?!\d)(?=(\D{2,30}?)(\d{1,2})(?!\d))")

_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})(?:\s?([-/.|])\s?)(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)")
_DAY_MONTH_OF_YEAR = re.compile(
    r"(?<!\d)(\d{4})(?!\d)\D{1,12}?(\d{1,2})(?!\d)\.?\s{1,2}([^\d\s,.]{3,20})"
)
# Names that are numbers, in Vietnamese and Mongolian, and the Levant's double months: «كانون 2».
_NUMBERED_MONTHS = (
    re.compile(
        r"(?P<d>\d{1,2})[\s,]{1,3}(?:thang|thg)\s?(?P<m>\d{1,2})[\s,]{1,3}(?:nam\s)?(?P<y>\d{4})"
    ),
    re.compile(r"(?P<y>\d{4})\sоны\s(?P<m>\d{1,2})\s?-?\s?р?\s?сары?н?\s(?P<d>\d{1,2})"),
)
_DOUBLE_MONTH = re.compile(r"(كانون|تشرين)\s?([12])(?!\d)")
_ORDINALS = {"1": "اول", "2": "ثاني"}
_BUDDHIST_YEARS = range(2500, 2600)
_THAI = re.compile(r"[\u0e00-\u0e7f]")

_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?:t?\d{4,6})?(?!\d)")
# Drupal's medium date, whose month is first in every language: `Sun, 11/01/2026 - 14:10`.
_DRUPAL = re.compile(r"[^\W\d_],\s\d\d/\d\d/\d{4}\s-\s\d")
# So is it in .NET's default: `9/17/2004 5:54:13 AM`.
_NET = re.compile(r"/\d{4}\s\d{1,2}:\d\d:\d\d\s[ap]m(?!\w)")

_THREE_DIGITS = re.compile(r"\d\D*+\d\D*+\d")

DaySpan = tuple[int, int, date]


def find_days(text: str, *, day_first: bool, original: str = "") -> Iterator[date]:
    """The days that `text` may mean, likeliest first. It is folded by `fold_name` and without its
    time of day, with which it is `original`: some forms are recognised by it.
    """
    return (day for _, _, day in find_spans(text, day_first=day_first, original=original))


def find_spans(text: str, *, day_first: bool, original: str = "") -> Iterator[DaySpan]:
    """As `find_days`, with where each day begins and ends in `text`."""
    if not _THREE_DIGITS.search(text):  # a day and a year have as many, in whatever form
        return
    if "th" in text or "оны" in text:  # most have neither, and each search costs a microsecond
        yield from _numbered_months(text)
    yield from _named(_DOUBLE_MONTH.sub(_double_month, text) if "ن" in text else text)
    if "年" in text or "년" in text:
        yield from _east_asian(text)
    yield from _numeric(text, day_first, original)


def _double_month(match: re.Match[str]) -> str:
    """In its own length, so that spans stay true where there is room for it."""
    return f"{match[1]} {_ORDINALS[match[2]]} "


def _named(text: str) -> Iterator[DaySpan]:
    for match in _DAY_MONTH_YEAR.finditer(text):
        yield from _spans(match.start(), match.end(3), _by_name(match[3], match[2], match[1]))
    for match in _MONTH_DAY_YEAR.finditer(text):
        start = max(0, match.start() - 40)
        words = list(_NAME.finditer(text[start : match.start()]))[-2:]
        for word in (0, 1) if len(words) == 2 else range(len(words)):
            name = " ".join(w[0] for w in words[word:])
            at = start + words[word].start()
            yield from _spans(at, match.end(), _by_name(match[2], name, match[1]))
    for match in _YEAR_MONTH_DAY.finditer(text):
        yield from _spans(match.start(), match.end(3), _by_name(match[1], match[2], match[3]))
    for match in _DAY_MONTH_OF_YEAR.finditer(text):
        yield from _spans(match.start(), match.end(), _by_name(match[1], match[3], match[2]))


def _spans(start: int, end: int, days: Iterable[date]) -> Iterator[DaySpan]:
    return ((start, end, day) for day in days)


def _numbered_months(text: str) -> Iterator[DaySpan]:
    for pattern in _NUMBERED_MONTHS:
        for match in pattern.finditer(text):
            days = _day(int(match["y"]), int(match["m"]), int(match["d"]), False)
            yield from _spans(*match.span(), days)


def _by_name(year: str, name: str, day: str) -> Iterator[date]:
    full_year = int(year) if len(year.strip()) == 4 else 2000 + int(year)
    if full_year in _BUDDHIST_YEARS and _THAI.search(name):
        full_year -= 543
    for jalali in (False, True):
        if number := month_in(name, jalali=jalali):
            yield from _day(full_year, number, int(day), jalali)


def month_in(words: str, *, jalali: bool = False) -> int | None:
    """The month that `words` name, once or more (`يناير/كانون الثاني`); None if they say anything
    else.
    """
    months: set[int] = set()
    names = (word.strip(".") for word in _NAME.findall(words))
    rest = [name for name in names if name and name not in _FILLERS]
    while rest:
        size = 2 if month(" ".join(rest[:2]), jalali=jalali) and len(rest) > 1 else 1
        number = month(" ".join(rest[:size]), jalali=jalali)
        if number is None:
            return None
        months.add(number)
        rest = rest[size:]
    return months.pop() if len(months) == 1 else None


def _day(year: int, month: int, day: int, jalali: bool) -> Iterator[date]:
    if jalali:
        if gregorian := to_gregorian(year, month, day):
            yield gregorian
        return
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _east_asian(text: str) -> Iterator[DaySpan]:
    for match in _EAST_ASIAN.finditer(text):
        days = _day(int(match[1]), int(match[2]), int(match[3]), False)
        yield from _spans(*match.span(), days)


def _numeric(text: str, day_first: bool, original: str) -> Iterator[DaySpan]:
    for match in _NUMERIC.finditer(text):
        yield from _spans(*match.span(), _by_numbers(match, day_first, original or text))
    for match in _COMPACT.finditer(text):
        days = _day(int(match[1]), int(match[2]), int(match[3]), False)
        yield from _spans(*match.span(), days)


def _by_numbers(match: re.Match[str], day_first: bool, original: str) -> Iterator[date]:
    first, separator, second, third = match.groups()
    if len(first) == 4 and len(third) <= 2:
        yield from _year_first(int(first), int(second), int(third))
    elif len(first) <= 2 and len(third) == 4:
        yield from _year_last(int(first), int(second), int(third), day_first, original)
    elif separator == "." and len(first) == len(second) == len(third) == 2:
        yield from _day(2000 + int(third), int(second), int(first), False)


def _year_first(year: int, month: int, day: int) -> Iterator[date]:
    # 1402 can only be Jalali: as a lunar Hijri year it is 1982, older than any page. Hijri years
    # of our time (1410 and later) are Jalali years of the future, which `parse` refuses.
    yield from _day(year, month, day, jalali=1300 < year < 1500)


def _year_last(
    first: int, second: int, year: int, day_first: bool, original: str
) -> Iterator[date]:
    if 1300 < year < 1500:
        yield from _day(year, second, first, True)
        return
    days = [*_day(year, second, first, False), *_day(year, first, second, False)]
    named = _weekday_in(original)
    if not day_first or (named is not None and _DRUPAL.search(original)) or _NET.search(original):
        days.reverse()
    on_weekday = [day for day in days if day.weekday() == named]
    yield from (on_weekday or days)[:1]


def _weekday_in(text: str) -> int | None:
    words = WORD.findall(text)
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    numbers = (weekday(name) for name in (*pairs, *words))
    return next((number for number in numbers if number is not None), None)
