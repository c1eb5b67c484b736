"""The next poll of each site, from what the database knows of it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlite_utils import Database

from items import Site
from service.next_poll import Bounds, Polled, busy_until, first_poll, next_poll
from service.rhythm import DAYS, Rhythm, rhythm
from spiders.runner import CrawlResult
from storage import poll_plan, site_health
from text.timestamps import written


class Planner:
    """A site's rhythm is told anew when it has published, and once a day."""

    def __init__(self, database: Database) -> None:
        self.bounds = Bounds()
        self._database = database
        self._rhythms: dict[str, tuple[date, Rhythm]] = {}

    def first(self, sites: Iterable[Site], now: datetime) -> dict[str, datetime]:
        """For sites that the service begins with: as planned, where an earlier one has planned."""
        plans = poll_plan.plans(self._database)
        planned = {name: datetime.fromisoformat(when) for name, when in plans.items()}
        return {
            site.name: first_poll(site, planned.get(site.name), self.bounds, now) for site in sites
        }

    def after(self, site: Site, started: datetime, now: datetime, result: CrawlResult) -> datetime:
        if result.outcome == "stopped":
            return started
        if result.outcome == "busy":
            return busy_until(now)
        found = bool(result.counts.get("new") or result.counts.get("copies"))
        usual = self._rhythm(site, now, anew=found)
        row = poll_plan.health(self._database, site.name)
        due = poll_plan.due(self._database, site.name, written(now))
        last = Polled(
            started,
            now,
            failures=row["failures_in_a_row"] if result.outcome == "failed" else 0,
            due=datetime.fromisoformat(due) if due else None,
            rest=datetime.fromtimestamp(result.rest, UTC) if result.rest else None,
        )
        return next_poll(site, usual, self.bounds, last)

    def _rhythm(self, site: Site, now: datetime, *, anew: bool) -> Rhythm:
        day, known = self._rhythms.get(site.name, (None, None))
        if known is None or anew or day != now.date():
            found = site_health.times(self._database, site.name, DAYS, written(now))
            known = rhythm(found, site.timezone, now)
            self._rhythms[site.name] = now.date(), known
        return known
