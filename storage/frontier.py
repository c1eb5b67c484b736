"""The frontier: every article address that discovery found, and when it is fetched next. How a visit
ends is in `frontier_states.py`.

A feed's validators are saved with the addresses that it listed: a kill at any instant loses nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from items import Link, Validators
from storage import link_rows
from storage.article_rows import Row, get_one, insert, update
from storage.database import transaction
from storage.http_validators import write_validators
from storage.rechecks import HOUR, due_rechecks
from storage.sites import ensure
from storage.tombstones import tombstone_of
from text.normalise import normalise_text
from text.timestamps import add_seconds

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
