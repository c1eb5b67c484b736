"""A kill at any instant loses nothing that was committed, and leaves nothing half-written."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, article_id, rows

from items import Article, Hints, Link
from storage import frontier
from storage.article_rows import get
from storage.articles import store
from storage.database import open_database

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent

ARTICLES = 120
KILLS = 12
# How many articles later a kill lands at the latest: however busy the machine is, it hits a crawl.
LATE = 8

CRAWL = """
import sys
from pathlib import Path
from test_storage_kills import crawl
crawl(Path(sys.argv[1]), until=int(sys.argv[2]))
sys.stdin.read()
"""


def crawl(folder: Path, *, until: int = 0) -> None:
    """The rest of two crawls of the same articles: the second finds all of them modified. `until`:
    print each, and after so many of them wait to be killed.
    """
    printed = 0
    with open_database(folder) as db:
        for modified in (None, LATER):
            hints = Hints(modified=modified)
            urls = [url(sample) for sample in range(ARTICLES)]
            links = [Link(url_, url_, "feed", hints, html="<p>") for url_ in urls]
            frontier.add(db, "news", links, now=NOW)
            while queue := frontier.take(db, "news", 1, now=NOW):
                sample = int(queue[0].link.url.rpartition("/")[2])
                store(db, version(db, sample), now=NOW, key=url(sample))
                if until:
                    sys.stdout.write(f"{sample}\n")
                    sys.stdout.flush()
                    printed += 1
                    if printed == until:
                        sys.stdin.read()


def version(db: Database, sample: int) -> Article:
    known = get(db, article_id(sample)) is not None
    return article(sample) if known else article(sample, paragraphs=(f"نص أول {sample}",))


def url(sample: int) -> str:
    return f"https://news.example/story/{sample}"


def killed(folder: Path, after: int) -> tuple[int, set[int]]:
    """How a crawl ends that is killed `after` articles or a bit later, and what it has stored."""
    process = subprocess.Popen(
        [sys.executable, "-c", CRAWL, folder, str(after + LATE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=HERE.parents[1],
        env=os.environ | {"PYTHONPATH": f"{HERE}:{HERE.parent / 'support'}:."},
        text=True,
    )
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        printed = [line for _ in range(after) if (line := process.stdout.readline())]
        process.send_signal(signal.SIGKILL)
        code = process.wait()
        printed += process.stdout.readlines()
    return code, {int(line) for line in printed if line.endswith("\n")}


def check(db: Database) -> None:
    assert rows(db, "PRAGMA integrity_check") == [("ok",)]
    assert rows(db, "PRAGMA foreign_key_check") == []
    lines = (
        "SELECT number, (SELECT count(*) FROM removed_lines WHERE article = number) FROM articles"
    )
    assert {count for _, count in rows(db, lines)} <= {2}
    stored = {id for (id,) in rows(db, "SELECT id FROM articles")}
    visited = "SELECT article FROM frontier WHERE article IS NOT NULL AND url LIKE '%/story/%'"
    assert {id for (id,) in rows(db, visited)} == stored
    done = "SELECT count(*) FROM frontier WHERE state = 'done' AND article IS NULL"
    assert rows(db, done) == [(0,)]
    assert rows(db, "SELECT count(*) FROM frontier WHERE url LIKE '%/story/%'") in (
        [(0,)],
        [(ARTICLES,)],
    )


def contents(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row; numbers are given in the order of the crawl."""
    tables = ("articles", "removed_lines", "revisions", "frontier", "sites", "copies")
    return {table: sorted(rows(db, f"SELECT * FROM {table}")) for table in tables}


def test_killed_again_and_again_a_crawl_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    chance = random.Random(20261101)
    reported: set[int] = set()
    codes = []
    for _ in range(KILLS):
        code, printed = killed(tmp_path / "killed", chance.randrange(0, 16))
        reported |= printed
        codes.append(code)
        if (tmp_path / "killed").exists():
            with open_database(tmp_path / "killed") as db:
                check(db)
                stored = {id for (id,) in rows(db, "SELECT id FROM articles")}
                assert {article_id(sample) for sample in reported} <= stored
    assert set(codes) == {-signal.SIGKILL}
    crawl(tmp_path / "killed")
    crawl(tmp_path / "whole")
    with open_database(tmp_path / "killed") as left, open_database(tmp_path / "whole") as whole:
        check(left)
        assert rows(left, "SELECT count(*) FROM articles") == [(ARTICLES,)]
        assert contents(left) == contents(whole)
