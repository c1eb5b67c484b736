"""How often a site publishes, by the hour of its own day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log
from zoneinfo import ZoneInfo

DAYS = 28.0
_HALF_LIFE = 7.0  # days: last week's habits count twice those of the week before
# What is assumed before anything is known, and soon outweighed: an article every two hours.
_PRIOR_RATE = 0.5
_PRIOR_DAYS = 0.25
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`rates`: articles expected in each of the 24 hours of the site's day."""

    rates: tuple[float, ...]
    zone: ZoneInfo

    def next_article(self, after: datetime, most: timedelta) -> datetime:
        """When one article is to be expected, counted from `after`; `most` later at the latest."""
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


def rhythm(times: Iterable[tuple[str | None, str]], zone: str, now: datetime) -> Rhythm:
    """From when its articles were published (None: not known) and first seen, ISO 8601."""
    place = ZoneInfo(zone)
    hours = [0.0] * 24
    oldest = 0.0
    for published, seen in times:
        moment = _utc(published or seen)
        age = max((now - moment) / timedelta(days=1), 0.0)
        oldest = max(oldest, age)
        weight = 0.5 ** (age / _HALF_LIFE)
        local = moment.astimezone(place)
        if published is None or not (local.hour or local.minute or local.second):
            # Found in one go, or dated to the day alone: at any hour of it.
            hours = [hour + weight / 24 for hour in hours]
        else:
            hours[local.hour] += weight
    return Rhythm(_rates(hours, _weight_of_days(min(oldest, DAYS))), place)


def _rates(hours: list[float], days: float) -> tuple[float, ...]:
    """Neighbouring hours lend each other a quarter: a minute's delay is no change of habit."""
    smooth = [(hours[h - 1] + 2 * hours[h] + hours[(h + 1) % 24]) / 4 for h in range(24)]
    prior = _PRIOR_RATE * _PRIOR_DAYS
    return tuple((hour + prior) / (days + _PRIOR_DAYS) for hour in smooth)


def _weight_of_days(days: float) -> float:
    """What an article in every hour would add up to: the integral of the weights."""
    return float((1 - 0.5 ** (days / _HALF_LIFE)) * _HALF_LIFE / log(2))


def _utc(time: str) -> datetime:
    moment = datetime.fromisoformat(time)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
