"""kill -9 of a takedown at random instants: after the next start all of it is gone, or nothing.

usage: python -m tests.faults.takedown_kills [--rounds 20] [--seed 1]
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from storage.archive.page_rows import of_article
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import read_page
from storage.archive.verify import verify_archive
from storage.archive.warc_file import WarcWriter
from storage.database import open_database
from storage.takedown.remove import finish_takedowns, is_unfinished
from tests.faults.kills import unsound

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "support"))
from takedowns import crawl_story, prose, secret, story, traces  # noqa: E402

ARTICLES, GONE = 120, range(10, 70)

FORGET = """
import sys
from pathlib import Path
from storage.database import open_database
from storage.takedown.remove import forget
from storage.takedown.targets import of_site
with open_database(Path(sys.argv[1])) as db:
    print("ready", flush=True)
    sys.stdin.readline()
    forget(db, of_site(db, "news", before="2026-10-15"), "asked to", "2026-11-02T06:00:00Z")
"""


@dataclass(slots=True)
class TakedownKills:
    """`all_gone`, `all_there`: how it was after the next start; `amid`: with something left to do."""

    kills: int = 0
    amid: int = 0
    all_gone: int = 0
    all_there: int = 0
    problems: list[str] = field(default_factory=list)


def fill(data: Path) -> None:
    with open_database(data) as db:
        writer = WarcWriter(archive_folder(data), {})
        for number in range(ARTICLES):
            day = "10" if number in GONE else "20"
            published = f"2026-10-{day}T08:00:00Z"
            crawl_story(db, writer, story(number, published=published))
            if number % 10 == 0:
                other = story(
                    number, "other", paragraphs=prose(number), published="2026-10-25T08:00:00Z"
                )
                crawl_story(db, writer, other)
        writer.finish()


def play(rounds: int, folder: Path, seed: int) -> TakedownKills:
    chance, report, whole = random.Random(seed), TakedownKills(), folder / "whole"
    whole.mkdir()
    fill(whole)
    longest = _run(shutil.copytree(whole, folder / "first"), None)
    for number in range(rounds):
        data = shutil.copytree(whole, folder / f"round-{number}")
        _run(data, chance.uniform(0, longest))
        _look_at(data, report)
        shutil.rmtree(data)
    return report


def _run(data: Path, seconds: float | None) -> float:
    """A takedown, killed after so many `seconds`; returns how long it took."""
    path = os.pathsep.join([str(HERE.parents[1]), str(HERE.parent / "support")])
    process = subprocess.Popen(
        [sys.executable, "-c", FORGET, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        process.stdout.readline()
        process.stdin.write(b"go\n")
        process.stdin.flush()
        began = time.monotonic()
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        code = process.wait()
    assert seconds is not None or code == 0
    return time.monotonic() - began


def _look_at(data: Path, report: TakedownKills) -> None:
    report.kills += 1
    with open_database(data) as db:
        report.amid += is_unfinished(db)
        finish_takedowns(db)
        report.problems += [*unsound(db), *verify_archive(db, data).problems]
        found = db.execute("SELECT id FROM articles WHERE site = 'news'").fetchall()
        stored = {id_ for (id_,) in found}
        readable = {id_ for id_ in stored if _is_readable(data, id_)}
        others = db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM articles WHERE site = 'other' UNION ALL SELECT 1 FROM copies WHERE site = 'other')"
        ).fetchone()[0]
    wanted = {story(number).id for number in range(ARTICLES)}
    staying = wanted - {story(number).id for number in GONE}
    if readable != stored or others != ARTICLES // 10:
        report.problems.append("an article that stays is not whole")
    if stored == wanted:
        report.all_there += 1
    elif stored == staying:
        report.all_gone += 1
        report.problems += [
            place for number in GONE if number % 10 for place in traces(data, secret(number))
        ]
    else:
        report.problems.append(f"{len(wanted - stored)} of {len(GONE)} articles are gone")


def _is_readable(data: Path, article: str) -> bool:
    with open_database(data) as db:
        return all(read_page(db, data, row).body for row in of_article(db, article))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warraq-takedown-") as folder:
        report = play(chosen.rounds, Path(folder), chosen.seed)
    print(report)
    return min(len(report.problems), 1)


if __name__ == "__main__":
    sys.exit(main())
