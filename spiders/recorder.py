"""Every write of a crawl but that of its pages, its end included: each call in a transaction of its own,
or in the caller's where there is one.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlite_utils import Database

from items import Link, Reason, Site, Validators
from pipelines.ingest.rechecked import IngestOutcome, IngestResult, LookOutcome, record_look
from pipelines.ingest.walls import withdraw_target
from spiders.fetching.addresses import host_port
from spiders.fetching.host_pace import MAX_CRAWL_DELAY, pace
from spiders.fetching.retry_after import MAX_SECONDS
from spiders.responses import FetchOutcome, OutcomeState
from storage import crawls, frontier, frontier_states, http_validators, sites, source_pages
from storage.absences import AbsenceVerdict, mark_gone
from storage.archive import rest_responses
from storage.archive.pointer import Pointer
from storage.archive.rest_responses import RestResponse
from storage.boilerplate.apply import clean_stored, restore
from storage.database import transaction
from storage.source_pages import SourcePage
from text.timestamps import format_utc, utc_now

_INGEST_OUTCOMES: dict[OutcomeState, IngestOutcome] = {
    "retry": "failed",
    "later": "waiting",
    "walled": "rejected",
    "gone": "rejected",
    "denied": "rejected",
    "rejected": "rejected",
    "unchanged": "unchanged",
}
_LOOK_OUTCOMES: dict[OutcomeState, LookOutcome] = {
    "retry": "unknown",
    "later": "waiting",
    "gone": "missing",
    "walled": "unknown",
    "denied": "unknown",
    "rejected": "unknown",
    "unchanged": "unchanged",
}


def record_outcome(
    db: Database,
    key: str,
    outcome: FetchOutcome,
    *,
    now: str,
    retry_at: str | None = None,
    recheck: Sequence[float] = (),
) -> IngestResult:
    """The outcome of a page that was not fetched. `retry_at`: when the site may be asked again;
    `recheck`: the hours of the site's re-checks.
    """
    state, reason, detail = outcome.state, outcome.reason, outcome.detail
    look = _LOOK_OUTCOMES[state]
    later = retry_at if state == "later" else None
    if result := record_look(db, key, look, reason, detail, recheck, now, later):
        return result
    if state == "retry":
        frontier_states.retry(db, key, reason, now=now)
    elif state == "walled":
        frontier_states.postpone(db, key, reason, now=now)
    elif state == "later":
        frontier_states.finish_url(db, key, "queued", reason=reason, now=now, retry_at=retry_at)
    elif state != "unchanged":
        frontier_states.finish_url(db, key, state, reason=reason, now=now)
    return IngestResult(key, _INGEST_OUTCOMES[state], reason, detail)


class Recorder:
    """All methods raise StorageError."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing of what is written inside."""
        return transaction(self.database)

    def add(
        self, site: str, links: Sequence[Link], read: Sequence[Validators] = (), *, now: str
    ) -> int:
        return frontier.add(self.database, site, links, read, now=now)

    def save_validators(self, validators: Validators, *, now: str) -> None:
        http_validators.save_validators(self.database, validators, now)

    def save_state(self, site: str, key: str, value: str | None, *, now: str) -> None:
        sites.save_state(self.database, site, key, value, now)

    def save_wait(self, site: str, key: str, seconds: float, *, now: str) -> None:
        sites.save_wait(self.database, site, key, seconds, now)

    def begin_backfill(
        self, site: str, since: str, pages: Sequence[SourcePage], *, now: str
    ) -> None:
        source_pages.begin(self.database, site, since, pages, now)

    def finish_source_page(
        self, site: str, page: SourcePage, following: Sequence[SourcePage], note: str
    ) -> None:
        source_pages.finish_page(self.database, site, page, following, note)

    def fail_source_page(self, site: str, page: SourcePage, note: str, *, most: int | None) -> None:
        source_pages.fail_page(self.database, site, page, note, most=most)

    def finish_backfill(self, site: str, *, now: str) -> None:
        source_pages.finish_backfill(self.database, site, now)

    def insert_response(
        self, site: str, response: RestResponse, at: Pointer, links: Sequence[Link]
    ) -> None:
        rest_responses.insert_response(self.database, site, response, at, links)

    def record_outcome(
        self,
        key: str,
        outcome: FetchOutcome,
        *,
        now: str,
        retry_at: str | None = None,
        recheck: Sequence[float] = (),
    ) -> IngestResult:
        return record_outcome(
            self.database, key, outcome, now=now, retry_at=retry_at, recheck=recheck
        )

    def mark_gone(self, site: str, crawl: int) -> AbsenceVerdict:
        """Judge the looks of the crawl with this number."""
        return mark_gone(self.database, site, crawls.started(self.database, crawl), utc_now())

    def found_stored(
        self, key: str, article: str, *, site: str, target: str, now: str
    ) -> IngestResult:
        """The address leads to `target`, an article that is stored already; `article` is its id."""
        with self.transaction():
            if withdraw_target(self.database, site, key, target, article, now):
                frontier_states.postpone(self.database, key, Reason.SAME_TEXT, now=now)
                return IngestResult(key, "rejected", Reason.SAME_TEXT, f"leads to {target}")
        frontier_states.finish_url(self.database, key, "done", now=now, article_id=article)
        return IngestResult(key, "unchanged", Reason.STORED)

    def finish(
        self, site: Site, crawl: int, outcome: str, counts: Mapping[str, int], trouble: str
    ) -> None:
        """Apply what the crawl has taught of the site's lines, and record how it went."""
        restore(self.database, site.name, site.text)
        clean_stored(self.database, site.name, utc_now())
        crawls.finish(self.database, crawl, outcome, counts, utc_now(), trouble=trouble)


