"""The frontier: every article address that discovery found, its state, and when it is fetched next.

An address turns `done` in the transaction that writes its article, and a feed's validators are
saved with the addresses that it listed: a kill at any instant loses nothing.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from items import Link, Reason, Validators
from storage import link_rows
from storage.article_rows import Row, get_one, insert, update
from storage.database import transaction
from storage.http_validators import write_validators
from storage.rechecks import HOUR, Visit, due_rechecks
from storage.sites import ensure
from storage.tombstones import tombstone_of
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


# Some sites announce with every poll that everything has changed. After this many visits that find a
# text unchanged the next ones are an hour apart, then four, sixteen, …
_FREE_VISITS = 3
_MAX_EXPONENT = 5  # 4^5 hours are six weeks


@dataclass(frozen=True, slots=True)
class Queued:
    """An address to fetch; `attempts` have failed so far. `is_recheck`: it is stored, and visited
    again though no source says that it has changed, with the `validators` of its page; `is_missed`:
    and the last look did not find it.
    """

    link: Link
    attempts: int
    is_recheck: bool = False
    is_missed: bool = False
    validators: Validators | None = None


def add(
    db: Database,
    site: str,
    links: Sequence[Link],
    validators: Sequence[Validators] = (),
    *,
    now: str,
) -> int:
    """Queue what is new, and what was modified since it was stored; returns how many. What was taken out
    is left out.

    `validators` of the document that listed the links are saved in the same transaction.
    """
    with transaction(db):
        ensure(db, site)
        queued = sum(_add(db, site, link, now) for link in links)
        write_validators(db, validators, now)
    return queued


# Of a backfill; what is known to be older stays in the queue.
_NOT_OLDER = "AND coalesce(published, modified, :since) >= :since "


def take(
    db: Database,
    site: str,
    n: int,
    *,
    now: str,
    exclude: Collection[str] = (),
    since: str | None = None,
    rechecks: int | None = None,
) -> list[Queued]:
    """Up to `n` due addresses, newest first, without those in `exclude` (in flight already); then
    stored ones that are due for a recheck, `rechecks` at most. With `since` (ISO 8601 UTC), none that
    is known to be older, and no rechecks.

    Nothing is written: what a killed crawl has taken is there for the next one.
    """
    rows = db.query(
        "SELECT * FROM frontier WHERE site = :site AND state = 'queued' AND due <= :now "  # noqa: S608
        f"{_NOT_OLDER if since else ''}"
        "ORDER BY coalesce(published, modified, discovered_at) DESC, rowid LIMIT :n",
        {"site": site, "now": now, "n": n + len(exclude), "since": since},
    )
    fresh = [row for row in rows if row["url"] not in exclude][:n]
    rechecks = 0 if since else rechecks
    room = n - len(fresh) if rechecks is None else min(n - len(fresh), rechecks)
    if room > 0:
        stored = due_rechecks(db, site, n + len(exclude), now)
        fresh += [row for row in stored if row["url"] not in exclude][:room]
    return [_queued(row) for row in fresh]


def count_due(db: Database, site: str, *, now: str, since: str) -> int:
    """How many addresses `take` has for a backfill to `since`."""
    queued = (
        "SELECT count(*) FROM frontier WHERE site = :site AND state = 'queued' AND due <= :now "
    )
    sql = f"{queued} {_NOT_OLDER}"
    return int(db.execute(sql, {"site": site, "now": now, "since": since}).fetchone()[0])


def _queued(row: Row) -> Queued:
    link = link_rows.link_from(row)
    if row["state"] == "queued":
        return Queued(link, row["attempts"])
    validators = Validators(row["url"], row["etag"], row["last_modified"])
    return Queued(link, row["attempts"], True, row["missed_at"] is not None, validators)


def set_back(db: Database, site: str, before: str, now: str) -> None:
    """Times that lie ahead come by so much sooner as `before` is later than `now`: of a clock that was
    wrong, or that is. Inside a transaction.
    """
    seconds = (datetime.fromisoformat(now) - datetime.fromisoformat(before)).total_seconds()
    for column in ("due", "recheck_at"):
        db.execute(
            f"UPDATE frontier SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, :by) "  # noqa: S608
            f"WHERE site = :site AND {column} > :now",
            {"by": f"{seconds:.0f} seconds", "site": site, "now": now},
        )


def known(db: Database, urls: Collection[str]) -> set[str]:
    """Those of `urls` that have a row, whatever its state."""
    sql = "SELECT 1 FROM frontier WHERE url = ?"
    return {url for url in urls if db.conn.execute(sql, [normalise_text(url)]).fetchone()}


def is_queued(db: Database, url: str) -> bool:
    sql = "SELECT 1 FROM frontier WHERE url = ? AND state = 'queued'"
    return db.conn.execute(sql, [normalise_text(url)]).fetchone() is not None


def counts(db: Database, site: str | None = None) -> dict[str, int]:
    """How many addresses are in each state."""
    where = "" if site is None else "WHERE site = :site"
    sql = f"SELECT state, count(*) FROM frontier {where} GROUP BY state"  # noqa: S608
    return dict(db.execute(sql, {"site": site}).fetchall())


def _add(db: Database, site: str, link: Link, now: str) -> bool:
    if is_old_news(db, link) or tombstone_of(db, link.url):
        return False
    row = link_rows.row_from(link)
    row |= {"site": site, "state": "queued", "due": now, "discovered_at": now}
    sql = insert(row, "frontier") + " ON CONFLICT DO NOTHING"
    if db.conn.execute(sql, row).rowcount:
        return True
    old = get_one(db, "frontier", "url", row["url"])
    return old is not None and _rediscover(db, old, row, now)


def is_old_news(db: Database, link: Link) -> bool:
    """Whether the link says nothing new. A sitemap repeats 50 000 addresses poll after poll: this
    check takes .13 s for them, comparing every row in full 2.9 s.
    """
    sql = "SELECT state, modified, found_by FROM frontier WHERE url = ?"
    old = db.conn.execute(sql, [normalise_text(link.url)]).fetchone()
    if old is None:
        return False
    state, modified, found_by = old
    if state == "queued":
        return (link.hints.modified, link.found_by) == (modified, found_by)
    return link.hints.modified in (None, modified)


def _rediscover(db: Database, old: Row, new: Row, now: str) -> bool:
    """Update a known address, and queue it if it was modified; whether it was queued."""
    before = old["modified"] or old["finished_at"]
    newer = bool(new["modified"] and before and new["modified"] > before)
    requeue = newer and (old["state"] in ("done", "rejected", "failed") or _was_stored(old))
    changes: Row = {"modified": max(new["modified"] or "", old["modified"] or "") or None}
    if requeue:
        changes |= {"state": "queued", "attempts": 0, "due": _due(old, now), "site": new["site"]}
    if requeue or old["state"] == "queued":
        changes |= link_rows.merged(old, new, newer=newer)
    if any(old[name] != value for name, value in changes.items()):
        db.execute(update(changes, "frontier", "url"), changes | {"url": old["url"]})
    return requeue


def _was_stored(old: Row) -> bool:
    """Whether it is an article's that is gone from its site."""
    return bool(old["state"] == "gone" and old["article"])


def _due(old: Row, now: str) -> str:
    if old["unchanged_visits"] < _FREE_VISITS:
        return now
    hours = 4 ** min(old["unchanged_visits"] - _FREE_VISITS, _MAX_EXPONENT)
    return max(now, add_seconds(old["finished_at"], hours * HOUR))
