"""Refining again from the archive: the corpus comes back row for row, and gets better."""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from demo_world import World
from sqlite_utils import Database

from cli.main import warraq
from demo.expected import articles
from demo.server import serve
from demo.site_files import write_site_files
from demo.stories import Block
from items import Article, Rejected, Site
from pipelines.ingest.reprocess import Reprocessing, apply_since
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.slices import SliceResult, refine_in_order
from spiders.site_files import load_sites
from storage import job_progress
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import ReprocessScope
from storage.article_rows import current_version
from storage.database import open_database, transaction
from storage.reprocessed_articles import empty

pytestmark = pytest.mark.slow

LATER = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
REBUILD = "reprocess * * rebuild"
BODY = "أعلنت البلدية اليوم افتتاح الجسر الجديد بعد عام من العمل، وقالت إنه يخدم الأحياء الشرقية. "
NOW = "2026-11-22T00:00:00Z"
TABLES = (
    *("articles", "copies", "revisions", "removed_lines"),
    *("related", "frontier", "_archived_pages"),
)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's sites, crawled twice with changes between; their site files beside the data."""
    folder = tmp_path_factory.mktemp("data")
    with serve() as rooms:
        world = World(rooms, folder)
        world.crawl()
        for name in ("waha", "sanabel"):
            room, first = rooms[name], articles(name)[0]
            added = Block(
                "p", "وأضافت البلدية في بيان لاحق أن العمل سيستمر في موعده المقرر دون تغيير."
            )
            room.edit(first.path, modified=LATER, blocks=(*first.blocks, added))
        world.crawl("waha", "sanabel")
        write_site_files(rooms.values(), folder / "sites")
        yield folder


@pytest.fixture
def data(crawled: Path, tmp_path: Path) -> Path:
    shutil.copytree(crawled, tmp_path / "data")
    return tmp_path / "data"


def run(data: Path, *arguments: str) -> Result:
    sites = ["--sites", str(data / "sites")]
    return CliRunner().invoke(warraq, ["--data", str(data), *sites, "reprocess", *arguments])


def summary(result: Result) -> str:
    """Without the lines of progress, which a slow machine writes."""
    assert result.exit_code == 0, result.output
    return re.sub(r"^refining again: .*\n", "", result.output, flags=re.MULTILINE)


def rows(data: Path) -> dict[str, list[dict[str, Any]]]:
    with open_database(data) as db:
        return {table: _rows(db, table) for table in TABLES}


def _rows(db: Database, table: str) -> list[dict[str, Any]]:
    found = list(db[table].rows)
    for row in found:
        if table == "revisions":
            del row["revision"]
    return sorted(found, key=repr)


def differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[object]:
    """What differs, row by row; short enough to be read."""
    changed: list[object] = [
        {name: (value, new[name]) for name, value in old.items() if new[name] != value}
        for old, new in zip(before, after, strict=False)
        if old != new
    ]
    return changed + [len(before) - len(after)] * (len(before) != len(after))


def test_an_emptied_corpus_comes_back_row_for_row(data: Path) -> None:
    before = rows(data)
    result = run(data, "--rebuild")
    assert result.exit_code == 0, result.output
    after = rows(data)
    assert (len(before["articles"]), len(before["revisions"])) == (50, 2)
    for table in TABLES:
        assert differences(before[table], after[table]) == [], table


def test_what_the_rules_have_not_changed_stays_as_it_is(data: Path) -> None:
    before = rows(data)
    result = run(data)
    assert result.exit_code == 0, result.output
    assert "texts changed" not in summary(result)
    for table in TABLES:
        assert differences(before[table], rows(data)[table]) == [], table


def test_which_version_refined_a_text_is_filled_in_where_it_is_not_known(data: Path) -> None:
    versions = "SELECT DISTINCT refined_by FROM articles UNION SELECT refined_by FROM copies"
    with open_database(data) as db, transaction(db):
        assert db.execute(versions).fetchall() == [(current_version(),)]
        for table in ("articles", "copies"):
            db.execute(f"UPDATE {table} SET refined_by = NULL")
    assert "texts changed" not in summary(run(data, "--dry-run"))
    with open_database(data) as db:
        assert db.execute(versions).fetchall() == [(None,)]
    assert "texts changed" not in summary(run(data))
    with open_database(data) as db:
        assert db.execute(versions).fetchall() == [(current_version(),)]


