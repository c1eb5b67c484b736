"""Figures of the whole corpus are kept while nothing is written, and are never older than the database."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from reader import stock, story
from storage_samples import LATER

from browse import unchanged_rows as kept
from browse.app import application
from browse.unchanged_rows import unchanged_query_rows, unchanged_rows
from storage.articles import store
from storage.database import FILE, open_database

# Another number whenever it is read.
_CHANCE = "SELECT random() AS number"
_COUNT = "SELECT count(*) AS stories FROM articles"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stock(tmp_path).close()
    return tmp_path


@pytest.fixture
def reader(folder: Path) -> Iterator[Datasette]:
    yield application(folder)
    kept.forget_answers()


def number(reader: Datasette, sql: str = _CHANCE, **values: object) -> int:
    [row] = asyncio.run(unchanged_rows(reader, sql, values))
    return int(next(iter(row.values())))


def test_an_answer_is_kept_by_its_query_and_values(reader: Datasette) -> None:
    assert number(reader) == number(reader)
    sql = "SELECT random() + 0 * :n AS number"
    assert number(reader, sql, n=1) == number(reader, sql, n=1)
    assert number(reader, sql, n=1) != number(reader, sql, n=2)


def test_a_write_of_another_connection_ends_it(reader: Datasette, folder: Path) -> None:
    before, stories = number(reader), number(reader, _COUNT)
    with open_database(folder) as db:
        for more in range(1, 6):
            store(db, story(100 + more), now=LATER)
            assert number(reader, _COUNT) == stories + more
    assert number(reader) != before


@pytest.mark.parametrize("statement", ["UPDATE articles SET site = NULL", "DELETE FROM copies"])
def test_so_does_a_change_that_adds_nothing(
    reader: Datasette, folder: Path, statement: str
) -> None:
    before = number(reader)
    with open_database(folder) as db:
        db.execute(statement)
    assert number(reader) != before


def test_what_is_not_committed_is_not_seen(reader: Datasette, folder: Path) -> None:
    stories = number(reader, _COUNT)
    writer = sqlite3.connect(folder / FILE, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM related")
    writer.execute("UPDATE articles SET title = 'x'")
    kept_before = number(reader)
    assert number(reader) == kept_before
    writer.execute("ROLLBACK")
    writer.close()
    assert number(reader, _COUNT) == stories


def test_who_changes_rows_changes_no_others(reader: Datasette) -> None:
    [row] = asyncio.run(unchanged_rows(reader, _COUNT))
    row["stories"] = -1
    assert number(reader, _COUNT) >= 0


def test_the_oldest_answers_make_room(reader: Datasette) -> None:
    sql = "SELECT random() + 0 * :n AS number"
    first = number(reader, sql, n=0)
    for n in range(1, kept._MAX_ANSWERS + 1):
        number(reader, sql, n=n)
    assert number(reader, sql, n=0) != first


def test_each_reader_has_its_own(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    stock(other).close()
    readers = [application(folder), application(other)]
    assert number(readers[0]) != number(readers[1])
    assert number(application(folder)) != number(readers[0])
    kept.forget_answers()


def test_a_canned_query_gives_what_the_database_has(reader: Datasette, folder: Path) -> None:
    rows = asyncio.run(unchanged_query_rows(reader, "languages"))
    with open_database(folder) as db:
        assert sum(row["stories"] for row in rows) == db["articles"].count


def test_what_takes_too_long_is_not_kept(reader: Datasette) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    reader.sql_time_limit_ms = 20
    with pytest.raises(QueryInterrupted):
        number(reader, endless)


def test_tables_are_counted_and_internal_ones_are_not(reader: Datasette, folder: Path) -> None:
    counts = asyncio.run(reader.get_database("warraq").table_counts())
    assert not [name for name in counts if name.startswith("_")]
    with open_database(folder) as db:
        assert counts == {name: db[name].count for name in counts}
        assert {"articles", "copies", "crawls", "frontier"} <= counts.keys()
