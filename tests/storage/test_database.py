"""Opening the database, and the message when that fails."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from storage_samples import NOW, article, rows
from waiting import PATIENCE

from storage.articles import store
from storage.database import FILE, StorageError, open_database, transaction
from text.settings_file import data_folder


def test_the_folder_is_made_and_opened_again(tmp_path: Path) -> None:
    with open_database(tmp_path / "new" / "folder") as db:
        store(db, article(), now=NOW)
    with open_database(tmp_path / "new" / "folder", create=False) as db:
        assert rows(db, "SELECT count(*) FROM corpus") == [(1,)]
        assert db.journal_mode == "wal"
        assert rows(db, "PRAGMA foreign_keys") == [(1,)]


def test_the_folder_comes_from_the_option_or_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WARRAQ_DATA", raising=False)
    assert data_folder() == Path("data")
    monkeypatch.setenv("WARRAQ_DATA", "/srv/news")
    assert data_folder() == Path("/srv/news")
    assert data_folder("mine") == Path("mine")


def complaint(folder: Path, *, create: bool = True) -> str:
    with pytest.raises(StorageError) as raised:
        open_database(folder, create=create)
    return str(raised.value)


def test_nothing_there_yet(tmp_path: Path) -> None:
    assert "There is no database" in complaint(tmp_path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_stands_where_the_folder_should(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be used" in complaint(tmp_path / "file")
    assert "cannot be used" in complaint(tmp_path / "file" / "below")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be opened or created" in complaint(tmp_path)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    text = "ليس قاعدة بيانات " * 100
    (tmp_path / FILE).write_text(text)
    assert "is not a database" in complaint(tmp_path)
    assert (tmp_path / FILE).read_text() == text


def test_a_database_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    before = (tmp_path / FILE).read_bytes()
    assert "another program" in complaint(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_database_of_a_newer_version(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        db["_sqlite_migrations"].insert(
            {"migration_set": "warraq", "name": "m999_next_year", "applied_at": NOW}
        )
    assert re.search("newer version.*m999_next_year", complaint(tmp_path))


def test_a_damaged_file(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        for sample in range(50):
            store(db, article(sample), now=NOW)
    body = bytearray((tmp_path / FILE).read_bytes())
    body[4096:] = os.urandom(len(body) - 4096)
    (tmp_path / FILE).write_bytes(body)
    assert "is damaged" in complaint(tmp_path)


def test_a_full_disk_is_reported_and_loses_nothing(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        store(db, article(0), now=NOW)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(StorageError, match="disk is full"):
            store(db, article(1, paragraphs=("نص طويل " * 20_000,)), now=NOW)
        db.execute("PRAGMA max_page_count = 100000")
        assert rows(db, "SELECT count(*) FROM articles") == [(1,)]
        assert store(db, article(1), now=NOW).number == 1


def test_a_transaction_is_all_or_nothing_and_joins_the_one_around_it(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        with pytest.raises(ValueError, match="not an article"), transaction(db):
            [store(db, item, now=NOW) for item in (article(0), article(1, id="1"))]
        assert rows(db, "SELECT count(*) FROM articles") == [(0,)]
        with transaction(db):
            store(db, article(0), now=NOW)
            store(db, article(1), now=NOW)
        assert rows(db, "SELECT count(*) FROM articles") == [(2,)]


OPEN_AND_WRITE = """
import sys
from pathlib import Path
from storage_samples import NOW, article
from storage.articles import store
from storage.database import open_database
sys.stdin.readline()
db = open_database(Path(sys.argv[1]))
for sample in range(int(sys.argv[2]), int(sys.argv[2]) + 100):
    assert store(db, article(sample), now=NOW).outcome == "new"
"""


@pytest.mark.slow
def test_many_processes_open_and_write_at_once(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN_AND_WRITE, tmp_path / "data", str(first)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"PYTHONPATH": f"{Path(__file__).parents[1] / 'support'}:."},
        )
        for first in range(0, 400, 100)
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    assert [writer.communicate(timeout=PATIENCE)[1] for writer in writers] == [b""] * 4
    with open_database(tmp_path / "data") as db:
        assert rows(db, "SELECT count(*), max(number) FROM articles") == [(400, 399)]
        assert rows(db, "PRAGMA integrity_check") == [("ok",)]
