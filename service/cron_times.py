"""When a site's `cron` fires next, where clocks are changed too.

APScheduler 3 steps from field to field on local time: a midnight that does not exist takes the whole
day with it (Cairo, Beirut), and an hour that exists twice fires twice.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from spiders.site_schema import cron

_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


def next_fire(text: str, timezone: str, earliest: datetime) -> datetime | None:
    """The first time from `earliest` on, in UTC; None: there is no such day.

    A time that does not exist is made up for right after the change, unless another one is within an
    hour of that. Of a time that exists twice the first counts; both do where every hour fires and the
    two are an hour apart or more. So no wait grows by more than the change, or by an hour where that is
    less, and nothing fires twice within the hour.
    """
    times = _LocalTimes(cron(text, "UTC"), ZoneInfo(timezone))
    best: datetime | None = None
    for moments in times.moments(earliest):
        if best and moments and moments[0] >= best:
            return best
        fitting = [moment for moment in moments if moment >= earliest]
        best = min((*fitting, best) if best else fitting, default=None)
    return best


class _LocalTimes:
    """`trigger` is in UTC, and is asked of local times as if they were."""

    def __init__(self, trigger: CronTrigger, zone: tzinfo) -> None:
        self.trigger = trigger
        self.zone = zone
        hours = next(field for field in trigger.fields if field.name == "hour")
        self.every_hour = all(
            hours.get_next_value(datetime(2026, 1, 1, hour, tzinfo=UTC)) == hour
            for hour in range(24)
        )

    def moments(self, earliest: datetime) -> Iterator[list[datetime]]:
        """Of each matching local time in turn, when it is: never, once or twice."""
        # A second before, since the first moment after a change stands for the times that are left out;
        # and where clocks are about to be set back, what comes twice has begun earlier in local time.
        set_back = max(self._offset(earliest) - self._offset(earliest + _DAY), timedelta())
        local = self._next(self._local(earliest - _SECOND) - set_back)
        while local:
            yield self._moments_of(local)
            local = self._next(local + _SECOND)

    def _moments_of(self, local: datetime) -> list[datetime]:
        first, second = (
            local.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        if self._local(first) != local:
            return self._made_up(second, first)
        return [first, second] if self.every_hour and second - first >= _HOUR else [first]

    def _made_up(self, before: datetime, after: datetime) -> list[datetime]:
        """For a local time that does not exist; the change lies between the two."""
        offset = self._offset(before)
        while after - before > _SECOND:
            middle = before + (after - before) // 2
            if self._offset(middle) == offset:
                before = middle
            else:
                after = middle
        change = after.replace(microsecond=0)
        start, end = self._local(change - _SECOND) + _SECOND, self._local(change)
        previous, following = self._next(start - _HOUR), self._next(end)
        is_near = (previous and previous < start) or (following and following - end <= _HOUR)
        return [] if is_near else [change]

    def _next(self, local: datetime) -> datetime | None:
        moment: datetime | None = self.trigger.get_next_fire_time(None, local.replace(tzinfo=UTC))
        return moment.replace(tzinfo=None) if moment else None

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _offset(self, moment: datetime) -> timedelta:
        offset = moment.astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset
