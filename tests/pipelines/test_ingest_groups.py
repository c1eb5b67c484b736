"""What came within a moment is one transaction; a page that fails in it takes no other with it, and
how a page ended is told once it is committed.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article, article_id, rows

from items import Article, Link, Page, Rejected
from pipelines.ingest import groups
from pipelines.ingest.groups import ArrivedPage, PageWriter, ingest_group
from pipelines.ingest.page import IngestPolicy, RefinedPage, ingest_page
from storage import frontier
from storage.database import FILE, StorageError, open_database

HERE = Path(__file__).parent
POLICY = IngestPolicy()
SITES = ("news", "other")


def address(sample: int) -> str:
    return f"https://{SITES[sample % 2]}.example/{sample}"


def refined(sample: int, **changes: Any) -> RefinedPage:
    """A page of one of two sites by turns."""
    url, site = address(sample), SITES[sample % 2]
    outcome = replace(article(sample, url=url, site=site), **changes)
    return RefinedPage(Page(url, url, b"", NOW), outcome, found_by="feed")


def broken(sample: int) -> RefinedPage:
    """One that fails when most of it has been written."""
    return refined(sample, id="no id")


def queue(db: Database, samples: range) -> None:
    for number, site in enumerate(SITES):
        own = [address(sample) for sample in samples if sample % 2 == number]
        frontier.add(db, site, [Link(url, url, "feed") for url in own], now=NOW)


def ids(db: Database) -> set[str]:
    return {id_ for (id_,) in rows(db, "SELECT id FROM articles")}


def queued(db: Database) -> set[str]:
    return {url for (url,) in rows(db, "SELECT url FROM frontier WHERE state = 'queued'")}


@pytest.fixture
def statements(db: Database) -> list[str]:
    seen: list[str] = []
    db.conn.set_trace_callback(seen.append)
    return seen


def test_a_page_that_fails_leaves_no_trace_and_the_others_alone(
    db: Database, statements: list[str]
) -> None:
    queue(db, range(5))
    statements.clear()
    pages = [refined(0), broken(1), refined(2), broken(3), refined(4)]
    ends = ingest_group(db, [ArrivedPage(page, POLICY) for page in pages], seconds=60)
    assert statements.count("COMMIT") == 1
    outcomes = [type(end).__name__ if isinstance(end, Exception) else end.outcome for end in ends]
    assert outcomes == ["new", "ValueError", "new", "ValueError", "new"]
    assert ids(db) == {article_id(sample) for sample in (0, 2, 4)}
    assert queued(db) == {address(1), address(3)}
    counted = "SELECT DISTINCT article FROM _site_articles ORDER BY article"
    assert rows(db, counted) == [(id_,) for id_ in sorted(ids(db))]


def found(db: Database, word: str) -> list[int]:
    sql = "SELECT rowid FROM _search WHERE _search MATCH ? ORDER BY rowid"
    return [number for (number,) in db.execute(sql, [word]).fetchall()]


def test_the_index_has_what_is_committed_and_is_written_once(
    db: Database, statements: list[str]
) -> None:
    first = tuple(f"قديم {line}" for line in refined(1).outcome.paragraphs)  # type: ignore[union-attr]
    again = tuple(line.replace("قديم", "جديد") for line in first)
    pages = [refined(0), refined(1, paragraphs=first), refined(1, paragraphs=again), broken(2)]
    for group in (pages[:3], pages):
        statements.clear()
        ingest_group(db, [ArrivedPage(page, POLICY) for page in group], seconds=60)
        assert statements.count("COMMIT") == 1
        assert (found(db, "قديم"), found(db, "جديد")) == ([], [1])
        assert rows(db, "SELECT * FROM _search_queue") == []
    db.execute("INSERT INTO _search (_search, rank) VALUES ('integrity-check', 0)")


def test_pages_that_can_be_stored_need_no_savepoint(db: Database, statements: list[str]) -> None:
    statements.clear()
    ingest_group(db, [ArrivedPage(refined(n), POLICY) for n in range(3)], seconds=60)
    assert not [statement for statement in statements if "SAVEPOINT" in statement]


def test_a_fault_that_the_commit_finds_is_of_one_page(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(db, range(3))

    def faulty(db: Database, page: RefinedPage, policy: IngestPolicy, now: str) -> object:
        result = ingest_page(db, page, policy, now)
        if page.page.key == address(1):
            db.execute(
                "INSERT INTO copies (id, original, kind, jaccard, containment, first_seen, "
                "last_seen, text, words, text_hash) VALUES (?, 999, '', 1, 1, '', '', '', 0, '')",
                [article_id(99)],
            )
        return result

    monkeypatch.setattr(groups, "ingest_page", faulty)
    pages = [ArrivedPage(refined(sample), POLICY) for sample in range(3)]
    ends = ingest_group(db, pages, seconds=60)
    assert [isinstance(end, Exception) for end in ends] == [False, True, False]
    assert ids(db) == {article_id(0), article_id(2)}
    assert queued(db) == {address(1)}


def test_a_full_disk_leaves_all_of_them_queued(db: Database) -> None:
    queue(db, range(3))
    [(pages,)] = rows(db, "PRAGMA page_count")
    rows(db, f"PRAGMA max_page_count = {pages + 8}")
    long = refined(1, paragraphs=("كلمة أخرى " * 20_000,))
    arrived = [ArrivedPage(page, POLICY) for page in (refined(0), long, refined(2))]
    with pytest.raises(StorageError, match="full"):
        ingest_group(db, arrived, seconds=60)
    assert ids(db) == set()
    assert len(queued(db)) == 3


def test_a_group_ends_with_its_time(db: Database) -> None:
    arrived = [ArrivedPage(refined(sample), POLICY) for sample in range(3)]
    assert len(ingest_group(db, arrived, seconds=0)) == 1
    assert len(ids(db)) == 1


def _ingested(db: Database, *pages: RefinedPage) -> list[object]:
    async def all_of_them() -> list[object]:
        writer = PageWriter(db)
        ingests = [writer.ingest(page, POLICY) for page in pages]
        return list(await asyncio.gather(*ingests, return_exceptions=True))

    return asyncio.run(all_of_them())


def test_two_sites_share_a_group_and_each_has_its_own_end(
    db: Database, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "_GROUP_SECONDS", 60.0)
    queue(db, range(4))
    rejected = replace(refined(3), outcome=Rejected(address(3), "too_short"))
    statements.clear()
    ends = _ingested(db, refined(0), refined(1), broken(2), rejected)
    assert [getattr(end, "outcome", type(end)) for end in ends] == [
        *("new", "new", ValueError, "rejected")
    ]
    assert rows(db, "SELECT site FROM articles ORDER BY site") == [("news",), ("other",)]
    assert queued(db) == {address(2)}


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_however_long_a_group_is_all_are_stored_in_their_order(
    db: Database, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(groups, "_GROUP_SECONDS", seconds)
    monkeypatch.setattr(groups, "_MAX_GROUP", 4)
    _ingested(db, *(refined(sample) for sample in range(10)))
    numbered = [id_ for (id_,) in rows(db, "SELECT id FROM articles ORDER BY number")]
    assert numbered == [article_id(sample) for sample in range(10)]


def test_how_a_page_ended_is_told_once_it_is_committed(db: Database, tmp_path: Path) -> None:
    async def read_when_told() -> int:
        with open_database(tmp_path) as reader:
            await PageWriter(db).ingest(refined(0), POLICY)
            return len(ids(reader))

    assert asyncio.run(read_when_told()) == 1


def test_a_page_whose_crawl_was_stopped_before_its_turn_stays_queued(db: Database) -> None:
    queue(db, range(2))

    async def stopped() -> None:
        writer = PageWriter(db)
        first = asyncio.ensure_future(writer.ingest(refined(0), POLICY))
        second = asyncio.ensure_future(writer.ingest(refined(1), POLICY))
        await asyncio.sleep(0)
        first.cancel()
        await second

    asyncio.run(stopped())
    assert queued(db) == {address(0)}
    assert ids(db) == {article_id(1)}


KILLED = """
import os, signal, sys
from pathlib import Path
import test_ingest_groups as t
from pipelines.ingest import groups
from storage.database import open_database

