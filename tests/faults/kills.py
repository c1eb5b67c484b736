"""kill -9 of the whole service at random instants while its sites publish and edit, and what is wrong
at the end: on good days, and on days when the sites answer badly.

usage: python -m tests.faults.kills [--rounds 50] [--seed 1]
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlite_utils import Database

from demo.expected import check_stored, printed_url
from demo.newsroom import Newsroom
from demo.server import serve
from demo.site_files import write_site_files
from items import Page
from storage.archive.page_rows import of_article
from storage.archive.pointer import OPEN, archive_folder
from storage.archive.read_pages import read_page
from storage.archive.retention import sizes
from storage.archive.verify import verify_archive
from storage.database import open_database
from tests.faults.faulty_sites import Newsdesk, bad_days
from text.timestamps import utc_now

_AT_EVERY_INSTANT: dict[str, list[tuple[object, ...]]] = {
    "PRAGMA integrity_check": [("ok",)],
    "PRAGMA foreign_key_check": [],
    "SELECT url FROM articles GROUP BY url HAVING count(*) > 1": [],
    "SELECT url FROM frontier WHERE state = 'done' AND article IS NULL": [],
    "SELECT articles.url FROM revisions JOIN articles ON article = number "
    "WHERE revisions.text_hash = articles.text_hash": [],
}


def unsound(db: Database) -> list[str]:
    """The queries of `_AT_EVERY_INSTANT` with another result."""
    found = {sql: [tuple(row) for row in db.execute(sql).fetchall()] for sql in _AT_EVERY_INSTANT}
    return [f"{sql}: {rows}" for sql, rows in found.items() if rows != _AT_EVERY_INSTANT[sql]]


def missing(db: Database, rooms: Mapping[str, Newsroom]) -> list[str]:
    """Articles that are not stored as they were printed last, or that are stored twice."""
    printed = {
        room.base: [printing for printing in room.printings() if not printing.trap]
        for room in rooms.values()
    }
    return check_stored(db, printed).problems


def astray(db: Database, folder: Path) -> list[str]:
    """Records that are damaged, and rows that point to no record."""
    return [f"archive: {problem}" for problem in verify_archive(db, folder).problems]


def unarchived(db: Database, folder: Path) -> list[str]:
    """Texts whose page is not in the archive."""
    known = db.execute("SELECT id, url FROM articles UNION SELECT id, url FROM copies").fetchall()
    return [
        f"{url}: its page is not in the archive" for id, url in known if not _pages(db, folder, id)
    ]


def left_open(folder: Path) -> list[str]:
    """Archive files that are still open after an orderly stop."""
    return [
        f"archive: {name} was left open"
        for name in sizes(archive_folder(folder))
        if name.endswith(OPEN)
    ]


def _pages(db: Database, folder: Path, article: str) -> list[Page]:
    return [read_page(db, folder, row) for row in of_article(db, article)]


def unrevised(db: Database, rooms: Mapping[str, Newsroom], desk: Newsdesk) -> list[str]:
    """Edits of stored articles without a revision."""
    sql = "SELECT url FROM articles WHERE number IN (SELECT article FROM revisions)"
    revised = {url for (url,) in db.execute(sql).fetchall()}
    fresh = {printing.path for printing in desk.published}
    edited = [(rooms[name], path) for name, path in desk.edited if path not in fresh]
    return [
        f"{room.outlet.name} {path}: edited, and there is no revision"
        for room, path in edited
        if (printing := room.at(path)) and printed_url(room.base, printing) not in revised
    ]


def troubles(folder: Path, rooms: Mapping[str, Newsroom], desk: Newsdesk) -> list[str]:
    """All problems at the end, as sentences."""
    with open_database(folder) as db:
        lost = [f"{problem} ({_state(db, problem)})" for problem in missing(db, rooms)]
        found = [*unsound(db), *lost, *unrevised(db, rooms, desk)]
        found += [*astray(db, folder), *unarchived(db, folder), *left_open(folder)]
    log = (folder / "log").read_text()
    words = ("database is locked", "Traceback", "a fault of ours", "internal error")
    return found + [f"the log says: {word}" for word in words if word in log]


def _state(db: Database, problem: str) -> str:
    """Where the frontier has the address that a problem names; one that it never had was in no list
    while the site was asked.
    """
    path = problem.partition(": ")[0].rpartition(" ")[2]
    row = db.execute("SELECT state FROM frontier WHERE url LIKE ?", [f"%{path}"]).fetchone()
    return row[0] if row else "never listed"


_PATIENCE = 90.0
_TIMEOUT = 1.5


@dataclass(slots=True)
class Report:
    """`amid`: kills that hit while a crawl was going on. `problems` are sentences."""

    kills: int = 0
    amid: int = 0
    published: int = 0
    edited: int = 0
    faults: int = 0
    articles: int = 0
    revisions: int = 0
    pages: int = 0
    orphans: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def play(
    rounds: int, folder: Path, *, seed: int, faults: float = 0.0, longest: float = 8.0
) -> Report:
    """`rounds` kills, each at a random instant of the `longest` seconds after the sites were asked
    first, every third one of those before it; then a last run until all articles are stored. A feed has
    the latest ten stories, and of what is published faster than it is asked nobody knows.
    """
    chance, report, began = random.Random(seed), Report(), time.monotonic()
    with bad_days(seed, 2 * _TIMEOUT) as day, serve() as rooms:
        _write_sites(rooms, folder / "sites")
        _live(folder, rooms, until_quiet=True)
        desk = Newsdesk(rooms, seed, pause=1.6)
        desk.start()
        day.rate = faults
        for number in range(rounds):
            seconds = chance.uniform(0.0, longest)
            _live(folder, rooms, seconds=seconds, from_request=number % 3 != 2)
            _look_at(folder, report)
        desk.close()
        report.faults, day.rate = day.done, 0.0
        _live(folder, rooms, until_quiet=True)
        _conclude(folder, rooms, desk, report)
    report.seconds = time.monotonic() - began
    return report


def _write_sites(rooms: Mapping[str, Newsroom], folder: Path) -> None:
    for file in write_site_files(rooms.values(), folder):
        file.write_text(file.read_text("utf-8") + "every = 0.02\n", "utf-8")


def _live(
    folder: Path,
    rooms: Mapping[str, Newsroom],
    *,
    seconds: float = 0,
    from_request: bool = False,
    until_quiet: bool = False,
) -> None:
    """Run the service and kill it after `seconds`, counted from its start or from its first request
    (on a busy machine the workers, which read the feeds, take longer to start than a life lasts), or
    stop it in order.
    """
    _let_time_pass(folder)
    before = _asked(rooms)
    with _service(folder, rooms) as process:
        patience = time.monotonic() + _PATIENCE
        while from_request and _asked(rooms) == before and time.monotonic() < patience:
            time.sleep(0.02)
        deadline = time.monotonic() + (_PATIENCE if until_quiet else seconds)
        while time.monotonic() < deadline and not (until_quiet and _is_complete(folder, rooms)):
            time.sleep(0.25 if until_quiet else max(deadline - time.monotonic(), 0))
        if until_quiet:
            process.terminate()
            process.wait(_PATIENCE)


def _asked(rooms: Mapping[str, Newsroom]) -> int:
    return sum(room.request_counts().total() for room in rooms.values())


@contextmanager
def _service(folder: Path, rooms: Mapping[str, Newsroom]) -> "Iterator[subprocess.Popen[bytes]]":
    environment = os.environ | {
        "WARRAQ_SITES": str(folder / "sites"),
        "WARRAQ_WORKERS": "2",
        "WARRAQ_TIMEOUT": str(_TIMEOUT),
        "WARRAQ_DISK_FLOOR_MB": "1",
        "WARRAQ_CONTACT": "none",
    }
    command = [sys.executable, "-m", "cli", "--data", str(folder), "run", *rooms]
    log = folder / "log"
    start = log.stat().st_size if log.exists() else 0
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=environment, stderr=out, stdout=out, start_new_session=True
        )
    try:
        while b"polling" not in log.read_bytes()[start:] and process.poll() is None:
            time.sleep(0.02)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _let_time_pass(folder: Path) -> None:
    """While no service runs: pauses after failures last minutes and hours."""
    if not (folder / "warraq.db").exists():
        return
    with open_database(folder) as db:
        db.execute("UPDATE sites SET next_poll = NULL")
        for column in ("started", "finished"):
            db.execute(
                f"UPDATE crawls SET {column} = strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-1 day')"
            )
        db.execute("UPDATE frontier SET due = ? WHERE state = 'queued'", [utc_now()])


def _look_at(folder: Path, report: Report) -> None:
    report.kills += 1
    with open_database(folder) as db:
        report.amid += bool(
            db.execute("SELECT 1 FROM crawls WHERE finished IS NULL LIMIT 1").fetchone()
        )
        report.problems += [*unsound(db), *astray(db, folder)]


def _is_complete(folder: Path, rooms: Mapping[str, Newsroom]) -> bool:
    with open_database(folder) as db:
        return missing(db, rooms) == []


def _conclude(folder: Path, rooms: Mapping[str, Newsroom], desk: Newsdesk, report: Report) -> None:
    report.published, report.edited = len(desk.published), len(desk.edited)
    report.problems += troubles(folder, rooms, desk)
    with open_database(folder) as db:
        report.articles, report.revisions = db["articles"].count, db["revisions"].count
        archived = verify_archive(db, folder)
        report.pages, report.orphans = archived.pages, archived.orphans


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    problems = 0
    for title, faults in (("good days", 0.0), ("bad days", 0.15)):
        folder = Path(tempfile.mkdtemp(prefix="warraq-kills-"))
        report = play(chosen.rounds, folder, seed=chosen.seed, faults=faults)
        print(title, *(f"  {name:10} {value}" for name, value in asdict(report).items()), sep="\n")
        problems += len(report.problems)
        if not report.problems:
            shutil.rmtree(folder)
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main())
