"""A crontab's five fields, as cron reads them."""

import re
from collections.abc import Iterator

from apscheduler.triggers.cron import CronTrigger

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NUMBERS = re.compile(r"(?:\*|([0-7])(?:-([0-7]))?)(?:/(\d+))?")


def cron(text: str, timezone: str) -> CronTrigger:
    """Its next times: `get_next_fire_time(None, now)`. Raises ValueError."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError(f"{len(fields)} fields")
    fields[4] = ",".join(day for part in fields[4].split(",") for day in _named(part))
    return CronTrigger.from_crontab(" ".join(fields), timezone)


def _named(part: str) -> Iterator[str]:
    """Days of the week by name: APScheduler 3 counts them from Monday, cron from Sunday."""
    numbers = _NUMBERS.fullmatch(part)
    if numbers is None or part == "*":
        yield part
        return
    first, last, step = numbers.groups()
    start = int(first or 0)
    end = int(last) if last else (6 if step or first is None else start)
    for day in range(start, end + 1, int(step or 1) or 1):
        yield _DAYS[day % 7]
