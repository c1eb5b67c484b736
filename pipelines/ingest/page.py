"""A refined page into the database: stored, or its address settled with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from items import Article, Page, Rejected
from storage import articles, frontier
from storage.archive import page_rows
from storage.archive.pointer import Pointer
from storage.boilerplate.apply import clean_new
from storage.database import transaction
from text.timestamps import is_before

# What a worker could not finish may have been the machine's fault: once more, and then no more.
_PERHAPS_US = {"timeout", "crashed", "memory"}

IngestOutcome = Literal["new", "revised", "unchanged", "copy", "rejected", "failed", "waiting"]


@dataclass(frozen=True, slots=True)
class RefinedPage:
    """A page and what became of it; `record` is where the archive has it."""

    page: Page
    outcome: Article | Rejected
    record: Pointer | None = None


@dataclass(frozen=True, slots=True)
class IngestResult:
    """How an address was settled; `key` is the frontier's, `reason` a word, `detail` a sentence.

    `waiting`: it stays queued and comes back later.
    """

    key: str
    outcome: IngestOutcome
    reason: str = ""
    detail: str = ""
    article: Article | None = None


def ingest_page(
    db: Database,
    refined: RefinedPage,
    *,
    found_by: str,
    since: str | None = None,
    recheck: Sequence[float] = (),
    text: tuple[str, ...] = (),
    now: str,
) -> IngestResult:
    """Articles published before `since` are turned away as `too_old`; recent ones are looked at
    again `recheck` hours from now, unless an interface gives their text and says when it changes. `text` are lines that the site's file keeps.
    """
    key, outcome = refined.page.key, refined.outcome
    if isinstance(outcome, Article) and is_before(outcome.published, since):
        outcome = Rejected(refined.page.url, "too_old", f"published {outcome.published}")
    if isinstance(outcome, Rejected):
        with transaction(db):
            kept = _reject(db, key, outcome, now)
            _note(db, refined, kept, found_by, now)
        return kept
    with transaction(db):
        outcome = clean_new(db, outcome, now, text)
        hours = () if refined.page.fragment else recheck
        stored = articles.store(db, outcome, key=key, found_by=found_by, now=now, recheck=hours)
        kept = IngestResult(key, stored.outcome, article=outcome)
        _note(db, refined, kept, found_by, now, stored.number)
    return kept


def _note(
    db: Database,
    refined: RefinedPage,
    kept: IngestResult,
    found_by: str,
    now: str,
    number: int | None = None,
) -> None:
    """The database points to the page's record, which is on the disk by now."""
    if refined.record:
        article = kept.article
        outcome = page_rows.PageOutcome(
            kept.outcome,
            kept.reason,
            site=article.site if article else None,
            article=article.id if article else None,
            number=number,
            found_by=found_by,
        )
        page_rows.insert_page(db, refined.page, refined.record, outcome, now)


def _reject(db: Database, key: str, rejected: Rejected, now: str) -> IngestResult:
    if rejected.reason in _PERHAPS_US:
        frontier.retry(db, key, rejected.reason, now=now, attempts_max=2)
        return IngestResult(key, "failed", rejected.reason, rejected.detail)
    frontier.finish_url(db, key, "rejected", reason=rejected.reason, now=now)
    return IngestResult(key, "rejected", rejected.reason, rejected.detail)
