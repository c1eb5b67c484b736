"""When a site is polled next: by its file, by how often it publishes at each hour of its day, and by
how the last poll went.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import log
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from items import Site
from service.cron_times import next_fire
from spiders.runner import CrawlResult
from storage import poll_plan, site_health
from text.timestamps import format_utc

DAYS = 28.0
_HALF_LIFE = 7.0  # days: an article of last week counts twice one of the week before
# Assumed before anything is known, and soon outweighed: an article every two hours.
_PRIOR_RATE = 0.5
_PRIOR_DAYS = 0.25
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PublishingRate:
    """`rates`: articles expected in each of the 24 hours of the site's day."""

    rates: tuple[float, ...]
    zone: ZoneInfo

    def next_article(self, after: datetime, most: timedelta) -> datetime:
        """When the next article is expected, from `after` on; at most `most` later."""
        end, at, expected = after + most, after, 0.0
        while at < end:
            local = at.astimezone(self.zone)
            rest = _HOUR - timedelta(minutes=local.minute, seconds=local.second)
            rate = self.rates[local.hour]
            if expected + rate * (rest / _HOUR) >= 1:
                return min(end, at + (1 - expected) / rate * _HOUR)
            expected += rate * (rest / _HOUR)
            at += rest
        return end


def publishing_rate(
    times: Iterable[tuple[str | None, str]], zone: str, now: datetime
) -> PublishingRate:
    """`times`: when each article was published (None: not known) and first seen, ISO 8601."""
    local_zone = ZoneInfo(zone)
    hours = [0.0] * 24
    oldest = 0.0
    for published, seen in times:
        moment = _utc(published or seen)
        age = max((now - moment) / timedelta(days=1), 0.0)
        oldest = max(oldest, age)
        weight = 0.5 ** (age / _HALF_LIFE)
        local = moment.astimezone(local_zone)
        if published is None or not (local.hour or local.minute or local.second):
            # The hour is not known: it may be any.
            hours = [hour + weight / 24 for hour in hours]
        else:
            hours[local.hour] += weight
    return PublishingRate(_rates(hours, _weight_of_days(min(oldest, DAYS))), local_zone)


def _rates(hours: list[float], days: float) -> tuple[float, ...]:
    """Smoothed with a quarter of each neighbouring hour: a minute's delay is no change of habit."""
    smooth = [(hours[h - 1] + 2 * hours[h] + hours[(h + 1) % 24]) / 4 for h in range(24)]
    prior = _PRIOR_RATE * _PRIOR_DAYS
    return tuple((hour + prior) / (days + _PRIOR_DAYS) for hour in smooth)


def _weight_of_days(days: float) -> float:
    """The sum of the weights of one article a day: their integral over `days`."""
    return float((1 - 0.5 ** (days / _HALF_LIFE)) * _HALF_LIFE / log(2))


def _utc(time: str) -> datetime:
    moment = datetime.fromisoformat(time)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=6)
_JITTER = 0.3
_SPREAD = 0.05
_MINUTE = timedelta(minutes=1)  # the least that `cron` can say


@dataclass(frozen=True, slots=True)
class PollBounds:
    """The least and the most time between two polls that follow a site's publishing rate."""

    least: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class LastPoll:
    """`failures` in a row up to now; when the first queued address is `due`; `retry_after`: from when
    the site may be asked again.
    """

    started: datetime
    ended: datetime
    failures: int = 0
    due: datetime | None = None
    retry_after: datetime | None = None


def next_poll(site: Site, rate: PublishingRate, bounds: PollBounds, last: LastPoll) -> datetime:
    earliest = max(last.ended, last.retry_after) if last.retry_after else last.ended
    if last.failures:
        pause = failure_pause(last.failures, usual_interval(site, bounds))
        earliest = max(earliest, last.ended + pause)
    if site.cron:
        return _at(site, earliest)
    if last.failures:
        return earliest
    usual = last.started + _wait(site, rate, bounds, last.started)
    if last.due and not site.every:
        usual = min(usual, max(last.due, last.started + bounds.least))
    return max(usual, earliest)


