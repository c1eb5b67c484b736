"""What keeps a database well over years: done when due, once, in the background, bounded."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article, rows

from items import Site
from service.configuration import ServiceOptions
from service.maintenance import Maintenance, Task
from storage import crawls, leases, maintenance
from storage.articles import store
from storage.database import FILE, StorageError, open_database
from text.timestamps import add_seconds, utc_now

DAY = 86_400
SITE = Site("news", "https://news.example/")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "data") as db:
        store(db, article(1), now=NOW)
        yield db


def look(data: Path, options: ServiceOptions | None = None) -> None:
    asyncio.run(Maintenance(data).run_due(options or ServiceOptions()))


def test_a_backup_is_a_whole_database_and_the_oldest_go(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for day in range(4):
        maintenance.back_up(db, folder, keep=2, now=add_seconds(NOW, day * DAY))
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["warraq-2026-11-03.db", "warraq-2026-11-04.db"]
    copy = sqlite3.connect(folder / names[1])
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT id FROM articles").fetchall() == [(article(1).id,)]
    copy.close()


def test_a_backup_that_fails_leaves_the_last_one(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    maintenance.back_up(db, folder, keep=7, now=NOW)
    before = (folder / "warraq-2026-11-01.db").read_bytes()
    (folder / ".warraq-2026-11-01.db.part").mkdir()
    with pytest.raises((StorageError, OSError)):
        maintenance.back_up(db, folder, keep=7, now=NOW)
    assert (folder / "warraq-2026-11-01.db").read_bytes() == before


def test_what_is_due_is_done_once(db: Database, tmp_path: Path) -> None:
    options = ServiceOptions(backup=tmp_path / "backups")
    look(tmp_path / "data", options)
    [backup] = (tmp_path / "backups").iterdir()
    backup.unlink()
    look(tmp_path / "data", options)
    assert not backup.exists(), "a backup a day"
    db.execute("UPDATE _upkeep SET done = ? WHERE task = 'backup'", [add_seconds(utc_now(), -DAY)])
    look(tmp_path / "data", options)
    assert backup.exists()
    done = dict(rows(db, "SELECT task, done FROM _upkeep"))
    tasks = {"archive", "checkpoint", "clean", "shingles", "thin", "optimise", "backup"}
    assert set(done) == tasks | {"takedown"}


def test_what_is_switched_on_later_is_due_at_once(db: Database, tmp_path: Path) -> None:
    look(tmp_path / "data", ServiceOptions())
    look(tmp_path / "data", ServiceOptions(backup=tmp_path / "backups"))
    assert len(list((tmp_path / "backups").iterdir())) == 1


@pytest.mark.parametrize("error", [OSError("no room"), ValueError("no room")])
def test_one_that_fails_stops_no_other_and_is_due_again(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    done: list[str] = []

    def fail(db: Database, options: ServiceOptions) -> str:
        done.append("fail")
        raise error

    def go(db: Database, options: ServiceOptions) -> str:
        done.append("go")
        return ""

    keeper = Maintenance(tmp_path / "data", (Task("fail", 24, fail), Task("go", 24, go)))
    asyncio.run(keeper.run_due(ServiceOptions()))
    asyncio.run(keeper.run_due(ServiceOptions()))
    assert done == ["fail", "go", "fail"]
    assert "maintenance, fail" in caplog.text
    assert "no room" in caplog.text


def test_a_database_that_does_not_open_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    look(tmp_path)
    assert "maintenance: " in caplog.text
    assert str(tmp_path / FILE) in caplog.text


def test_told_to_stop_it_breaks_off_what_it_does(db: Database, tmp_path: Path) -> None:
    begun = threading.Event()

    def for_ever(db: Database, options: ServiceOptions) -> str:
        begun.set()
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchall()
        return ""

    async def main() -> None:
        keeper = Maintenance(tmp_path / "data", (Task("for ever", 24, for_ever),))
        looking = asyncio.create_task(keeper.run_due(ServiceOptions()))
        await asyncio.to_thread(begun.wait)
        while not looking.done():
            await keeper.stop()
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), 20))
    assert maintenance.last_done(db, "for ever") is None


def test_the_log_is_emptied_unless_someone_reads(db: Database, tmp_path: Path) -> None:
    log = tmp_path / "data" / f"{FILE}-wal"
    assert log.stat().st_size > 0
    reader = sqlite3.connect(tmp_path / "data" / FILE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM articles").fetchone()
    store(db, article(2), now=NOW)
    assert not maintenance.checkpoint(db)
    reader.execute("COMMIT")
    reader.close()
    assert maintenance.checkpoint(db)
    assert log.stat().st_size == 0
    assert rows(db, "PRAGMA busy_timeout") == [(30_000,)]


def test_old_polls_that_brought_nothing_are_forgotten(db: Database) -> None:
    def crawl(days: float, outcome: str = "finished", **counts: int) -> None:
        then = add_seconds(NOW, -days * DAY)
        crawls.finish(db, crawls.begin(db, SITE, then), outcome, counts, then)

    crawl(500, new=1)
    crawl(30, read=1, links=30)
    crawl(20, read=1)
    crawl(10, read=1)
    crawl(10, "failed")
    crawl(10, new=1, fetched=1)
    crawl(1, read=1)
    assert maintenance.thin_crawls(db, NOW) == 3
    kept = rows(
        db, "SELECT links_listed, outcome, new, sources_read FROM crawls ORDER BY started, crawl"
    )
    assert kept == [
        (30, "finished", 0, 1),
        (0, "failed", 0, 0),
        (0, "finished", 1, 0),
        (0, "finished", 0, 1),
    ]


def test_crawls_that_a_kill_has_ended_are_on_record_as_such(db: Database) -> None:
    crawls.begin(db, SITE, NOW)
    crawls.begin(db, Site("other"), NOW)
    leases.acquire(db, "other", "someone", 3600, utc_now())
    assert maintenance.end_killed_crawls(db, utc_now()) == 1
    found = rows(db, "SELECT site, outcome FROM crawls ORDER BY site")
    assert found == [("news", "killed"), ("other", None)]


@pytest.mark.parametrize(
    ("ago", "due"), [(-86_400, True), (-1, True), (0, False), (3599, False), (3600, True)]
)
def test_a_task_that_was_done_in_the_future_is_due(db: Database, ago: float, due: bool) -> None:
    maintenance.mark_done(db, "checkpoint", add_seconds(NOW, -ago))
    assert maintenance.is_due(db, "checkpoint", 1, NOW) is due
