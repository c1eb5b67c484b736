"""A refined page into the database: its article stored, or its address finished with a reason."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from items import Article, Page, Reason, Rejected
from storage import articles, frontier
from storage.archive import page_rows
from storage.archive.pointer import Pointer
from storage.article_rows import article_row
from storage.boilerplate.apply import clean_new
from storage.database import transaction
from storage.duplicates.deduplicate import prepare_text
from text.normalise import normalise_article
from text.timestamps import is_before

# Reasons for which the machine may be to blame, not the page: worth one more attempt.
_RETRIED = {Reason.TIMEOUT, Reason.CRASHED, Reason.MEMORY}
_MAX_ATTEMPTS = 2

IngestOutcome = Literal["new", "revised", "unchanged", "copy", "rejected", "failed", "waiting"]


@dataclass(frozen=True, slots=True)
class RefinedPage:
    """A page and what refinement made of it. `record` is where the archive has the page, `found_by`
    the kind of source that listed it.
    """

    page: Page
    outcome: Article | Rejected
    record: Pointer | None = None
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class IngestPolicy:
    """What a crawl wants of its pages. An article published before `since` (ISO 8601 UTC) is rejected
    as `too_old`; a recent one is fetched again `recheck` hours later. `kept_lines` are text, whatever
    has been learned of the site's lines.
    """

    since: str | None = None
    recheck: tuple[float, ...] = ()
    kept_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestResult:
    """How an address ended: `key` is the frontier's, `reason` a word, `detail` a sentence.

    `waiting`: it stays queued and comes back later.
    """

    key: str
    outcome: IngestOutcome
    reason: str = ""
    detail: str = ""
    article: Article | None = None


# Characters. Of 400 000, the largest text, a third of what storing it takes is done beforehand: 20 ms.
_LONG = 50_000


async def prepared(outcome: Article | Rejected) -> Article | Rejected:
    """A long text as it is stored, with all that needs no database computed in a thread, so that
    `ingest_page` holds the loop for less.
    """
    if isinstance(outcome, Rejected) or sum(map(len, outcome.paragraphs)) < _LONG:
        return outcome
    return await asyncio.to_thread(_prepare, outcome)


def _prepare(article: Article) -> Article:
    article = normalise_article(article)
    prepare_text(article_row(article))
    return article


def ingest_page(db: Database, refined: RefinedPage, policy: IngestPolicy, now: str) -> IngestResult:
    """In one transaction. The page of an interface that gives the text itself is not rechecked: the
    interface says when it changes.
    """
    key, outcome = refined.page.key, refined.outcome
    if isinstance(outcome, Article) and is_before(outcome.published, policy.since):
        outcome = Rejected(refined.page.url, Reason.TOO_OLD, f"published {outcome.published}")
    if isinstance(outcome, Rejected):
        with transaction(db):
            result = _reject(db, key, outcome, now)
            _record_page(db, refined, result, now)
        return result
    with transaction(db):
        article = clean_new(db, outcome, now, policy.kept_lines)
        stored = articles.store(
            db,
            article,
            key=key,
            found_by=refined.found_by,
            now=now,
            recheck=() if refined.page.fragment else policy.recheck,
        )
        result = IngestResult(key, stored.outcome, article=article)
        _record_page(db, refined, result, now, stored.number)
    return result


def _record_page(
    db: Database, refined: RefinedPage, result: IngestResult, now: str, number: int | None = None
) -> None:
    """Point to the page's record in the archive, which is on the disk by now."""
    if refined.record:
        article = result.article
        outcome = page_rows.PageOutcome(
            result.outcome,
            result.reason,
            site=article.site if article else None,
            article=article.id if article else None,
            number=number,
            found_by=refined.found_by,
        )
        page_rows.insert_page(db, refined.page, refined.record, outcome, now)


def _reject(db: Database, key: str, rejected: Rejected, now: str) -> IngestResult:
    if rejected.reason in _RETRIED:
        frontier.retry(db, key, rejected.reason, now=now, attempts_max=_MAX_ATTEMPTS)
        return IngestResult(key, "failed", rejected.reason, rejected.detail)
    frontier.finish_url(db, key, "rejected", reason=rejected.reason, now=now)
    return IngestResult(key, "rejected", rejected.reason, rejected.detail)
