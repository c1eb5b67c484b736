"""When a site is polled next: pure functions of its file, its rhythm and how the last poll went."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from items import Site
from service.rhythm import Rhythm
from spiders.cron import cron

_FIRST_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=6)
_JITTER = 0.3
_SPREAD = 0.05
_BUSY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most time between two polls that follow a site's rhythm."""

    least: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Polled:
    """What the last poll tells: `failures` in a row, when the first address waiting in the queue
    is `due`, until when the site asked to `rest`.
    """

    started: datetime
    ended: datetime
    failures: int = 0
    due: datetime | None = None
    rest: datetime | None = None


def next_poll(site: Site, rhythm: Rhythm, bounds: Bounds, last: Polled) -> datetime:
    earliest = max(last.ended, last.rest) if last.rest else last.ended
    if last.failures:
        earliest = max(earliest, last.ended + pause(last.failures, _interval(site, bounds)))
    if site.cron:
        return _at(site, earliest)
    if last.failures:
        return earliest
    usual = last.started + _wait(site, rhythm, bounds, last.started)
    if last.due:
        usual = min(usual, max(last.due, last.started + bounds.least))
    return max(usual, earliest)


def pause(failures: int, longest: timedelta) -> timedelta:
    """After the first failure five minutes, after each further one twice as long; sites that failed
    together do not come back together.
    """
    doubled = _FIRST_PAUSE * (1 << min(failures - 1, 16))
    return min(doubled, max(longest, _LONGEST_PAUSE)) * random.uniform(1, 1 + _JITTER)  # noqa: S311


def first_poll(site: Site, planned: datetime | None, bounds: Bounds, now: datetime) -> datetime:
    """For a site that the service begins with. What was missed meanwhile is made up once, so a time
    that has passed is due; a plan made under other rules, or by a wrong clock, is not waited for.
    """
    if planned is None or planned <= now:
        return planned or (_at(site, now) if site.cron else now)
    return _at(site, now) if site.cron else min(planned, now + _interval(site, bounds))


def busy_until(now: datetime) -> datetime:
    """Someone else is on the site: ask again in a minute."""
    return now + _BUSY * random.uniform(1, 1 + _JITTER)  # noqa: S311


def _interval(site: Site, bounds: Bounds) -> timedelta:
    return timedelta(minutes=site.every) if site.every else bounds.most


def _wait(site: Site, rhythm: Rhythm, bounds: Bounds, start: datetime) -> timedelta:
    """A little shorter or longer each time, so that sites of one rhythm drift apart."""
    if site.every:
        return timedelta(minutes=site.every)
    wait = max(rhythm.next_article(start, bounds.most) - start, bounds.least)
    return wait * random.uniform(1 - _SPREAD, 1)  # noqa: S311


def _at(site: Site, earliest: datetime) -> datetime:
    assert site.cron
    found: datetime | None = cron(site.cron, site.timezone).get_next_fire_time(None, earliest)
    return found or earliest + _LONGEST_PAUSE
