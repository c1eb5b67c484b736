"""The floor under the plans: no site is polled sooner than its interval allows, whatever the plan says.

By a clock that nobody sets, and for what an earlier service did, by the record of crawls.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from items import Site
from service.clock import ServiceClock
from service.next_poll import PollBounds, shortest_failure_pause, shortest_interval, usual_interval
from storage import crawls, poll_plan

_INTERRUPTED = ("stopped", "killed", "")
# Outcomes of crawls that ended before their first request.
_NOT_BEGUN = ("busy", "bad_order", "no_access", "no_database", "no_cluster", "no_browser")


@dataclass(frozen=True, slots=True)
class _LastCrawl:
    """`started` and `ended`: seconds of the clock; an `outcome` is empty while it runs."""

    started: float
    ended: float
    outcome: str = ""
    failures: int = 0


class PollFloor:
    def __init__(self, database: Database, clock: ServiceClock) -> None:
        self.bounds = PollBounds()
        self._database = database
        self._clock = clock
        self._last: dict[str, _LastCrawl | None] = {}
        self._before: dict[str, _LastCrawl | None] = {}

    def wait_left(self, site: Site) -> timedelta:
        """Until `site` may be polled."""
        last = self._last_crawl(site.name)
        if last is None:
            return timedelta()
        interval = shortest_interval(site, self.bounds)
        if last.outcome in _INTERRUPTED:
            # It goes on where it was, but not in a circle of starts and crashes.
            interval = min(interval, shortest_interval(Site(site.name), self.bounds))
        earliest = last.started + interval.total_seconds()
        if last.failures:
            pause = shortest_failure_pause(last.failures, usual_interval(site, self.bounds))
            earliest = max(earliest, last.ended + pause.total_seconds())
        return timedelta(seconds=max(earliest - self._clock.elapsed(), 0.0))

    def begun(self, name: str) -> None:
        now = self._clock.elapsed()
        self._before[name] = self._last_crawl(name)
        self._last[name] = _LastCrawl(now, now)

    def ended(self, name: str, outcome: str) -> None:
        before, last = self._before.pop(name, None), self._last[name]
        if outcome in _NOT_BEGUN or last is None:
            self._last[name] = before
            return
        failures = self._failures(name) if outcome == "failed" else 0
        self._last[name] = _LastCrawl(last.started, self._clock.elapsed(), outcome, failures)

    def _failures(self, name: str) -> int:
        return max(int(poll_plan.health(self._database, name)["failures_in_a_row"]), 1)

    def _last_crawl(self, name: str) -> _LastCrawl | None:
        if name not in self._last:
            self._last[name] = self._of_an_earlier_service(name)
        return self._last[name]

    def _of_an_earlier_service(self, name: str) -> _LastCrawl | None:
        row = crawls.last(self._database, name)
        if row is None:
            return None
        started = self._elapsed_at(row["started"])
        outcome = row["outcome"] or ""
        ended = self._elapsed_at(row["finished"]) if outcome == "failed" else started
        failures = self._failures(name) if outcome == "failed" else 0
        return _LastCrawl(started, ended, outcome, failures)

    def _elapsed_at(self, time: str) -> float:
        """A time in the future is of a clock that was wrong: nobody knows what has passed since, and it
        counts as now.
        """
        ago = (self._clock.now() - datetime.fromisoformat(time)).total_seconds()
        return self._clock.elapsed() - max(ago, 0.0)
