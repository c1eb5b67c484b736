"""Tombstones: what was taken out and must not come back, by the hash of its address alone.

The hash is an article's id, so that an article of any source is recognised by its id or its address.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass

from sqlite_utils import Database

from storage.database import transaction
from text.normalise import normalise_text
from text.urls import article_id

RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """When and why an article was taken out; no address, no text. `id` is its own, the `article`'s, or
    that of another address of it.
    """

    id: str
    article: str
    forgotten_at: str
    reason: str
    number: int | None = None


def set_tombstones(db: Database, tombstones: Iterable[Tombstone]) -> None:
    """Inside a transaction. The first one of an id stays."""
    db.conn.executemany(
        "INSERT INTO tombstones (id, article, forgotten_at, reason, number) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [astuple(stone) for stone in tombstones],
    )


def tombstone_of(db: Database, *urls_or_ids: str | None) -> Tombstone | None:
    """The tombstone of the first of these that has one. A page's addresses and its article's id are one
    id, most of the time. Most databases have none, and then no address is hashed, for each link, request
    and page.
    """
    if not any_tombstones(db):
        return None
    values = dict.fromkeys(filter(None, urls_or_ids))
    for id_ in dict.fromkeys(map(_id, values)):
        row = db.conn.execute(
            "SELECT id, article, forgotten_at, reason, number FROM tombstones WHERE id = ?", [id_]
        ).fetchone()
        if row:
            return Tombstone(*row)
    return None


def any_tombstones(db: Database) -> bool:
    return db.conn.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is not None


def forgotten_among(db: Database, ids: Collection[str]) -> set[str]:
    """Those of these article ids that have a tombstone."""
    sql = "SELECT tombstones.id FROM json_each(?) AS wanted CROSS JOIN tombstones ON tombstones.id = wanted.value"
    return {id_ for (id_,) in db.conn.execute(sql, [json.dumps(list(ids))]).fetchall()}


def lift_tombstones(db: Database, ids: Collection[str]) -> int:
    """The articles that have these ids, or these ids' addresses, may come back; returns how many."""
    sql = (
        "SELECT DISTINCT article FROM tombstones WHERE id IN (SELECT value FROM json_each(:ids)) "
        "OR article IN (SELECT value FROM json_each(:ids))"
    )
    with transaction(db):
        found = db.execute(sql, {"ids": json.dumps(sorted(ids))}).fetchall()
        db.conn.executemany("DELETE FROM tombstones WHERE article = ?", found)
    return len(found)


def _id(value: str) -> str:
    return article_id(normalise_text(value)) if ":" in value else value
