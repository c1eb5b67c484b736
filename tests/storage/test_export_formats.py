"""The corpus as Parquet and as WARC, read back by other programs."""

import builtins
import shutil
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from demo_world import World
from fastwarc.warc import ArchiveIterator
from pyarrow import parquet
from warcio.checker import Checker

from cli.main import warraq
from demo.server import serve
from items import Article
from storage.archive.pointer import archive_folder
from storage.articles import store
from storage.database import open_database, transaction
from storage.formats.export import export

NOW = "2026-11-22T00:00:00Z"


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages from a site's own interface, and from its pages; and a text that came without any."""
    folder = tmp_path_factory.mktemp("data")
    with serve(["waha", "sanabel"]) as rooms:
        World(rooms, folder).crawl()
    with open_database(folder) as db:
        text = ("نص بلا صفحة، جاء من ملف قديم.",)
        imported = Article("0" * 16, None, None, "عنوان", text, published="2023-06-21T16:16")
        store(db, imported, now=NOW)
    return folder


@pytest.fixture
def data(crawled: Path, tmp_path: Path) -> Path:
    shutil.copytree(crawled, tmp_path / "data")
    return tmp_path / "data"


def run(data: Path, dest: Path) -> Result:
    return CliRunner().invoke(warraq, ["--data", str(data), "export", str(dest)])


def articles(data: Path) -> list[dict[str, Any]]:
    with open_database(data) as db:
        return list(db.query("SELECT * FROM articles ORDER BY number"))


def test_parquet_has_every_article_with_lists_and_times(data: Path, tmp_path: Path) -> None:
    dest = tmp_path / "corpus.parquet"
    assert run(data, dest).exit_code == 0
    read, stored = parquet.read_table(dest).to_pylist(), articles(data)
    assert len(read) == len(stored) > 20
    for name in ("number", "id", "url", "site", "title", "text", "words", "author", "found_by"):
        assert [row[name] for row in read] == [row[name] for row in stored]
    first = next(row for row in read if row["site"] == "waha")
    assert isinstance(first["tags"], list)
    assert first["published"].tzinfo is not None
    assert read[-1]["published"] == datetime(2023, 6, 21, 16, 16, tzinfo=UTC)


def test_without_pyarrow_the_option_says_what_to_install(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "pyarrow":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    result = run(data, tmp_path / "corpus.parquet")
    assert result.exit_code == 1
    assert "pip install 'warraq[parquet]'" in result.output
    assert list(tmp_path.iterdir()) == [data]


@pytest.mark.parametrize("name", ["corpus.warc.gz", "corpus.warc"])
def test_a_warc_has_each_article_s_page_or_its_text(data: Path, tmp_path: Path, name: str) -> None:
    dest = tmp_path / name
    assert run(data, dest).exit_code == 0
    assert Checker(SimpleNamespace(inputs=[str(dest)], verbose=False)).process_all() == 0
    with dest.open("rb") as file:
        info, *records = [
            (record.headers["WARC-Type"], record.http_content_type, record.reader.read().decode())
            for record in ArchiveIterator(file)
        ]
    stored = articles(data)
    assert info[0] == "warcinfo"
    assert len(records) == len(stored)
    by_site = {row["site"]: record for row, record in zip(stored, records, strict=True)}
    assert by_site["sanabel"][0] == "response"
    assert by_site["sanabel"][2].startswith("<!")
    assert by_site["waha"][0] == "resource"
    assert by_site[None][2] == "عنوان\n\nنص بلا صفحة، جاء من ملف قديم."
    for row, (_, _, body) in zip(stored, records, strict=True):
        assert row["text"].split()[0] in body


def test_what_is_exported_as_warc_is_imported_again(data: Path, tmp_path: Path) -> None:
    dest = tmp_path / "corpus.warc.gz"
    run(data, dest)
    command = ["--data", str(tmp_path / "other"), "import", str(dest)]
    assert CliRunner().invoke(warraq, command).exit_code == 0
    pages = {row["url"] for row in articles(data) if row["site"] == "sanabel"}
    assert pages <= {row["url"] for row in articles(tmp_path / "other")}


def test_an_article_whose_page_is_gone_is_exported_as_text(data: Path, tmp_path: Path) -> None:
    for path in archive_folder(data).iterdir():
        path.unlink()
    dest = tmp_path / "corpus.warc.gz"
    assert run(data, dest).exit_code == 0
    with dest.open("rb") as file:
        kinds = [record.headers["WARC-Type"] for record in ArchiveIterator(file)]
    assert kinds == ["warcinfo"] + ["resource"] * len(articles(data))


@pytest.mark.parametrize("name", ["a.parquet", "a.warc.gz", "a.jsonl", "a.csv"])
def test_a_broken_export_leaves_the_earlier_one(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    dest = tmp_path / name
    assert run(data, dest).exit_code == 0
    before = dest.read_bytes()
    monkeypatch.setattr("storage.formats.export.selected", breaking)
    with open_database(data) as db, pytest.raises(RuntimeError, match="broken"):
        export(db, dest, name.split(".")[1])  # type: ignore[arg-type]
    assert dest.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == sorted([data, dest])


def breaking(db: Any, *_: Any) -> Iterator[list[Any]]:
    yield list(db.query("SELECT * FROM articles LIMIT 3"))
    raise RuntimeError("broken")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.parquet", "a.warc.gz", "a.jsonl", "a.csv"])
def test_an_export_holds_a_few_articles_at_a_time(tmp_path: Path, name: str) -> None:
    """2 000 articles of 50 kB are 100 MB."""
    with open_database(tmp_path) as db, transaction(db):
        text = ("نص طويل من الأخبار. " * 1400).strip()
        sql = (
            "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 1999) "
            "INSERT INTO articles (number, id, text, words, text_hash, first_seen, last_seen) "
            "SELECT n, printf('%016x', n), ?1, 5600, 'x', ?2, ?2 FROM n"
        )
        for trigger in db.triggers:
            db.execute(f"DROP TRIGGER {trigger.name}")
        db.execute(sql, [text, NOW])
    with open_database(tmp_path) as db:
        tracemalloc.start()
        try:
            assert export(db, tmp_path / name, name.split(".")[1]) == 2000  # type: ignore[arg-type]
            assert tracemalloc.get_traced_memory()[1] < 60 << 20
        finally:
            tracemalloc.stop()
