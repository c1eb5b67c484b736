"""`cron` where clocks are changed: no day is skipped, nothing fires twice within the hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from service.cron_times import next_fire

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
CRONS = {
    # The longest and the shortest wait of a week without a change.
    "0 0 * * *": (DAY, DAY),
    "30 2 * * *": (DAY, DAY),
    "5 1 * * 0-6": (DAY, DAY),
    "0 * * * *": (HOUR, HOUR),
    "*/20 * * * *": (HOUR / 3, HOUR / 3),
    "*/30 6-23 * * *": (6.5 * HOUR, HOUR / 2),
    "0 0,3,6,12 * * *": (12 * HOUR, 3 * HOUR),
    "30 23,0,1,2 * * *": (21 * HOUR, HOUR),
}


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The hours of 2020 to 2027 in which its clocks are changed."""
    moment, end = datetime(2020, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    while moment < end:
        if offset(zone, moment) != offset(zone, moment + WEEK):
            hour = moment
            while offset(zone, hour) == offset(zone, hour + HOUR):
                hour += HOUR
            yield hour
        moment += WEEK


@cache
def kinds_of_changes() -> list[tuple[str, datetime, timedelta]]:
    """Zone, hour and size of a change: one for each size and time of day, over all zones."""
    known: dict[object, tuple[str, datetime, timedelta]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for hour in changes(zone):
            by = offset(zone, hour + HOUR) - offset(zone, hour)
            known.setdefault((hour.astimezone(zone).time(), by), (name, hour, by))
    return list(known.values())


def offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    shift = moment.astimezone(zone).utcoffset()
    assert shift is not None
    return shift


def fires(text: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    times = []
    while (fire := next_fire(text, zone, start)) and fire <= end:
        times.append(fire)
        start = fire + timedelta(microseconds=1)
    return times


@pytest.mark.parametrize("text", CRONS)
def test_over_every_kind_of_change_in_every_zone(text: str) -> None:
    longest, shortest = CRONS[text]
    assert len(kinds_of_changes()) > 20
    for name, day, by in kinds_of_changes():
        zone = ZoneInfo(name)
        times = fires(text, name, day - longest, day + DAY + longest)
        gaps = [after - before for before, after in pairwise(times)]
        where = f"{text} in {name} on {day:%F}: {gaps}"
        assert times[0] <= day, where
        assert max(gaps) <= longest + max(HOUR, abs(by)), where
        assert min(gaps) >= min(shortest, HOUR, abs(by)), where
        firsts: dict[datetime, datetime] = {}
        for time in times:
            first = firsts.setdefault(time.astimezone(zone).replace(tzinfo=None), time)
            assert first == time or time - first >= HOUR, where


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # What does not exist is made up for at the first moment after the change.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00"),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00"),
        ("Asia/Damascus", "2020-03-27", "2020-03-26T22:00"),
        ("Asia/Tehran", "2022-03-22", "2022-03-21T20:30"),
        # Of what exists twice, the first.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00"),
    ],
)
def test_midnight_of_the_day_of_a_change(zone: str, day: str, expected: str) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) - 3 * HOUR
    first = next_fire("0 0 * * *", zone, start.astimezone(UTC))
    assert first == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert next_fire("0 0 * * *", zone, first) == first


def test_half_past_two_in_berlin() -> None:
    spring = next_fire("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert spring == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    autumn = fires(
        "30 2 * * *",
        "Europe/Berlin",
        datetime(2026, 10, 24, 12, tzinfo=UTC),
        datetime(2026, 10, 26, 12, tzinfo=UTC),
    )
    assert autumn == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]


def test_what_never_comes() -> None:
    assert next_fire("0 0 30 2 *", "UTC", datetime(2026, 1, 1, tzinfo=UTC)) is None
