"""kill -9 of the whole service, again and again, while its sites publish and edit: what is there at
the end. On good days, and on days when the sites answer badly.

usage: python -m benchmarks.kills [--rounds 50] [--seed 1]
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

from benchmarks.kills_verdict import astray, missing, troubles, unsound
from benchmarks.newsdesk import Newsdesk
from demo.newsroom import Newsroom
from demo.server import serve
from demo.site_files import write_site_files
from storage.archive.verify import check
from storage.database import open_database
from tests.faults.faulty_sites import bad_days
from text.timestamps import utc_now

_PATIENCE = 90.0
_TIMEOUT = 1.5


@dataclass(slots=True)
class Report:
    """`amid`: kills that hit while a crawl was going on. `problems` are sentences; none is well."""

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
    rounds: int, folder: Path, *, seed: int, faults: float = 0.0, longest: float = 4.0
) -> Report:
    """`rounds` kills, each at a random instant in the first `longest` seconds of polling; then a last
    run until all is quiet.
    """
    chance, report, began = random.Random(seed), Report(), time.monotonic()
    with bad_days(seed, 2 * _TIMEOUT) as day, serve() as rooms:
        _write_sites(rooms, folder / "sites")
        _live(folder, rooms, until_quiet=True)
        desk = Newsdesk(rooms, seed, pause=0.4)
        desk.start()
        day.rate = faults
        for _ in range(rounds):
            _live(folder, rooms, seconds=chance.uniform(0.0, longest))
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
    folder: Path, rooms: Mapping[str, Newsroom], *, seconds: float = 0, until_quiet: bool = False
) -> None:
    """A service from its start to its end: killed after `seconds`, or stopped in order."""
    _let_time_pass(folder)
    with _service(folder, rooms) as process:
        deadline = time.monotonic() + (_PATIENCE if until_quiet else seconds)
        while time.monotonic() < deadline and not (until_quiet and _is_complete(folder, rooms)):
            time.sleep(0.25 if until_quiet else max(deadline - time.monotonic(), 0))
        if until_quiet:
            process.terminate()
            process.wait(_PATIENCE)


@contextmanager
def _service(folder: Path, rooms: Mapping[str, Newsroom]) -> "Iterator[subprocess.Popen[bytes]]":
    environment = os.environ | {
        "WARRAQ_SITES": str(folder / "sites"),
        "WARRAQ_WORKERS": "2",
        "WARRAQ_TIMEOUT": str(_TIMEOUT),
        "WARRAQ_DISK_FLOOR_MB": "1",
    }
    command = [sys.executable, "-m", "cli", "--data", str(folder), "run", *rooms]
    log = folder / "log"
    said = log.stat().st_size if log.exists() else 0
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=environment, stderr=out, stdout=out, start_new_session=True
        )
    try:
        while b"polling" not in log.read_bytes()[said:] and process.poll() is None:
            time.sleep(0.02)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _let_time_pass(folder: Path) -> None:
    """While no service lives: pauses after failures are of minutes and hours."""
    if not (folder / "warraq.db").exists():
        return
    with open_database(folder) as db:
        db.execute("UPDATE sites SET next_poll = NULL")
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
        archived = check(db, folder)
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