ingest, left = groups.ingest_page, [int(sys.argv[2])]

def killed(*arguments):
    result = ingest(*arguments)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

groups.ingest_page = killed
with open_database(Path(sys.argv[1])) as db:
    for first in (0, 4, 8):
        pages = [t.ArrivedPage(t.refined(n), t.POLICY) for n in range(first, first + 4)]
        groups.ingest_group(db, pages, seconds=60)
"""


@pytest.mark.parametrize("after", [1, 4, 6, 12])
def test_a_kill_within_a_group_takes_that_group_alone(
    tmp_path: Path, after: int, rest: Callable[[Path], set[str]]
) -> None:
    """Between a page and the commit: what is in flight is queued, what came before is stored."""
    with open_database(tmp_path) as db:
        queue(db, range(12))
    process = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path, str(after)],
        cwd=HERE.parents[1],
        env=os.environ | {"PYTHONPATH": f"{HERE}:{HERE.parent / 'support'}:."},
        check=False,
    )
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / FILE).exists()
    stored = (after - 1) // 4 * 4
    with open_database(tmp_path) as db:
        assert ids(db) == {article_id(sample) for sample in range(stored)}
        assert queued(db) == {address(sample) for sample in range(stored, 12)}
        assert rows(db, "PRAGMA integrity_check") == [("ok",)]
        assert rows(db, "PRAGMA foreign_key_check") == []
    assert rest(tmp_path) == {article_id(sample) for sample in range(12)}


@pytest.fixture
def rest() -> Callable[[Path], set[str]]:
    """Stores what a kill has left in the queue; the ids of all articles."""

    def store_rest(folder: Path) -> set[str]:
        with open_database(folder) as db:
            samples = sorted(int(url.rpartition("/")[2]) for url in queued(db))
            _ingested(db, *(refined(sample) for sample in samples))
            assert queued(db) == set()
            return ids(db)

    return store_rest


def test_an_article_of_no_text_is_refused_alone(db: Database) -> None:
    empty = Article(article_id(0), address(0), "news", "", ())
    page = RefinedPage(Page(address(0), address(0), b"", NOW), empty)
    first, second = ingest_group(db, [ArrivedPage(p, POLICY) for p in (page, refined(1))], 60)
    assert isinstance(first, ValueError)
    assert not isinstance(second, Exception)
