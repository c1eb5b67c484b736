"""The state of an address of the frontier: what a visit makes of it, and when one that failed is tried
once more.

An address turns `done` in the transaction that writes its article.
"""

import random
from collections.abc import Collection
from typing import Literal

from sqlite_utils import Database

from items import Reason
from storage.article_rows import Row, get_one
from storage.database import transaction
from storage.rechecks import HOUR, Visit
from text.normalise import normalise_text
from text.timestamps import add_seconds

FrontierState = Literal["done", "failed", "gone", "denied", "rejected", "queued"]

_MAX_ATTEMPTS = 5
_FIRST_WAIT = 5 * 60
_JITTER = 0.2


def finish_url(
    db: Database,
    url: str,
    state: FrontierState,
    *,
    reason: str = "",
    now: str,
    retry_at: str | None = None,
    article_id: str | None = None,
) -> None:
    """Set the state of an address; a final one drops the HTML that came with it. `queued`: it is
    fetched at `retry_at`, and this visit counts as no attempt.
    """
    queued = state == "queued"
    with transaction(db):
        db.execute(
            "UPDATE frontier SET state = :state, reason = :reason, due = :due, recheck_at = NULL, "
            "finished_at = coalesce(:finished_at, finished_at), "
            "article = coalesce(:article, article), payload = iif(:queued, payload, NULL) "
            "WHERE url = :url",
            {
                "url": normalise_text(url),
                "state": state,
                "reason": normalise_text(reason),
                "finished_at": None if queued else now,
                "due": (retry_at or now) if queued else None,
                "article": article_id,
                "queued": queued,
            },
        )


def retry(
    db: Database, url: str, reason: str, *, now: str, attempts_max: int = _MAX_ATTEMPTS
) -> None:
    """After a temporary failure: in 5, 20, 80, … minutes; `failed` after `attempts_max`."""
    with transaction(db):
        row = get_one(db, "frontier", "url", normalise_text(url))
        if row is None:
            return
        count = row["attempts"] + 1
        db.execute("UPDATE frontier SET attempts = ? WHERE url = ?", [count, row["url"]])
        if count >= attempts_max:
            finish_url(db, url, "failed", reason=reason, now=now)
        else:
            finish_url(
                db, url, "queued", reason=reason, now=now, retry_at=_next_attempt(now, count)
            )


def attempts(db: Database, url: str) -> int:
    """How many have failed since the address was stored last."""
    row = get_one(db, "frontier", "url", normalise_text(url))
    return int(row["attempts"]) if row else 0


def retry_incomplete(db: Database, url: str, failed: int, *, now: str, final: bool) -> None:
    """The address is stored, but for a page of its article: it is fetched again after the waits of
    `retry`, of which `failed` are over. With `final`, and after the last, it stays `done`. Inside a
    transaction.
    """
    count = failed + 1
    queued = not final and count < _MAX_ATTEMPTS
    db.execute(
        "UPDATE frontier SET state = :state, reason = :reason, attempts = :count, due = :due, "
        "recheck_at = iif(:queued, NULL, recheck_at) WHERE url = :url",
        {
            "url": normalise_text(url),
            "state": "queued" if queued else "done",
            "reason": Reason.INCOMPLETE.value,
            "count": count if queued else 0,
            "due": _next_attempt(now, count) if queued else None,
            "queued": queued,
        },
    )


def done_as_later_page(
    db: Database, urls: Collection[str], article: str, site: str | None, now: str
) -> None:
    """The addresses are pages of `article` (an id), and need not be fetched when a source lists them.
    Inside a transaction.
    """
    for url in urls:
        db.execute(
            "INSERT INTO frontier (url, fetch_url, site, state, reason, article, discovered_at, "
            "found_by, finished_at) VALUES (:url, :url, :site, 'done', :reason, :article, :now, "
            "'pager', :now) ON CONFLICT (url) DO UPDATE SET state = 'done', reason = excluded.reason, "
            "article = excluded.article, attempts = 0, due = NULL, payload = NULL, "
            "recheck_at = NULL, finished_at = excluded.finished_at",
            {
                "url": normalise_text(url),
                "site": site,
                "reason": Reason.LATER_PAGE.value,
                "article": article,
                "now": now,
            },
        )


def is_later_page(db: Database, url: str) -> bool:
    """Whether the address is a later page of a stored article."""
    row = get_one(db, "frontier", "url", normalise_text(url))
    return bool(row and row["state"] == "done" and row["reason"] == Reason.LATER_PAGE)


# An address behind a wall is fetched again after an hour, four, sixteen, …, a week at most.
_MAX_POSTPONED = 7 * 24 * HOUR


def postpone(db: Database, url: str, reason: str, *, now: str) -> None:
    """The site answered with a wall in place of the page: the address stays queued, and never fails."""
    with transaction(db):
        row = get_one(db, "frontier", "url", normalise_text(url))
        if row is None:
            return
        wait = min(HOUR * 4 ** min(row["attempts"], 8), _MAX_POSTPONED)
        sql = "UPDATE frontier SET attempts = attempts + 1, article = NULL WHERE url = ?"
        db.execute(sql, [row["url"]])
        due = add_seconds(now, wait)
        finish_url(db, url, "queued", reason=reason, now=now, retry_at=due)


def is_queued(db: Database, url: str) -> bool:
    sql = "SELECT 1 FROM frontier WHERE url = ? AND state = 'queued'"
    return db.conn.execute(sql, [normalise_text(url)]).fetchone() is not None


def addresses_of(db: Database, site: str, article_id: str) -> list[str]:
    """The addresses of the site that are stored as this article."""
    sql = "SELECT url FROM frontier WHERE site = ? AND state = 'done' AND article = ?"
    return [url for (url,) in db.execute(sql, [site, article_id]).fetchall()]


NO_VISIT = Visit()


def done(db: Database, url: str, article: Row, *, unchanged: bool, visit: Visit = NO_VISIT) -> None:
    """The address is stored as `article`. One that discovery has not found gets a row too, so that it
    is not fetched when discovery finds it. Inside a transaction.
    """
    db.execute(
        "INSERT INTO frontier (url, fetch_url, site, state, article, discovered_at, found_by, "
        "finished_at, published, modified, looked_at, recheck_at, etag, last_modified) "
        "VALUES (:url, :url, :site, 'done', :id, :first_seen, :found_by, :first_seen, :published, "
        ":modified, :looked_at, :recheck_at, :etag, :last_modified) ON CONFLICT (url) DO UPDATE SET "
        "state = 'done', reason = '', article = excluded.article, attempts = 0, due = NULL, payload = NULL, "
        "finished_at = excluded.finished_at, site = coalesce(site, excluded.site), "
        # A recheck does not count: no source said that the page had changed.
        "unchanged_visits = iif(:unchanged, unchanged_visits + (state = 'queued'), 0), "
        "recheck_at = excluded.recheck_at, "
        "modified = nullif(max(coalesce(modified, ''), coalesce(excluded.modified, '')), ''), "
        # What is not a crawl's visit leaves them as they are.
        "missed_at = iif(:looked_at IS NULL, missed_at, NULL), "
        "etag = iif(:looked_at IS NULL, etag, excluded.etag), "
        "last_modified = iif(:looked_at IS NULL, last_modified, excluded.last_modified), "
        "looked_at = coalesce(excluded.looked_at, looked_at)",
        {**article, **visit.columns(), "url": url, "unchanged": unchanged},
    )


def _next_attempt(now: str, failed: int) -> str:
    wait = _FIRST_WAIT * 4 ** (failed - 1)
    # Many addresses of a site fail together; their retries are spread.
    return add_seconds(now, wait * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311
