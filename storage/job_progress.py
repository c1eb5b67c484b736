"""How far a long piece of work has come that was cut into slices: they are settled in order, each in
the transaction that stores what came of it.
"""

import json
from collections import Counter
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class JobProgress:
    """`done_until` and `end` are in the work's own measure: bytes of a file, rows of a table."""

    job: str
    done_until: int
    end: int
    counts: Counter[str]
    finished: str | None


def begin_job(db: Database, work: str, name: str, start: int, until: int, now: str) -> JobProgress:
    """The work as it stands; begun, if it was not. Inside a transaction."""
    db.execute(
        "INSERT INTO _jobs (job, name, done_until, end, counts, began) "
        "VALUES (?, ?, ?, ?, '{}', ?) ON CONFLICT DO NOTHING",
        [work, name, start, until, now],
    )
    found = state(db, work)
    assert found is not None
    return found


def state(db: Database, work: str) -> JobProgress | None:
    sql = "SELECT job, done_until, end, counts, finished FROM _jobs WHERE job = ?"
    row = db.execute(sql, [work]).fetchone()
    return JobProgress(row[0], row[1], row[2], Counter(json.loads(row[3])), row[4]) if row else None


def advance(db: Database, work: str, start: int, end: int) -> bool:
    """Whether the slice from `start` is the one to settle now; then all is settled to its `end`.
    False: someone has done it. Inside the transaction that stores what is in it.
    """
    sql = "UPDATE _jobs SET done_until = ? WHERE job = ? AND done_until = ?"
    return db.conn.execute(sql, [end, work, start]).rowcount == 1


def count_for_job(db: Database, work: str, counts: Counter[str], now: str) -> None:
    """Add what came of a slice; the last one ends the work. Inside the same transaction."""
    known = state(db, work)
    assert known is not None
    total = json.dumps(known.counts + counts, ensure_ascii=False)
    db.execute(
        "UPDATE _jobs SET counts = ?, finished = iif(done_until >= end, ?, NULL) WHERE job = ?",
        [total, now, work],
    )


def forget_job(db: Database, work: str) -> None:
    """To be done from the beginning."""
    db.execute("DELETE FROM _jobs WHERE job = ?", [work])
