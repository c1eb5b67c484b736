"""A refined page into the database: its article stored, or its address finished with a reason."""

from dataclasses import dataclass, replace

from sqlite_utils import Database

from items import WALLS, Article, Link, Page, Reason, Rejected
from pipelines.ingest.rechecked import (
    SOFT_404,
    IngestResult,
    LookOutcome,
    recheck_hours,
    record_look,
)
from pipelines.ingest.walls import withdraw_template
from storage import absences, articles, frontier, frontier_states
from storage.archive import page_rows
from storage.archive.erasures import erase_later
from storage.archive.page_rows import LaterPage
from storage.archive.pointer import Pointer
from storage.article_rows import current_version, get_text
from storage.boilerplate.apply import clean_new
from storage.canonical_claims import settle_url
from storage.database import transaction
from storage.prepared_articles import as_stored
from storage.tombstones import tombstone_of
from text.timestamps import is_before
from text.urls import canonicalise

# Reasons for which the machine may be to blame, not the page: worth one more attempt.
_RETRIED = {Reason.TIMEOUT, Reason.CRASHED, Reason.MEMORY}
_MAX_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class MissingPage:
    """A later page of an article that could not be had; `final`: nor can it be had another time."""

    url: str
    reason: str
    detail: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class RefinedPage:
    """A page and what refinement made of it. `record` is where the archive has the page, `found_by`
    the kind of source that listed it. `later`: the article's further pages, whose text it has;
    `missing`: the one at which it breaks off.
    """

    page: Page
    outcome: Article | Rejected
    record: Pointer | None = None
    found_by: str = ""
    later: tuple[LaterPage, ...] = ()
    missing: MissingPage | None = None


@dataclass(frozen=True, slots=True)
class IngestPolicy:
    """What a crawl wants of its pages. An article published before `since` (ISO 8601 UTC) is rejected
    as `too_old`; a recent one is fetched again `recheck` hours later. `kept_lines` are text, whatever
    has been learned of the site's lines.
    """

    since: str | None = None
    recheck: tuple[float, ...] = ()
    kept_lines: tuple[str, ...] = ()


def ingest_page(db: Database, refined: RefinedPage, policy: IngestPolicy, now: str) -> IngestResult:
    """In one transaction."""
    if isinstance(refined.outcome, Article) and refined.outcome.prepared is None:
        refined = replace(refined, outcome=as_stored(refined.outcome))
    key, outcome = refined.page.key, refined.outcome
    if isinstance(outcome, Article) and outcome.first_page and not is_forgotten(db, refined):
        detail = f"its article begins at {outcome.first_page}"
        with transaction(db):
            _queue_first_page(db, refined, outcome, now)
            rejected = Rejected(key, Reason.LATER_PAGE, detail)
            return _reject_page(db, refined, rejected, policy, now)
    if isinstance(outcome, Article) and is_before(outcome.published, policy.since):
        outcome = Rejected(refined.page.url, Reason.TOO_OLD, f"published {outcome.published}")
    with transaction(db):
        if is_forgotten(db, refined):
            return _refuse_forgotten(db, refined, now)
        if isinstance(outcome, Rejected):
            return _reject_page(db, refined, outcome, policy, now)
        if refined.missing and _is_cut_short(db, outcome):
            return _leave_stored(db, refined, refined.missing, now)
        return _store(db, refined, outcome, policy, now)


def is_forgotten(db: Database, refined: RefinedPage) -> bool:
    """Whether the page is of what was taken out: while it was being fetched, or at another address."""
    page, article = refined.page, refined.outcome
    known = (article.id, article.url, article.address) if isinstance(article, Article) else ()
    return tombstone_of(db, page.key, page.url, *known) is not None


def _refuse_forgotten(db: Database, refined: RefinedPage, now: str) -> IngestResult:
    """No row points to its records, and they are erased."""
    records = [refined.record, *(later.record for later in refined.later)]
    site = refined.outcome.site if isinstance(refined.outcome, Article) else None
    erase_later(db, refined.page.key, site, filter(None, records))
    return _reject(db, refined.page.key, Rejected(refined.page.url, Reason.FORGOTTEN), now)


