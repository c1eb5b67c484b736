"""Rows of queries that read a whole index, kept for as long as nothing is written to the database.

SQLite itself says whether anything was: `PRAGMA data_version` of one connection changes with each commit of
any other, in any process. It is read before the query, so that rows are never older than it says.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.app import Datasette

from browse.live_database import ResultRow, database, query_sql

# Answers that are kept, and the rows of each.
_MAX_ANSWERS, _MAX_ROWS = 100, 5000

_Question = tuple[str, tuple[tuple[str, Any], ...]]


class _Answers:
    """Those of the present state of one database."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(
            uri, uri=True, check_same_thread=False, isolation_level=None
        )
        self._lock = threading.Lock()
        self._version = -1
        self._kept: dict[_Question, list[ResultRow]] = {}

    def version(self) -> int:
        """Of the database, which may be other than that of what is kept."""
        with self._lock:
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def of(self, version: int, question: _Question) -> list[ResultRow] | None:
        if version != self._version:
            self._version, self._kept = version, {}
        return self._kept.get(question)

    def keep(self, version: int, question: _Question, found: list[ResultRow]) -> None:
        if version == self._version and len(found) <= _MAX_ROWS:
            if len(self._kept) >= _MAX_ANSWERS:
                del self._kept[next(iter(self._kept))]
            self._kept[question] = found


_answers: WeakKeyDictionary[Datasette, _Answers] = WeakKeyDictionary()


async def unchanged_rows(
    datasette: Datasette, sql: str, values: Mapping[str, Any] | None = None
) -> list[ResultRow]:
    """All rows of the query, however many; each may be changed by whoever asked. Raises datasette's
    QueryInterrupted.
    """
    answers = _answers_of(datasette)
    question = sql, tuple(sorted((values or {}).items()))
    version = await asyncio.to_thread(answers.version)
    found = answers.of(version, question)
    if found is None:
        result = await database(datasette).execute(sql, dict(values or {}), truncate=False)
        found = [dict(row) for row in result.rows]
        answers.keep(version, question, found)
    return [dict(row) for row in found]


async def unchanged_query_rows(datasette: Datasette, name: str, **values: Any) -> list[ResultRow]:
    """The rows of a canned query."""
    return await unchanged_rows(datasette, await query_sql(datasette, name), values)


def forget_answers() -> None:
    """As if something had been written: for measuring what a page costs then."""
    _answers.clear()


def _answers_of(datasette: Datasette) -> _Answers:
    if datasette not in _answers:
        _answers[datasette] = _Answers(Path(database(datasette).path))
    return _answers[datasette]
