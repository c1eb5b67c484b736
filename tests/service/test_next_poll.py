"""When a site is polled next: by its rhythm, by its file, after errors, after a pause of ours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from items import Site
from service.next_poll import (
    LastPoll,
    PollBounds,
    PublishingRate,
    failure_pause,
    first_poll,
    next_poll,
    publishing_rate,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BOUNDS = PollBounds(5 * MINUTE, 6 * HOUR)
SITE = Site("news", "https://news.example/")
DONE = LastPoll(NOW, NOW + MINUTE)


def history(hours: range, each_hour: int, days: int = 28) -> list[tuple[str | None, str]]:
    """A site that publishes `each_hour` articles in these hours of every day, UTC."""
    midnight = NOW.replace(hour=0)
    times = [
        midnight - timedelta(days=day) + hour * HOUR + (60 // each_hour * n + 1) * MINUTE
        for day in range(1, days + 1)
        for hour in hours
        for n in range(each_hour)
    ]
    return [(time.isoformat(), time.isoformat()) for time in times]


def wait(usual: PublishingRate, at: datetime) -> timedelta:
    return usual.next_article(at, BOUNDS.most) - at


def test_a_busy_site_is_polled_about_as_often_as_it_publishes() -> None:
    busy = publishing_rate(history(range(24), 4), "UTC", NOW)
    assert 14 * MINUTE < wait(busy, NOW) < 18 * MINUTE


def test_by_day_often_and_by_night_rarely() -> None:
    usual = publishing_rate(history(range(8, 20), 3), "UTC", NOW)
    assert wait(usual, NOW) < 25 * MINUTE
    assert wait(usual, NOW.replace(hour=22)) == BOUNDS.most
    before_dawn = wait(usual, NOW.replace(hour=4))
    assert 3 * HOUR < before_dawn < 5 * HOUR, "the morning's first articles are not missed"


def test_the_hours_are_the_site_s_own() -> None:
    usual = publishing_rate(history(range(8, 20), 3), "Asia/Tokyo", NOW)
    assert usual.rates[17] > 2 > 0.1 > usual.rates[12]


def test_an_article_dated_to_the_day_tells_no_hour() -> None:
    days = [(f"2026-10-{day:02}T00:00:00Z", f"2026-10-{day:02}T09:00:00Z") for day in range(4, 32)]
    usual = publishing_rate([*days, *days], "UTC", NOW)
    assert max(usual.rates) == pytest.approx(min(usual.rates))
    assert sum(usual.rates) == pytest.approx(2, abs=0.5)


def test_last_week_counts_more_than_last_month() -> None:
    month = history(range(24), 2)
    slower = [time for time in month if time[1] < (NOW - timedelta(days=10)).isoformat()]
    assert sum(publishing_rate(slower, "UTC", NOW).rates) < 0.5 * sum(
        publishing_rate(month, "UTC", NOW).rates
    )


def test_of_a_new_site_a_day_is_enough() -> None:
    assert wait(publishing_rate([], "UTC", NOW), NOW) == 2 * HOUR
    day = publishing_rate(history(range(24), 4, days=1), "UTC", NOW)
    assert wait(day, NOW) < 30 * MINUTE


def test_the_bounds_hold() -> None:
    frantic = publishing_rate(history(range(24), 30), "UTC", NOW)
    for _ in range(20):
        assert next_poll(SITE, frantic, BOUNDS, DONE) >= NOW + 0.95 * BOUNDS.least
    silent = publishing_rate([], "UTC", NOW)
    silent = replace(silent, rates=(0.0,) * 24)
    assert next_poll(SITE, silent, BOUNDS, DONE) <= NOW + BOUNDS.most


QUIET = replace(publishing_rate([], "UTC", NOW), rates=(0.01,) * 24)


def test_a_fixed_interval_counts_from_start_to_start() -> None:
    site = replace(SITE, every=10.0)
    assert next_poll(site, QUIET, BOUNDS, DONE) == NOW + 10 * MINUTE
    slow = LastPoll(NOW, NOW + 25 * MINUTE)
    assert next_poll(site, QUIET, BOUNDS, slow) == slow.ended, "what was missed, once"


def test_cron_is_kept_to_the_minute_in_the_site_s_zone() -> None:
    site = replace(SITE, cron="30 6 * * 1-5", timezone="Asia/Damascus")
    monday = datetime(2026, 11, 2, 3, 30, tzinfo=UTC)
    assert next_poll(site, QUIET, BOUNDS, DONE) == monday, "the first of November is a Sunday"
    failed = replace(DONE, failures=1)
    assert next_poll(site, QUIET, BOUNDS, failed) == monday


def test_after_errors_it_backs_off_with_jitter() -> None:
    waits = [[failure_pause(n, HOUR) for _ in range(50)] for n in range(1, 12)]
    for number, (shorter, longer) in enumerate(pairwise(waits)):
        assert len(set(shorter)) == 50
        assert max(shorter) <= min(longer) or number > 5
    assert min(waits[0]) >= 5 * MINUTE
    assert max(waits[-1]) <= 8 * HOUR
    busy = publishing_rate(history(range(24), 4), "UTC", NOW)
    after = next_poll(SITE, busy, BOUNDS, replace(DONE, failures=4))
    assert 40 * MINUTE < after - NOW < 55 * MINUTE


def test_what_waits_in_the_queue_is_fetched_when_it_is_due() -> None:
    retry = replace(DONE, due=NOW + 20 * MINUTE)
    assert next_poll(SITE, QUIET, BOUNDS, retry) == NOW + 20 * MINUTE
    more = replace(DONE, due=NOW)
    assert next_poll(SITE, QUIET, BOUNDS, more) == NOW + BOUNDS.least


def test_a_site_that_asked_to_rest_is_left_to_rest() -> None:
    resting = replace(DONE, retry_after=NOW + 3 * HOUR)
    assert next_poll(replace(SITE, every=10.0), QUIET, BOUNDS, resting) == NOW + 3 * HOUR


def test_after_a_pause_of_ours_what_was_missed_is_made_up_once() -> None:
    missed = NOW - timedelta(days=2)
    assert first_poll(SITE, missed, BOUNDS, NOW) == missed
    assert first_poll(SITE, None, BOUNDS, NOW) == NOW
    assert first_poll(SITE, NOW + HOUR, BOUNDS, NOW) == NOW + HOUR
    nightly = replace(SITE, cron="0 3 * * *")
    assert first_poll(nightly, missed, BOUNDS, NOW) == missed
    assert first_poll(nightly, None, BOUNDS, NOW) == NOW.replace(hour=3) + timedelta(days=1)


def test_a_plan_of_a_wrong_clock_is_not_waited_for() -> None:
    ages = NOW + timedelta(days=3000)
    assert first_poll(SITE, ages, BOUNDS, NOW) == NOW + BOUNDS.most
    assert first_poll(replace(SITE, every=10.0), ages, BOUNDS, NOW) == NOW + 10 * MINUTE