def _store(
    db: Database, refined: RefinedPage, article: Article, policy: IngestPolicy, now: str
) -> IngestResult:
    key = refined.page.key
    attempts = frontier_states.attempts(db, key) if refined.missing else 0
    article = settle_url(db, article, now)
    if withdraw_template(db, article, now):
        rejected = Rejected(key, Reason.SAME_TEXT, "many addresses give the same text")
        return _reject_page(db, refined, rejected, policy, now)
    article = clean_new(db, article, now, policy.kept_lines)
    # A first page that is as it was tells nothing of the later ones.
    is_whole = not refined.later and not refined.missing
    stored = articles.store(
        db,
        article,
        key=key,
        found_by=refined.found_by,
        now=now,
        refined_by=current_version(),
        recheck=recheck_hours(policy.recheck, fragment=refined.page.fragment),
        validators=refined.page.validators if is_whole else None,
        looked=True,
    )
    absences.end_absence(db, article.id, now)
    result = IngestResult(key, stored.outcome, article=article)
    _record_page(db, refined, result, now, stored.number)
    for later in refined.later:
        frontier_states.done_as_later_page(
            db, {later.page.key, later.page.url}, article.id, article.site, now
        )
    if missing := refined.missing:
        frontier_states.retry_incomplete(db, key, attempts, now=now, final=missing.final)
    return result


def _is_cut_short(db: Database, article: Article) -> bool:
    """Whether more of an article that breaks off is stored than now came."""
    stored = get_text(db, article.id)
    return stored is not None and len(stored["text"]) > len(article.text)


def _leave_stored(
    db: Database, refined: RefinedPage, missing: MissingPage, now: str
) -> IngestResult:
    """What is stored of the article stays as it is, and the address is visited again."""
    key = refined.page.key
    result = IngestResult(key, "failed", Reason.INCOMPLETE, f"{missing.url}: {missing.reason}")
    frontier_states.retry_incomplete(
        db, key, frontier_states.attempts(db, key), now=now, final=missing.final
    )
    _record_page(db, refined, result, now)
    return result


def _queue_first_page(db: Database, refined: RefinedPage, article: Article, now: str) -> None:
    """A later page that a source listed leads to its article."""
    address = article.first_page or ""
    url = canonicalise(address, refined.page.url)
    if url and article.site:
        link = Link(url, address, refined.found_by, refined.page.hints)
        frontier.add(db, article.site, [link], now=now)


def _reject_page(
    db: Database, refined: RefinedPage, rejected: Rejected, policy: IngestPolicy, now: str
) -> IngestResult:
    key = refined.page.key
    result = _look(db, key, rejected, policy, now) or _reject(db, key, rejected, now)
    _record_page(db, refined, result, now)
    return result


def _look(
    db: Database, key: str, rejected: Rejected, policy: IngestPolicy, now: str
) -> IngestResult | None:
    """Of an address whose article is stored: what it was once stays, whatever its page is now."""
    if rejected.reason in WALLS:
        return None
    outcome: LookOutcome = "missing" if rejected.reason in SOFT_404 else "unknown"
    return record_look(db, key, outcome, rejected.reason, rejected.detail, policy.recheck, now)


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
        page_rows.insert_page(db, refined.page, refined.record, outcome, now, refined.later)


# Another request may bring the article: the wall is gone, or the site's file asks for rendering by then.
_POSTPONED = WALLS | {Reason.NEEDS_SCRIPT}


def _reject(db: Database, key: str, rejected: Rejected, now: str) -> IngestResult:
    if rejected.reason in _RETRIED:
        frontier_states.retry(db, key, rejected.reason, now=now, attempts_max=_MAX_ATTEMPTS)
        return IngestResult(key, "failed", rejected.reason, rejected.detail)
    if rejected.reason in _POSTPONED:
        frontier_states.postpone(db, key, rejected.reason, now=now)
    else:
        frontier_states.finish_url(db, key, "rejected", reason=rejected.reason, now=now)
    return IngestResult(key, "rejected", rejected.reason, rejected.detail)
