"""The frontier: every article address that discovery found, and how far it has come.

An address turns `done` in the transaction that writes its article, and a feed's validators are
saved with the addresses found in it: a kill at any instant loses nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from items import Link, Validators
from storage import link_rows, rechecks
from storage.article_rows import Row, insert, update
from storage.database import transaction
from storage.http_validators import write_validators
from storage.reading import one
from storage.sites import ensure
from text.normalise import storable
from text.timestamps import later

# A site may say with every poll that everything has changed. Visits that find a text unchanged are
# free up to here, then an hour apart, then four, sixteen, …
_FREE_VISITS = 3
_LONGEST_WAIT = 5  # the exponent: 4^5 hours, six weeks


@dataclass(frozen=True, slots=True)
class Queued:
    """An address to fetch; `attempts` have failed so far. `again`: it is stored, and looked at once
    more though nobody says that it has changed.
    """

    link: Link
    attempts: int
    again: bool = False


def add(
    db: Database,
    site: str,
    links: Sequence[Link],
    validators: Sequence[Validators] = (),
    *,
    now: str,
) -> int:
    """Queue what is new, and what has been modified since it was stored; returns how many.

    In the same transaction `validators` are saved: the document that held the links is read.
    """
    with transaction(db):
        ensure(db, site)
        queued = sum(_add(db, site, link, now) for link in links)
        write_validators(db, validators, now)
    return queued


def take(
    db: Database, site: str, n: int, *, now: str, exclude: Collection[str] = ()
) -> list[Queued]:
    """Up to `n` due addresses, newest first, without those in `exclude` (in flight already); then
    stored ones that are to be looked at again.

    Nothing changes in the database: what is taken and never settled is there for the next crawl.
    """
    rows = db.query(
        "SELECT * FROM frontier WHERE site = ? AND state = 'queued' AND due <= ? "
        "ORDER BY coalesce(published, modified, found) DESC, rowid LIMIT ?",
        [site, now, n + len(exclude)],
    )
    fresh = [row for row in rows if row["url"] not in exclude][:n]
    if len(fresh) < n:
        looks = rechecks.due(db, site, n + len(exclude), now)
        fresh += [row for row in looks if row["url"] not in exclude][: n - len(fresh)]
    return [_queued(row) for row in fresh]


def _queued(row: Row) -> Queued:
    return Queued(link_rows.link_from(row), row["attempts"], again=row["state"] == "done")


def known(db: Database, urls: Collection[str]) -> set[str]:
    """Those of `urls` that have a row, whatever its state."""
    sql = "SELECT 1 FROM frontier WHERE url = ?"
    return {url for url in urls if db.conn.execute(sql, [storable(url)]).fetchone()}


def counts(db: Database, site: str | None = None) -> dict[str, int]:
    """How many addresses are in each state."""
    where = "" if site is None else "WHERE site = :site"
    sql = f"SELECT state, count(*) FROM frontier {where} GROUP BY state"  # noqa: S608
    return dict(db.execute(sql, {"site": site}).fetchall())


def _add(db: Database, site: str, link: Link, now: str) -> bool:
    if is_old_news(db, link):
        return False
    row = link_rows.row_from(link) | {"site": site, "state": "queued", "due": now, "found": now}
    sql = insert(row, "frontier") + " ON CONFLICT DO NOTHING"
    if db.conn.execute(sql, row).rowcount:
        return True
    old = one(db, "frontier", "url", row["url"])
    return old is not None and _meet(db, old, row, now)


def is_old_news(db: Database, link: Link) -> bool:
    """Whether the same was said before. A sitemap of 50 000 says so poll after poll: seen here, it
    takes .13 s, and 2.9 s when every row is compared in full.
    """
    sql = "SELECT state, modified, found_by FROM frontier WHERE url = ?"
    old = db.conn.execute(sql, [storable(link.url)]).fetchone()
    if old is None:
        return False
    state, modified, found_by = old
    if state == "queued":
        return (link.hints.modified, link.found_by) == (modified, found_by)
    return link.hints.modified in (None, modified)


def _meet(db: Database, old: Row, new: Row, now: str) -> bool:
    """A known address was found again: note what is newly said of it, queue it when modified."""
    before = old["modified"] or old["settled"]
    newer = bool(new["modified"] and before and new["modified"] > before)
    again = newer and old["state"] in ("done", "rejected", "failed")
    changes: Row = {"modified": max(new["modified"] or "", old["modified"] or "") or None}
    if again:
        changes |= {"state": "queued", "attempts": 0, "due": _due(old, now), "site": new["site"]}
    if again or old["state"] == "queued":
        changes |= link_rows.merged(old, new, newer=newer)
    if any(old[name] != value for name, value in changes.items()):
        db.execute(update(changes, "frontier", "url"), changes | {"url": old["url"]})
    return again


def _due(old: Row, now: str) -> str:
    if old["unchanged"] < _FREE_VISITS:
        return now
    hours = 4 ** min(old["unchanged"] - _FREE_VISITS, _LONGEST_WAIT)
    return max(now, later(old["settled"], hours * 3600))