def utc_of_unix(seconds: float) -> str:
    """Unix time as the database writes times."""
    return format_utc(datetime.fromtimestamp(seconds, UTC))


# Seconds; a process takes as long to start.
_SHORT_WAIT = 1.0


def load_pace(db: Database, site: Site, crawl: int) -> None:
    """What a site asked of an earlier crawl, and the delay after its last request, hold for this one,
    which has the number `crawl`.
    """
    host, now = host_port(site.homepage)[0], utc_now()
    closed = sites.load_wait(db, site.name, sites.RETRY_AFTER, MAX_SECONDS, now)
    if closed > pace.closed_for(host) and closed > 0:
        pace.close(host, closed)
    longest = max(site.delay, MAX_CRAWL_DELAY)
    wait = sites.load_wait(db, site.name, sites.NEXT_REQUEST, longest, now)
    if wait := max(wait, _wait_after_kill(db, site, crawl, now)):
        pace.wait_at_least(host, wait)


def _wait_after_kill(db: Database, site: Site, crawl: int, now: str) -> float:
    """Seconds. A crawl that was killed has not saved when it sent its last request: as if just before."""
    since = crawls.seconds_since_kill(db, crawl, site.name, now)
    if since is None:
        return 0.0
    crawl_delay = float(sites.load_state(db, site.name, sites.CRAWL_DELAY) or 0)
    return max(max(site.delay, crawl_delay) - since, 0.0)


def save_crawl_delay(recorder: Recorder, site: Site, host: str, seconds: float) -> None:
    """For the first requests after a kill, which come before robots.txt is read."""
    value = f"{min(seconds, MAX_CRAWL_DELAY):g}" if seconds > 0 else None
    known = sites.load_state(recorder.database, site.name, sites.CRAWL_DELAY)
    if host == host_port(site.homepage)[0] and value != known:
        recorder.save_state(site.name, sites.CRAWL_DELAY, value, now=utc_now())


def save_pace(recorder: Recorder, site: Site) -> None:
    host, now = host_port(site.homepage)[0], utc_now()
    if (closed := pace.closed_for(host)) > 0:
        recorder.save_wait(site.name, sites.RETRY_AFTER, closed, now=now)
    if (wait := pace.wait_left(host)) > _SHORT_WAIT:
        recorder.save_wait(site.name, sites.NEXT_REQUEST, wait, now=now)