def test_without_its_site_file_a_site_is_left_alone(data: Path) -> None:
    before = rows(data)
    (data / "sites" / "sanabel.toml").unlink()
    result = run(data)
    assert result.exit_code == 0, result.output
    assert "15 of sanabel left alone: there is no site file for it" in result.output
    assert differences(before["articles"], rows(data)["articles"]) == []
    for arguments in (["--rebuild"], ["--site", "sanabel"]):
        result = run(data, *arguments)
        assert result.exit_code == 1
        assert "There is no site file for sanabel" in result.output
    assert differences(before["articles"], rows(data)["articles"]) == []


def worsen(data: Path) -> tuple[int, str]:
    """An article as worse rules would have stored it; its number, and its text as it was."""
    with open_database(data) as db, transaction(db):
        number, text = db.execute("SELECT number, text FROM articles LIMIT 1").fetchone()
        worse = text + "\n\nاقرأ أيضاً في موقعنا كل ما فاتك من أخبار الأسبوع."
        sql = "UPDATE articles SET text = ?, text_hash = 'x', title = 'x' WHERE number = ?"
        db.execute(sql, [worse, number])
        db.execute("DELETE FROM _duplicate_queue")
    return number, text


def test_a_text_that_better_rules_change_becomes_a_revision(data: Path) -> None:
    number, text = worsen(data)
    assert "1 text changed" in run(data).output
    with open_database(data) as db:
        [row] = db.query("SELECT * FROM articles WHERE number = ?", [number])
        old = list(
            db.query("SELECT * FROM revisions WHERE article = ? AND cause NOT NULL", [number])
        )
    assert row["text"] == text
    assert row["title"] != "x"
    assert [item["cause"] for item in old] == ["reprocessed"]
    assert old[0]["text"].startswith(text)
    assert "texts changed" not in summary(run(data))


def test_a_dry_run_shows_what_would_change_and_changes_nothing(data: Path) -> None:
    worsen(data)
    before = rows(data)
    output = run(data, "--dry-run").output
    assert "1 text changed" in output
    assert "- \u2068اقرأ أيضاً في موقعنا كل ما فاتك من أخبار الأسبوع.\u2069" in output
    assert rows(data) == before


def counts(output: str) -> list[str]:
    return re.findall(r"^ *\d+ [a-z].*$", output.replace(", nothing stored", ""), re.MULTILINE)


def mix(data: Path) -> None:
    """An archive and a database in which pages come to every end but `lost`."""
    worsen(data)
    with open_database(data) as db, transaction(db):
        pages = list(
            db.query(
                "SELECT * FROM _archived_pages WHERE site = 'barid' AND outcome = 'new' "
                "AND revisit_of IS NULL ORDER BY page LIMIT 5"
            )
        )
        missing, rejected, stale, renamed, gone = pages
        for page in (missing, rejected):
            db.execute("DELETE FROM articles WHERE id = ?", [page["article"]])
            db.execute("DELETE FROM _duplicate_entries WHERE id = ?", [page["article"]])
        change = "UPDATE _archived_pages SET article = NULL, number = NULL, outcome = 'rejected'"
        db.execute(f"{change} WHERE page = ?", [rejected["page"]])
        # Archived once more: within the same second, and a month later.
        last = db.execute("SELECT max(page) FROM _archived_pages").fetchone()[0]
        later = missing | {"ingested_at": "2099-01-01T00:00:00Z"}
        for number, page in enumerate((missing, later, rejected), last + 1):
            db["_archived_pages"].insert(page | {"page": number})
        db.execute(f"{change} WHERE page = ?", [last + 3])
        change_time = "UPDATE _archived_pages SET ingested_at = ? WHERE page = ?"
        db.execute(change_time, [later["ingested_at"], stale["page"]])
        db.execute("UPDATE articles SET title = 'x' WHERE id = ?", [renamed["article"]])
        db.execute("UPDATE _archived_pages SET digest = 'sha1:X' WHERE page = ?", [gone["page"]])


def test_a_dry_run_counts_what_a_run_does(data: Path) -> None:
    mix(data)
    expected = counts(run(data, "--dry-run").output)
    assert counts(run(data).output) == expected
    assert len(expected) == 9, "every outcome is there"


def test_only_the_pages_asked_for_are_read(data: Path) -> None:
    every = int(summary(run(data, "--dry-run")).split()[0])
    waha = int(summary(run(data, "--dry-run", "--site", "waha")).split()[0])
    assert 0 < waha < every
    assert summary(run(data, "--dry-run", "--since", "2100-01-01")).startswith("0 pages")


