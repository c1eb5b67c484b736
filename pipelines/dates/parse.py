"""Dates written for people or machines, in the calendars and languages of the press, as UTC."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipelines.dates.calendar_days import find_days
from pipelines.dates.relative import find_age
from pipelines.dates.time_of_day import find_time
from pipelines.dates.time_zones import offset
from text.folding import fold_name
from text.timestamps import format_utc

_MAX_CHARS = 160  # a line with a date is short
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_MAX_AHEAD = timedelta(days=2)  # for wrong zones and clocks

_ISO = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:(?:[T ]\s?|T\s)(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d\d?(?::?\d\d)?)?"
    r"|T(\d\d)(Z|[+-]\d\d?(?::?\d\d)?)?)?(?:\[[\w/]{0,40}\])?",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"((?:19|20)\d\d)(\d\d)(\d\d)t?(\d\d)(\d\d)(?:(\d\d)(?:\.\d{1,9})?)?\s?(z|[+-]\d\d:?\d\d)?"
)
_EPOCH = re.compile(r"(\d{9,10})(?:\d{3})?(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Moment:
    """`timed` is false for a day alone, whose `when` is midnight in its zone."""

    when: datetime
    timed: bool

    @property
    def iso(self) -> str:
        """ISO 8601 UTC, to the second, ending in Z."""
        return format_utc(self.when)


def parse_date(
    text: str, timezone: str = "UTC", day_first: bool = True, now: datetime | None = None
) -> str | None:
    """The first date in `text` as ISO 8601 UTC (`2026-11-01T06:00:00Z`), or None.

    Impossible dates, dates before 1990 or more than two days ahead, lunar Hijri dates and ages
    without `now` are None.
    """
    moment = parse_moment(text, timezone, day_first, now)
    return moment.iso if moment else None


def parse_moment(
    text: str, timezone: str = "UTC", day_first: bool = True, now: datetime | None = None
) -> Moment | None:
    """As `parse_date`, with whether the text has a time of day."""
    text = text.strip()[:_MAX_CHARS]
    if not text:
        return None
    if now and now.tzinfo is None:
        now = now.replace(tzinfo=UTC)
    latest = (now or datetime.now(UTC)) + _MAX_AHEAD
    for moment in _candidates(text, zone_of(timezone), day_first, now):
        if _EARLIEST <= moment.when <= latest:
            return moment
    return None


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The IANA zone; UTC for an unknown name."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return UTC


def _candidates(text: str, zone: tzinfo, day_first: bool, now: datetime | None) -> Iterator[Moment]:
    if iso := _ISO.fullmatch(text):
        yield from _from_iso(iso, zone)
        return
    text = fold_name(text)
    if text[:8].isdigit():
        yield from _from_digits(text, zone)
    yield from _from_words(text, zone, day_first)
    if now and (age := find_age(text, now, zone)):
        yield Moment(age, timed=age.astimezone(zone).time() != time())


def _from_iso(match: re.Match[str], zone: tzinfo) -> Iterator[Moment]:
    year, month, day, hour, minute, second, shift, hour_alone, its_shift = match.groups()
    if int(year) < 1500:  # a Jalali year, or the null date of a database
        yield from _from_words(match[0].lower(), zone, day_first=True)
        return
    zone = _shifted(shift or its_shift, zone)
    yield from _moment(zone, year, month, day, hour or hour_alone, minute, second)


def _shifted(shift: str | None, zone: tzinfo) -> tzinfo:
    if not shift:
        return zone
    return UTC if shift in "Zz" else offset(shift) or zone


def _from_digits(text: str, zone: tzinfo) -> Iterator[Moment]:
    """`20230621161600` and seconds or milliseconds since 1970."""
    if stamp := _STAMP.fullmatch(text):
        *numbers, shift = stamp.groups()
        yield from _moment(_shifted(shift, zone), *numbers)
    elif epoch := _EPOCH.fullmatch(text):
        yield Moment(datetime.fromtimestamp(int(epoch[1]), UTC), timed=True)


def _from_words(text: str, zone: tzinfo, day_first: bool) -> Iterator[Moment]:
    clock = find_time(text, zone)
    for day in find_days(clock.rest if clock else text, day_first=day_first, original=text):
        if clock is None:
            yield Moment(datetime.combine(day, time(), zone), timed=False)
        else:
            days = timedelta(days=int(clock.next_day and day < date.max))
            when = datetime.combine(day + days, clock.time, clock.zone or zone)
            yield Moment(when, timed=True)


def _moment(zone: tzinfo, *numbers: str | None) -> Iterator[Moment]:
    year, month, day, hour, minute, second = (int(n or 0) for n in numbers)
    days = timedelta(days=int(hour == 24 and minute == second == 0))  # 24:00 ends the day
    try:
        when = datetime(year, month, day, 0 if days else hour, minute, min(second, 59), tzinfo=zone)
        yield Moment(when + days, timed=numbers[3] is not None)
    except (ValueError, OverflowError):
        return


@dataclass(frozen=True, slots=True)
class DateContext:
    """How a page's dates are read: `zone` is the IANA zone of times that have none, `now` what ages
    are counted from.
    """

    zone: str
    day_first: bool
    now: datetime | None

    def with_order(self, *, day_first: bool) -> "DateContext":
        return replace(self, day_first=day_first)

    def read(self, text: str) -> Moment | None:
        return parse_moment(text, self.zone, self.day_first, self.now)

    def each(self, texts: Iterable[str]) -> Iterator[Moment]:
        return (moment for text in texts if (moment := self.read(text)))
