"""Pairs of texts that are alike, as the rule judged them; a row each way round."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from storage.duplicates.compare import Kind, Verdict

_TURNED: dict[str, Kind] = {"contains": "part", "part": "contains"}


@dataclass(frozen=True, slots=True, order=True)
class Closeness:
    """The closer of two is the greater."""

    jaccard: float
    containment: float


def put(db: Database, entry: int, other: int, verdict: Verdict) -> None:
    """`verdict` says what `entry` is to `other`."""
    figures = round(verdict.jaccard, 4), round(verdict.containment, 4)
    turned = _TURNED.get(verdict.kind, verdict.kind)
    db.conn.executemany(
        "INSERT OR REPLACE INTO _likeness (entry, other, kind, jaccard, containment) "
        "VALUES (?, ?, ?, ?, ?)",
        [(entry, other, verdict.kind, *figures), (other, entry, turned, *figures)],
    )


def copies_of(db: Database, entry: int) -> dict[int, Closeness]:
    """The texts that `entry` is a copy of, whichever came first."""
    rows = db.conn.execute(
        "SELECT other, jaccard, containment FROM _likeness WHERE entry = ? AND kind = 'copy'",
        [entry],
    )
    return {other: Closeness(*figures) for other, *figures in rows.fetchall()}


def of(db: Database, entry: int) -> list[int]:
    """The texts that `entry` is alike to, in whichever way."""
    rows = db.conn.execute("SELECT other FROM _likeness WHERE entry = ?", [entry]).fetchall()
    return [other for (other,) in rows]


def forget(db: Database, entry: int) -> list[int]:
    """Take out all pairs of `entry`; returns the entries that it was alike to."""
    others = of(db, entry)
    remove(db, entry, others)
    return others


def remove(db: Database, entry: int, others: Iterable[int]) -> None:
    pairs = [(entry, other) for other in others]
    db.conn.executemany("DELETE FROM _likeness WHERE entry = ? AND other = ?", pairs)
    turned = [(other, entry) for _, other in pairs]
    db.conn.executemany("DELETE FROM _likeness WHERE entry = ? AND other = ?", turned)
