"""The record of crawls, and what a crawl says about its site's health."""

import json
from collections.abc import Mapping

from sqlite_utils import Database

from items import Site
from storage import sites
from storage.database import transaction
from storage.rows import Row, update

_COUNTS = ("queued", "fetched", "new", "revised", "unchanged", "copies", "rejected", "failed")


def begin(db: Database, site: Site, now: str) -> int:
    """A new crawl's number."""
    with transaction(db):
        sites.describe(db, site)
        db.execute("UPDATE sites SET last_crawl = ? WHERE name = ?", [now, site.name])
        crawl = db.execute("INSERT INTO crawls (site, started) VALUES (?, ?)", [site.name, now])
    return int(crawl.lastrowid or 0)


def finish(db: Database, crawl: int, outcome: str, counts: Mapping[str, int], now: str) -> None:
    """`outcome`: `finished` is a success, `failed` a failure, anything else (`stopped`, …)
    neither. `counts` go to the columns of their names, or else into `other`.
    """
    other = {name: count for name, count in counts.items() if name not in _COUNTS}
    row: Row = {name: counts.get(name, 0) for name in _COUNTS}
    row |= {"outcome": outcome, "finished": now}
    row["other"] = json.dumps(other, ensure_ascii=False) if other else None
    with transaction(db):
        db.execute(update(row, "crawls", "crawl"), row | {"crawl": crawl})
        _note_health(db, crawl, outcome, now)


def _note_health(db: Database, crawl: int, outcome: str, now: str) -> None:
    db.execute(
        "UPDATE sites SET "
        "last_success = iif(:outcome = 'finished', :now, last_success), "
        "failures_in_a_row = CASE :outcome WHEN 'finished' THEN 0 "
        "WHEN 'failed' THEN failures_in_a_row + 1 ELSE failures_in_a_row END, "
        "last_new_article = (SELECT max(first_seen) FROM articles WHERE site = sites.name) "
        "WHERE name = (SELECT site FROM crawls WHERE crawl = :crawl)",
        {"outcome": outcome, "now": now, "crawl": crawl},
    )