def failure_pause(failures: int, longest: timedelta) -> timedelta:
    """Five minutes after the first failure, doubled with each further one, up to the longer of
    `longest` and six hours; with jitter, so that sites that failed together are not retried together.
    """
    return shortest_failure_pause(failures, longest) * random.uniform(1, 1 + _JITTER)  # noqa: S311


def shortest_failure_pause(failures: int, longest: timedelta) -> timedelta:
    """Without its jitter."""
    doubled = _FIRST_PAUSE * (1 << min(failures - 1, 16))
    return min(doubled, max(longest, _LONGEST_PAUSE))


def first_poll(site: Site, planned: datetime | None, bounds: PollBounds, now: datetime) -> datetime:
    """For a site that the service starts with. A planned time that has passed is due now: what was
    missed is made up once. One that lies too far ahead, planned under other rules or by a wrong
    clock, is not waited for.
    """
    if planned is None or planned <= now:
        return planned or (_at(site, now) if site.cron else now)
    return _at(site, now) if site.cron else min(planned, now + usual_interval(site, bounds))


def retry_when_busy(now: datetime) -> datetime:
    """Another process has the site's lease: try again in a minute."""
    return now + _MINUTE * random.uniform(1, 1 + _JITTER)  # noqa: S311


def usual_interval(site: Site, bounds: PollBounds) -> timedelta:
    """The longest time between two polls, where nothing fails."""
    return timedelta(minutes=site.every) if site.every else bounds.most


def shortest_interval(site: Site, bounds: PollBounds) -> timedelta:
    """The shortest, from start to start. What waits in the queue of a site with `every` or `cron` waits
    for that.
    """
    interval = bounds.least
    if site.every:
        interval = timedelta(minutes=site.every)
    elif site.cron:
        interval = _MINUTE
    return interval * (1 - _SPREAD)


def _wait(site: Site, rate: PublishingRate, bounds: PollBounds, start: datetime) -> timedelta:
    """Varied a little, so that sites of the same rate drift apart."""
    if site.every:
        return timedelta(minutes=site.every)
    wait = max(rate.next_article(start, bounds.most) - start, bounds.least)
    return wait * random.uniform(1 - _SPREAD, 1)  # noqa: S311


def _at(site: Site, earliest: datetime) -> datetime:
    assert site.cron
    return next_fire(site.cron, site.timezone, earliest) or earliest + _LONGEST_PAUSE


class PollPlanner:
    """Computes a site's publishing rate once a day and when it has published."""

    def __init__(self, database: Database) -> None:
        self.bounds = PollBounds()
        self._database = database
        self._rates: dict[str, tuple[date, PublishingRate]] = {}

    def first(self, sites: Iterable[Site], now: datetime) -> dict[str, datetime]:
        """For sites that the service starts with, by what an earlier service has planned."""
        plans = poll_plan.plans(self._database)
        planned = {name: datetime.fromisoformat(when) for name, when in plans.items()}
        return {
            site.name: first_poll(site, planned.get(site.name), self.bounds, now) for site in sites
        }

    def after(self, site: Site, started: datetime, now: datetime, result: CrawlResult) -> datetime:
        if result.outcome == "stopped":
            return started
        if result.outcome == "busy":
            return retry_when_busy(now)
        published = bool(result.counts.get("new") or result.counts.get("copies"))
        rate = self._rate(site, now, refresh=published)
        row = poll_plan.health(self._database, site.name)
        due = poll_plan.due(self._database, site.name, format_utc(now))
        last = LastPoll(
            started,
            now,
            failures=row["failures_in_a_row"] if result.outcome == "failed" else 0,
            due=datetime.fromisoformat(due) if due else None,
            retry_after=datetime.fromtimestamp(result.retry_after, UTC)
            if result.retry_after
            else None,
        )
        return next_poll(site, rate, self.bounds, last)

    def _rate(self, site: Site, now: datetime, *, refresh: bool) -> PublishingRate:
        day, rate = self._rates.get(site.name, (None, None))
        if rate is None or refresh or day != now.date():
            times = site_health.times(self._database, site.name, DAYS, format_utc(now))
            rate = publishing_rate(times, site.timezone, now)
            self._rates[site.name] = now.date(), rate
        return rate
