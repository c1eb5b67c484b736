"""Every write of a crawl goes through here, its end included: what is written, each act in one
transaction.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlite_utils import Database

from items import Link, Site, Validators
from pipelines.ingest.page import IngestOutcome, IngestResult, RefinedPage, ingest_page
from spiders.fetching.retry_after import RetryAfter
from spiders.responses import FetchOutcome, OutcomeState
from storage import crawls, frontier, http_validators, site_state
from storage.archive import rest_responses
from storage.archive.pointer import Pointer
from storage.archive.rest_responses import RestResponse
from storage.boilerplate.apply import clean_stored, restore
from storage.database import transaction
from text.timestamps import format_utc, utc_now

_VERDICTS: dict[OutcomeState, IngestOutcome] = {
    "retry": "failed",
    "later": "waiting",
    "gone": "rejected",
    "denied": "rejected",
    "rejected": "rejected",
}


def record_outcome(
    db: Database, key: str, fate: FetchOutcome, *, now: str, rested: str | None = None
) -> IngestResult:
    """Write the fate down; `rested` is when a resting site may be asked again."""
    if fate.state == "retry":
        frontier.retry(db, key, fate.reason, now=now)
    elif fate.state == "later":
        frontier.finish_url(db, key, "queued", reason=fate.reason, now=now, retry_at=rested)
    else:
        frontier.finish_url(db, key, fate.state, reason=fate.reason, now=now)
    return IngestResult(key, _VERDICTS[fate.state], fate.reason, fate.detail)


class Recorder:
    """Into the database, each act in a transaction of its own or in the one that is `together`."""

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
        site_state.save_state(self.database, site, key, value, now)

    def insert_response(
        self, site: str, answer: RestResponse, at: Pointer, links: Sequence[Link]
    ) -> None:
        rest_responses.insert_response(self.database, site, answer, at, links)

    def record_outcome(
        self, key: str, fate: FetchOutcome, *, now: str, rested: str | None = None
    ) -> IngestResult:
        return record_outcome(self.database, key, fate, now=now, rested=rested)

    def found_stored(self, key: str, article: str, *, now: str) -> IngestResult:
        """The address leads to an article that is there already."""
        frontier.finish_url(self.database, key, "done", now=now, article_id=article)
        return IngestResult(key, "unchanged", "stored")

    def ingest(
        self,
        refined: RefinedPage,
        *,
        found_by: str,
        since: str | None,
        recheck: Sequence[float],
        text: tuple[str, ...],
        now: str,
    ) -> IngestResult:
        return ingest_page(
            self.database,
            refined,
            found_by=found_by,
            since=since,
            recheck=recheck,
            text=text,
            now=now,
        )

    def finish(
        self, site: Site, crawl: int, outcome: str, counts: Mapping[str, int], trouble: str
    ) -> None:
        """What the crawl has learned of the site's lines, and how it went."""
        restore(self.database, site.name, site.text)
        clean_stored(self.database, site.name, utc_now())
        crawls.finish(self.database, crawl, outcome, counts, utc_now(), trouble=trouble)


def utc_of_unix(seconds: float) -> str:
    """Unix time as the database writes times."""
    return format_utc(datetime.fromtimestamp(seconds, UTC))


def load_retry_after(db: Database, site: Site, rests: RetryAfter) -> None:
    """What an earlier crawl was told holds for this one."""
    until = site_state.load_state(db, site.name, site_state.RETRY_AFTER)
    if until and until > utc_now():
        rests.block_until(site.homepage, datetime.fromisoformat(until).timestamp())


def save_retry_after(ledger: Recorder, site: Site, rests: RetryAfter) -> None:
    until = rests.blocked_until(site.homepage)
    if until > time.time():
        key, value = site_state.RETRY_AFTER, utc_of_unix(until)
        ledger.save_state(site.name, key, value, now=utc_now())
