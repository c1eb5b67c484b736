"""The database's file deleted, moved or replaced while it is open: noticed, and nothing written."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlite_utils import Database
from web_server import Answer, ReceivedRequest, Web, article, publish

from items import Site
from spiders.runner import CrawlResult
from storage.database import FILE, DatabaseGone, check_file, open_database, transaction
from storage.sites import ensure

WAL = f"{FILE}-wal"


def delete(folder: Path) -> None:
    (folder / FILE).unlink()


def move(folder: Path) -> None:
    (folder / FILE).rename(folder / "moved.db")


def replace(folder: Path) -> None:
    other = folder / "other"
    open_database(other).close()
    (other / FILE).replace(folder / FILE)


def delete_log(folder: Path) -> None:
    (folder / WAL).unlink()


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder)


LOSSES = (delete, move, replace, delete_log, delete_folder)
Lose = Callable[[Path], None]


@pytest.mark.parametrize("lose", LOSSES)
def test_nothing_is_written_into_what_has_no_name(tmp_path: Path, lose: Lose) -> None:
    folder = tmp_path / "data"
    with open_database(folder) as db:
        with transaction(db):
            ensure(db, "news")
        check_file(db)
        lose(folder)
        changes = db.conn.total_changes
        with pytest.raises(DatabaseGone, match="while it was open: nothing more is written"):
            ensure_in_transaction(db)
        assert db.conn.total_changes == changes


def ensure_in_transaction(db: Database) -> None:
    with transaction(db):
        ensure(db, "other")


def test_what_was_committed_is_stored_when_its_log_is_deleted(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        ensure_in_transaction(db)
        delete_log(tmp_path)
    with open_database(tmp_path) as db:
        assert db.execute("SELECT name FROM sites").fetchall() == [("other",)]


@pytest.mark.parametrize("lose", LOSSES)
def test_a_crawl_fails_that_has_lost_its_database(
    web: Web, site: Site, crawl: Callable[..., CrawlResult], tmp_path: Path, lose: Lose
) -> None:
    publish(web, range(6))

    def losing(asked: ReceivedRequest) -> Answer:
        if (tmp_path / WAL).exists():
            lose(tmp_path)
        return Answer(article(5))

    web.pages["/news/5"] = losing
    result = crawl(site)
    assert result.outcome == "failed"
    assert "while it was open" in result.trouble
    assert result.counts.get("failed", 0) == 0, "it is no fault of the pages"


def test_one_that_is_only_read_and_checkpointed_is_the_same(tmp_path: Path) -> None:
    with open_database(tmp_path) as db, open_database(tmp_path) as other:
        ensure_in_transaction(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        other.close()
        check_file(db)
        db.execute("VACUUM INTO ?", [str(tmp_path / "backup.db")])
        check_file(db)
