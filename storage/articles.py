"""Storing articles, one copy of each. Reading them back is in `article_rows`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlite_utils import Database

from items import Article, Validators
from storage import article_rows, frontier_states, revisions, search
from storage.article_rows import IS_ID, Row, get_one
from storage.database import transaction
from storage.duplicates import copies, deduplicate
from storage.frontier_states import NO_VISIT, done
from storage.prepared_articles import as_stored, prepared_text
from storage.rechecks import Visit, next_visit
from storage.sites import ensure
from text.normalise import normalise_text

IMPORT = "import"
StoreOutcome = Literal["new", "unchanged", "revised", "copy"]


@dataclass(frozen=True, slots=True)
class Stored:
    """`number` is None for a copy, which is not in the corpus."""

    outcome: StoreOutcome
    number: int | None = None


def store(
    db: Database,
    article: Article,
    *,
    key: str | None = None,
    found_by: str = "",
    now: str,
    last_seen: str | None = None,
    recheck: Sequence[float] = (),
    validators: Validators | None = None,
    looked: bool = False,
    visit: bool = True,
    refined_by: str | None = None,
) -> Stored:
    """Keep one copy of `article` and mark its frontier rows as done, in one transaction.

    `key` is the frontier's URL where it is not the article's; an import always gives it, since it
    keeps its article's address as it came. `last_seen` differs from `now` only for what another
    database saw. `recheck`: hours after which a recent article is visited again, with the `validators`
    of its page. `looked`: a crawl has just been at `key`. `visit`: False for a page that was fetched
    long ago: the frontier stays as it is. `refined_by`: the version of Warraq whose
    rules made the article of its page; None: it is not known, or there was no page. Raises ValueError for an article
    without a text, or with an id that is not 16 hex digits.
    """
    article = as_stored(article)
    if not article.paragraphs or not IS_ID.fullmatch(article.id):
        raise ValueError(f"not an article: id {article.id!r}, {len(article.paragraphs)} paragraphs")
    text = prepared_text(article)
    text.cache_tokens()
    row = text.row | {"found_by": found_by, "first_seen": now, "last_seen": last_seen or now}
    row |= {"refined_by": refined_by, "gone_at": None}
    with transaction(db):
        if article.site:
            ensure(db, article.site)
        stored = _store(db, row, article)
        if visit:
            seen = Visit(now if looked else None, next_visit(db, row, recheck, now), validators)
            visited = normalise_text(key or article.url or "")
            for url in _finished_urls(db, stored, article, key, found_by):
                unchanged = stored.outcome == "unchanged"
                done(db, url, row, unchanged=unchanged, visit=seen if url == visited else NO_VISIT)
        search.index_stored(db, text.searched)
    return stored


def _finished_urls(
    db: Database, stored: Stored, article: Article, key: str | None, found_by: str
) -> set[str]:
    """What the frontier need not fetch any more. An import that changes nothing finishes nothing: it
    is no visit, and a page that is queued because it changed stays queued. So does a canonical URL
    that is queued itself: its page tells whether it is of the same story.
    """
    if found_by == IMPORT:
        article = replace(article, url=None)
        key = None if stored.outcome == "unchanged" else key
    elif article.address and article.url and frontier_states.is_queued(db, article.url):
        article = replace(article, url=key)
    return {normalise_text(url) for url in (key, article.url) if url}


def _store(db: Database, row: Row, article: Article) -> Stored:
    if current := get_one(db, "articles", "id", article.id):
        if revisions.is_same(current, row):
            revisions.complete(db, current, row)
            return _stored(db, article.id, "unchanged")
        revisions.replace(db, current, row)
        article_rows.write_removed(db, current["number"], article.removed)
        return _stored(db, article.id, "revised")
    if copy := get_one(db, "copies", "id", article.id):
        if copies.is_same(copy, row):
            copies.complete(db, copy, row)
        else:
            copies.replace(db, copy, row, article.removed)
        return _stored(db, article.id, "new")
    number = deduplicate.add_text(db, row, article.removed, article.number)
    return Stored("copy") if number is None else Stored("new", number)


def _stored(db: Database, article_id: str, outcome: StoreOutcome) -> Stored:
    """Where the article is once its change has been compared: its new text may make it a copy."""
    deduplicate.process_queue(db)
    row = db.execute("SELECT number FROM articles WHERE id = ?", [article_id]).fetchone()
    return Stored(outcome, row[0]) if row else Stored("copy")
