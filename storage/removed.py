"""The lines that cleaning took out of the current text of an article."""

import json
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from items import RemovedLine


def write(db: Database, number: int, lines: Iterable[RemovedLine]) -> None:
    """`lines` in place of what was kept for this article."""
    db.execute("DELETE FROM removed_lines WHERE article = ?", [number])
    db.conn.executemany(
        "INSERT INTO removed_lines (article, position, reason, text) VALUES (?, ?, ?, ?)",
        [(number, line.position, line.reason, line.text) for line in lines],
    )


def read(db: Database, first: int, last: int | None = None) -> dict[int, list[RemovedLine]]:
    """The removed lines of the articles from number `first` to `last`, by article number."""
    found: dict[int, list[RemovedLine]] = {}
    for article, position, text, reason in db.execute(
        "SELECT article, position, text, reason FROM removed_lines "
        "WHERE article BETWEEN ? AND ? ORDER BY article, position, rowid",
        [first, first if last is None else last],
    ).fetchall():
        found.setdefault(article, []).append(RemovedLine(position, text, reason))
    return found


def as_json(lines: Iterable[RemovedLine]) -> str | None:
    """`[[position, reason, text], …]`, for the tables of texts that are not in the corpus."""
    written = [[line.position, line.reason, line.text] for line in lines]
    return json.dumps(written, ensure_ascii=False) if written else None


def from_json(written: str | None) -> list[RemovedLine]:
    """What `as_json` wrote."""
    said: list[list[Any]] = json.loads(written or "[]")
    return [RemovedLine(position, text, reason) for position, reason, text in said]
