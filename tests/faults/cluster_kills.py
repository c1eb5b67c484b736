"""kill -9 of workers, the scheduler and the writer at random, while a web archive is imported and the
demo's sites are crawled: at the end the database is the same as without a cluster.

usage: python -m tests.faults.cluster_kills [--kills 20] [--pages 6000] [--seed 1]

Compared row for row: after the import all tables without the times at which rows were written
(`same_rows.TIMES`); after the crawl, whose pages come in a different order each time, articles,
copies, removed lines, addresses and archived pages, by the article's id instead of its number.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.data.cluster_farm import Farm
from benchmarks.data.generated_warc import write_archive
from demo.newsroom import Newsroom
from demo.server import serve
from demo.site_files import write_site_files
from storage.database import FILE, open_database
from tests.faults.kills import missing
from tests.faults.same_rows import differences, disagreements

_WORKERS = 3
_PATIENCE = 300.0
VICTIMS = ("worker", "scheduler", "writer")
# A crawl's pages come in a different order each time, and articles are numbered as they come.
_BY_ID = {
    "articles": "SELECT * FROM articles",
    "copies": "SELECT articles.id AS original_id, copies.* FROM copies "
    "JOIN articles ON articles.number = copies.original",
    "removed lines": "SELECT articles.id, position, reason, removed_lines.text FROM removed_lines "
    "JOIN articles ON removed_lines.article = articles.number",
    "frontier": "SELECT * FROM frontier",
    "validators": "SELECT url, etag, last_modified FROM _http_validators",
    # Which of two copies was the first is a matter of order; what they are in the end is not.
    "archived pages": "SELECT DISTINCT url, final_url, kind, digest, response_part, reason "
    "FROM _archived_pages WHERE outcome <> 'unchanged'",
}
# Where two addresses lead to one article, what the first one's list said of it is kept.
_ORDER = {"number", "original", "modified"}


@dataclass(slots=True)
class Report:
    kills: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Play:
    """A writer with a cluster, and who is killed. `command` is the writer's, after `warraq`."""

    def __init__(
        self, farm: Farm, data: Path, command: Sequence[str], chance: random.Random
    ) -> None:
        self.farm = farm
        self.chance = chance
        self.killed: Counter[str] = Counter()
        self._start = partial(start, data, command, farm.address)
        self.writer = self._start()

    def kill(self, victim: str) -> None:
        if victim == "worker":
            self.farm.kill_worker(self.chance.randrange(_WORKERS))
            self.farm.start_worker()
        elif victim == "scheduler":
            self.farm.kill_scheduler()
            self.farm.start_scheduler()
        else:
            os.killpg(self.writer.pid, signal.SIGKILL)
            self.writer.wait()
            self.writer = self._start()
        self.killed[victim] += 1


def start(data: Path, command: Sequence[str], cluster: str = "") -> "subprocess.Popen[bytes]":
    data.mkdir(parents=True, exist_ok=True)
    option = ["--cluster", cluster] if cluster else []
    environment = os.environ | {
        "WARRAQ_CONTACT": "none",
        "WARRAQ_SITES": str(data.parent / "sites"),
        "WARRAQ_DISK_FLOOR_MB": "1",
        "WARRAQ_WORKERS": str(_WORKERS),
    }
    with (data.parent / "writer.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cli", "--data", str(data), *option, *command],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def take_in(
    farm: Farm, folder: Path, victims: Sequence[str], pages: int, chance: random.Random
) -> Report:
    """A web archive: without a cluster, then with one and kills at random places of the file."""
    folder.mkdir(parents=True)
    file, report, began = folder / "news.warc.gz", Report(), time.monotonic()
    write_archive(file, pages)
    if start(folder / "alone", ["import", str(file)]).wait(_PATIENCE):
        report.problems.append("the import alone failed")
    play = Play(farm, folder / "killed", ["import", str(file)], chance)
    # The last slice may be the one that is left.
    places = sorted(chance.uniform(0, 0.9 * file.stat().st_size) for _ in victims)
    for victim, place in zip(victims, places, strict=True):
        _until(partial(_has_come_to, place, folder / "killed"), often=0.02)
        time.sleep(chance.uniform(0, 0.5))
        play.kill(victim)
    if play.writer.wait(_PATIENCE):
        report.problems.append(f"the import ended with {play.writer.returncode}")
    with open_database(folder / "alone") as first, open_database(folder / "killed") as second:
        report.problems += differences(first, second, without={"sites": ("*",)})
    report.kills, report.seconds = play.killed, time.monotonic() - began
    return report


def _has_come_to(place: float, data: Path) -> bool:
    return _taken_in(data) >= place


def _taken_in(data: Path) -> int:
    """Bytes of the file that are imported; -1 before the first writer has begun."""
    if not (data / FILE).exists():
        return -1
    with closing(sqlite3.connect(data / FILE, timeout=30)) as db:
        try:
            row = db.execute("SELECT done_until FROM _jobs").fetchone()
        except sqlite3.OperationalError:
            return -1
    return int(row[0]) if row else -1


def crawl(farm: Farm, folder: Path, kills: int, chance: random.Random) -> Report:
    """The demo's sites: without a cluster, then with one and kills."""
    folder.mkdir(parents=True)
    report, began = Report(), time.monotonic()
    with serve() as rooms:
        for file in write_site_files(rooms.values(), folder / "sites"):
            text = file.read_text("utf-8").replace("delay = 0.01", "delay = 0.2")
            file.write_text(text + "every = 0.02\n", "utf-8")
        alone = start(folder / "alone", ["run", *rooms])
        _until(lambda: _is_complete(folder / "alone", rooms))
        _end(alone)
        play = Play(farm, folder / "killed", ["run", *rooms], chance)
        for _ in range(kills):
            time.sleep(chance.uniform(0.5, 2.0))
            play.kill(chance.choice(VICTIMS))
        _until(lambda: _is_complete(folder / "killed", rooms))
        _end(play.writer)
    with open_database(folder / "alone") as first, open_database(folder / "killed") as second:
        report.problems += disagreements(first, second, _BY_ID, without=_ORDER)
    report.kills, report.seconds = play.killed, time.monotonic() - began
    return report


def _is_complete(data: Path, rooms: Mapping[str, Newsroom]) -> bool:
    if not (data / FILE).exists():
        return False
    with open_database(data) as db:
        return missing(db, rooms) == []


def _until(holds: Callable[[], bool], often: float = 0.3) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("it does not end")
        time.sleep(often)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(_PATIENCE)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance, problems = random.Random(chosen.seed), 0
    folder = Path(tempfile.mkdtemp(prefix="warraq-cluster-"))
    with Farm(folder) as farm:
        farm.start_scheduler()
        for _ in range(_WORKERS):
            farm.start_worker()
        few, victims = chosen.kills // 2, chance.choices(VICTIMS, k=chosen.kills)
        plays: dict[str, Callable[[], Report]] = {
            "web archive": partial(take_in, farm, folder / "a", victims, chosen.pages, chance),
            "demo sites": partial(crawl, farm, folder / "b", few, chance),
        }
        for title, play in plays.items():
            report = play()
            print(f"{title}: {report.seconds:.0f} s, killed {dict(report.kills)}", flush=True)
            print(*(report.problems or ["the same, row for row"]), sep="\n", flush=True)
            problems += len(report.problems)
    if problems:
        print(f"what they left is in {folder}")
    else:
        shutil.rmtree(folder)
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main())
