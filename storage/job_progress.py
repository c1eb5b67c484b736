"""How far a long job has come that is cut into slices: they are finished in order, each in the
transaction that stores its results.
"""

import json
from collections import Counter
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class JobProgress:
    """`done_until` and `end` are in the job's own unit: bytes of a file, rows of a table."""

    job: str
    done_until: int
    end: int
    counts: Counter[str]
    finished: str | None


def begin_job(db: Database, job: str, name: str, start: int, end: int, now: str) -> JobProgress:
    """The job's progress; it is begun if it was not. Inside a transaction."""
    db.execute(
        "INSERT INTO _jobs (job, name, done_until, end, counts, began) "
        "VALUES (?, ?, ?, ?, '{}', ?) ON CONFLICT DO NOTHING",
        [job, name, start, end, now],
    )
    progress = state(db, job)
    assert progress is not None
    return progress


def state(db: Database, job: str) -> JobProgress | None:
    sql = "SELECT job, done_until, end, counts, finished FROM _jobs WHERE job = ?"
    row = db.execute(sql, [job]).fetchone()
    return JobProgress(row[0], row[1], row[2], _counts(row[3]), row[4]) if row else None


def _counts(text: str) -> Counter[str]:
    """Until 0.2.0 an import wrote why pages were rejected as `-reason`."""
    return Counter(
        {
            f"rejected: {name[1:]}" if name.startswith("-") else name: count
            for name, count in json.loads(text).items()
        }
    )


def advance(db: Database, job: str, start: int, end: int) -> bool:
    """Whether the slice from `start` is the next one; then the job is done up to its `end`. False: the
    slice was done before. Inside the transaction that stores its results.
    """
    sql = "UPDATE _jobs SET done_until = ? WHERE job = ? AND done_until = ?"
    return db.conn.execute(sql, [end, job, start]).rowcount == 1


def count_for_job(db: Database, job: str, counts: Counter[str], now: str) -> None:
    """Add the counts of a slice; the last one ends the job. Inside the same transaction."""
    progress = state(db, job)
    assert progress is not None
    total = json.dumps(progress.counts + counts, ensure_ascii=False)
    db.execute(
        "UPDATE _jobs SET counts = ?, finished = iif(done_until >= end, ?, NULL) WHERE job = ?",
        [total, now, job],
    )


def forget_job(db: Database, job: str) -> None:
    """The next run starts from the beginning."""
    db.execute("DELETE FROM _jobs WHERE job = ?", [job])