def test_a_page_that_was_turned_away_and_is_an_article_now_is_stored(data: Path) -> None:
    with open_database(data) as db, transaction(db):
        new = "site = 'barid' AND outcome = 'new'"
        sql = f"SELECT page, article FROM _archived_pages WHERE {new} LIMIT 1"
        page, article = db.execute(sql).fetchone()
        change = "article = NULL, number = NULL, outcome = 'rejected'"
        sql = f"UPDATE _archived_pages SET {change} WHERE page = ?"
        db.execute(sql, [page])
        db.execute("DELETE FROM articles WHERE id = ?", [article])
        db.execute("DELETE FROM _duplicate_entries WHERE id = ?", [article])
        db.execute("UPDATE frontier SET state = 'rejected' WHERE article = ?", [article])
    assert "1 turned away before, and stored now" in run(data).output
    with open_database(data) as db:
        second = db.execute(
            "SELECT article, outcome FROM _archived_pages WHERE page = ?", [page]
        ).fetchone()
        state = db.execute("SELECT state FROM frontier WHERE article = ?", [article]).fetchone()
        assert db.execute("SELECT 1 FROM articles WHERE id = ?", [article]).fetchone()
    assert (second, state) == ((article, "new"), ("done",))


def test_an_article_whose_page_is_gone_is_left_alone(data: Path) -> None:
    before = rows(data)
    for file in archive_folder(data).iterdir():
        file.unlink()
    output = run(data).output
    assert "whose record cannot be read" in output
    assert rows(data)["articles"] == before["articles"]
    refused = run(data, "--rebuild")
    assert refused.exit_code == 1
    assert "would be lost" in refused.output
    archive_folder(data).rmdir()
    missing = run(data)
    assert missing.exit_code == 1
    assert f"put {archive_folder(data)} back" in missing.output
    assert rows(data)["articles"] == before["articles"]


@pytest.mark.parametrize(
    ("published", "taken"),
    [("2025-05-31T22:00:00Z", True), ("2025-05-31T20:59:59Z", False), (None, True)],
)
def test_since_is_a_day_in_the_zone_of_the_site(published: str | None, taken: bool) -> None:
    """A crawl takes what was published at one in the morning in Damascus, and so does this."""
    sites = {"news": Site("news", timezone="Asia/Damascus", since="2025-06-01")}
    article = Article("0" * 16, None, "news", None, (BODY,), published=published)
    result = SliceResult(1, "https://news.example/1", NOW, article)
    found = apply_since(result, {"site": "news", "article": None}, sites)
    assert found == article if taken else isinstance(found, Rejected)
    assert apply_since(result, {"site": "news", "article": article.id}, sites) == article


def test_an_interrupted_run_goes_on_where_it_was(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.ingest.reprocess.PAGES", 20)
    before = rows(data)
    settled = asyncio.run(first_slices(data, 3))
    result = run(data, "--rebuild")
    assert result.exit_code == 0, result.output
    assert f"{len(before['_archived_pages']) - settled} pages" in result.output
    after = rows(data)
    for table in TABLES:
        assert differences(before[table], after[table]) == [], table


async def first_slices(data: Path, count: int) -> int:
    """What a rebuild that is killed has settled by then, twice over: that changes nothing."""
    settled = 0
    with open_database(data) as db:
        last = db.execute("SELECT max(page) FROM _archived_pages").fetchone()[0]
        pages = Reprocessing(
            db, data, load_sites([data / "sites"]).sites, ReprocessScope(last), from_start=True
        )
        with transaction(db):
            empty(db)
            job_progress.begin_job(db, REBUILD, "", 0, pages.until, NOW)
        refiner = LocalRefiner(2)
        async for part, batch in refine_in_order(refiner, islice(pages.slices(0), count)):
            settled += pages.apply_batch(REBUILD, part, batch, NOW).total()
            assert not pages.apply_batch(REBUILD, part, batch, NOW)
        refiner.close()
    return settled


def test_imported_texts_come_back_too(tmp_path: Path) -> None:
    """Refined again where they came as texts; as they were where an export of ours wrote them."""
    data, exported = tmp_path / "data", tmp_path / "exported.jsonl"
    texts = tmp_path / "texts.jsonl"
    lines = [
        {"url": f"https://x.example/{n}", "title": f"عنوان {n}", "text": BODY * n} for n in (1, 2)
    ]
    texts.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    for folder, file in ((tmp_path / "first", texts), (data, exported)):
        result = CliRunner().invoke(warraq, ["--data", str(folder), "import", str(file)])
        assert result.exit_code == 0, result.output
        command = ["--data", str(folder), "export", str(exported)]
        assert CliRunner().invoke(warraq, command).exit_code == 0
    for folder in (tmp_path / "first", data):
        before = rows(folder)
        assert len(before["articles"]) == 2
        result = run(folder, "--rebuild")
        assert result.exit_code == 0, result.output
        for table in TABLES:
            assert differences(before[table], rows(folder)[table]) == [], table
