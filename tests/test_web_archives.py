"""`warraq import` of web archives: the news in them, once, whatever happens meanwhile."""

import gzip
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from demo_world import World
from foreign_warcs import BODY, Record, Told, stories, write

from cli import warraq
from demo.server import serve
from demo.site_files import write_site_files
from items import Article
from pipelines import captured
from pipelines.captured import WarcSlice
from pipelines.urls import article_id
from storage.articles import store
from storage.database import FILE, open_database

SITE_FILE = """
homepage = "https://www.news.example/"
language = "ar"
timezone = "Asia/Damascus"
leave = ["/advertorial/"]
"""
# Of when it was done, each run says another thing.
RUN = {"began", "finished", "imported", "applied_at", "name", "learned"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    sites = tmp_path / "data" / "sites"
    sites.mkdir(parents=True)
    (sites / "paper.toml").write_text(SITE_FILE)
    return tmp_path / "data"


def run(data: Path, *arguments: object) -> Result:
    command = ["--data", str(data), "--sites", str(data / "sites"), "import"]
    return CliRunner().invoke(warraq, [*command, *map(str, arguments)])


def rows(data: Path, sql: str) -> list[Any]:
    with open_database(data) as db:
        return [row[0] if len(row) == 1 else row for row in db.execute(sql).fetchall()]


def test_the_news_of_an_archive_is_kept_and_nothing_else(data: Path, tmp_path: Path) -> None:
    wiki = '<meta name="generator" content="MediaWiki 1.40">'
    product = '<meta property="og:type" content="product">'
    records = [
        *stories(2, "www.daily.example"),
        Record("https://daily.example/", Told(3).html()),
        Record("https://daily.example/category/sport", Told(4).html()),
        Record("https://daily.example/the-paper", Told(5, published=None).html()),
        Record("https://shop.example/p/1", Told(6, head=product).html()),
        Record(
            "https://shop.example/p/2", Told(7, attributes='class="single single-product"').html()
        ),
        Record("https://wiki.example/Bridge", Told(8, head=wiki).html()),
        Record(
            "https://daily.example/contact-us-2",
            Told(9, attributes='class="page page-id-7"').html(),
        ),
        Record("https://daily.example/x.png", headers=[("Content-Type", "image/png")]),
        Record("https://daily.example/gone", status="404 Not Found"),
    ]
    result = run(data, write(tmp_path / "a.warc.gz", records))
    assert result.exit_code == 0, result.output
    assert "2 new, 0 revised, 0 unchanged, 0 copies, 0 failed" in result.output
    assert rows(data, "SELECT url FROM articles ORDER BY number") == [
        "https://www.daily.example/1",
        "https://www.daily.example/2",
    ]
    for said in ("1 home_page", "1 list_page", "1 undated", "2 shop", "1 wiki", "1 fixed_page"):
        assert said in result.output


def test_what_is_known_of_an_archived_article(data: Path, tmp_path: Path) -> None:
    run(data, write(tmp_path / "a.warc.gz", stories(1)))
    [row] = rows(
        data,
        "SELECT id, site, title, published, language, found_by, first_seen, last_seen, text FROM articles",
    )
    url = "https://www.news.example/1"
    seen = "2025-06-01T00:00:00Z"
    told = ("خبر الجسر الجديد رقم 1", "2025-05-06T07:00:00Z", "ar", "import", seen, seen)
    assert row[:-1] == (article_id(url), "paper", *told)
    assert row[-1].startswith(BODY[0])
    assert rows(data, "SELECT url, state, found_by FROM frontier") == [(url, "done", "import")]


def test_a_site_is_known_by_its_host_and_its_subdomains(data: Path, tmp_path: Path) -> None:
    records = [
        *stories(1, "news.example"),
        Record("https://sport.news.example/2", Told(2).html()),
        Record("https://other.example:8080/3", Told(3).html()),
        Record("https://news.example/advertorial/4", Told(4).html()),
    ]
    result = run(data, write(tmp_path / "a.warc.gz", records))
    assert "1 not_wanted" in result.output
    sites = "SELECT site FROM articles ORDER BY number"
    assert rows(data, sites) == ["paper", "paper", "other.example:8080"]
    imported = "SELECT name, homepage FROM sites WHERE imported IS NOT NULL"
    assert rows(data, imported) == [("other.example:8080", "https://other.example:8080/")]


def test_outlets_of_archives_are_no_sites_to_look_after(data: Path, tmp_path: Path) -> None:
    records = [*stories(1), *stories(2, "a.example"), Record("https://b.example/9", Told(9).html())]
    run(data, write(tmp_path / "a.warc.gz", records))
    output = CliRunner().invoke(warraq, ["--data", str(data), "status"]).output
    assert "paper" in output
    assert "b.example" not in output
    articles = rows(data, "SELECT count(*) FROM articles WHERE site <> 'paper'")[0]
    assert f"{articles} articles of 2 more outlets came from web archives." in output


def test_only_what_is_wanted_is_taken(data: Path, tmp_path: Path) -> None:
    english = "The bridge was opened this morning after a year of work, the town council said."
    old = Told(3, published="2019-01-01T00:00:00Z").html()
    records = [
        *stories(1, "a.example"),
        Record("https://a.example/2", Told(2, body=(english,) * 3).html()),
        Record("https://b.example/3", Told(3).html()),
        Record("https://sub.a.example/4", old),
    ]
    file = write(tmp_path / "a.warc.gz", records)
    result = run(
        data, file, "--language", "AR, fa", "--host", "www.a.example", "--since", "2020-01-01"
    )
    assert result.exit_code == 0, result.output
    assert "1 other_language" in result.output
    assert "1 other_host" in result.output
    assert "1 too_old" in result.output
    assert rows(data, "SELECT url FROM articles") == ["https://a.example/1"]


def test_the_same_file_brings_nothing_a_second_time(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", stories(3))
    run(data, file)
    moved = file.rename(tmp_path / "b.warc.gz")
    result = run(data, moved)
    assert result.exit_code == 0
    assert "Read before: 1 files" in result.output
    assert "0 new, 0 revised, 0 unchanged" in result.output
    assert "3 unchanged" in run(data, moved, "--again").output
    assert "3 unchanged" in run(data, moved, "--host", "news.example").output


def version(number: int, day: int) -> Record:
    body = (*BODY, f"وفي النسخة {'ص' * number} من الخبر أضيفت هذه الجملة وحدها.")
    return Record(body=Told(1, body=body).html(), date=f"2025-06-{day:02d}T00:00:00Z")


@pytest.mark.parametrize("order", [[1, 2, 3], [3, 2, 1], [2, 3, 1], [2, 1, 3]])
def test_the_newest_text_is_current_whatever_the_order(
    data: Path, tmp_path: Path, order: list[int]
) -> None:
    for day in order:
        file = write(tmp_path / f"{day}.warc.gz", [version(day, day)])
        assert run(data, file).exit_code == 0
    [(text, first, last)] = rows(data, "SELECT text, first_seen, last_seen FROM articles")
    assert "صصص" in text
    assert (first[8:10], last[8:10]) == ("01", "03")
    past = rows(data, "SELECT text, seen, replaced FROM revisions ORDER BY seen")
    assert [(seen[8:10], replaced[8:10]) for _, seen, replaced in past] == [
        ("01", "02"),
        ("02", "03"),
    ]
    assert ["صص" in one[0] for one in past] == [False, True]


def test_an_archive_does_not_overwrite_what_was_crawled_later(data: Path, tmp_path: Path) -> None:
    url, paragraphs = "https://www.news.example/1", (*BODY, "وهذا ما قيل في النهاية.")
    crawled = Article(
        article_id(url), url, "paper", "خبر", paragraphs, published="2025-05-06T07:00:00Z"
    )
    with open_database(data) as db:
        store(db, crawled, key=url, found_by="feed", now="2026-01-01T00:00:00Z")
    result = run(data, write(tmp_path / "a.warc.gz", [version(1, 1)]))
    assert "1 earlier texts" in result.output
    assert rows(data, "SELECT text, title, found_by FROM articles") == [
        (crawled.text, "خبر", "feed")
    ]
    [text] = rows(data, "SELECT text FROM revisions")
    assert "النسخة" in text


def test_archives_in_a_folder_are_found_beside_texts(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    write(folder / "a.warc.gz", stories(1))
    write(folder / "b.warc", [Record("https://b.example/9", Told(9).html())], gzip=False)
    line = {"url": "https://c.example/1", "title": "عنوان آخر", "text": "نص الخبر الآخر. " * 20}
    (folder / "c.jsonl").write_text(json.dumps(line))
    assert "The database holds 3 articles" in run(data, folder).output


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(data: Path, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.warc.gz", stories(3))
    broken.write_bytes(broken.read_bytes()[:-40])
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(write(tmp_path / "plain", stories(2), gzip=False).read_bytes()))
    fine = write(tmp_path / "fine.warc.gz", [Record("https://x.example/7", Told(7).html())])
    result = run(data, broken, whole, tmp_path / "missing.warc.gz", fine)
    assert result.exit_code == 1
    assert "1 broken records" in result.output
    assert "gunzip" in result.output
    assert "missing.warc.gz: cannot be read" in result.output
    assert "3 new, 0 revised, 0 unchanged, 0 copies, 3 failed" in result.output


def test_a_file_that_vanishes_meanwhile_stops_nothing_else(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path / "a.warc.gz", stories(2))
    second = write(tmp_path / "b.warc.gz", [Record("https://x.example/7", Told(7).html())])
    real = captured.cut

    def vanishing(file: Any, name: str, *rest: Any) -> Iterator[WarcSlice]:
        for part in real(file, name, *rest):
            first.unlink(missing_ok=True)
            yield part

    monkeypatch.setattr("commands.web_archives.cut", vanishing)
    result = run(data, first, second)
    assert result.exit_code == 1
    assert "a.warc.gz: cannot be read any more" in result.output
    assert "1 new" in result.output


def test_a_url_is_read_where_it_lies(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    file = write(tmp_path / "a.warc.gz", stories(2))
    assert "2 new" in run(data, f"file://{file}").output


def command(data: Path, *arguments: object) -> list[str]:
    options = ["--data", str(data), "--sites", str(data / "sites"), "import"]
    return [sys.executable, "-m", "cli", *options, *map(str, arguments)]


def settled(data: Path) -> int:
    if not (data / FILE).exists():
        return 0
    with open_database(data) as db:
        found = db.execute("SELECT coalesce(sum(settled), 0) FROM _slices").fetchone()
    return int(found[0])


def started(data: Path, file: Path) -> "subprocess.Popen[str]":
    """An import of which a slice has been settled."""
    quiet = subprocess.PIPE
    process = subprocess.Popen(command(data, file), stdout=quiet, stderr=quiet, text=True)
    before, deadline = settled(data), time.monotonic() + 60
    while process.poll() is None and settled(data) == before and time.monotonic() < deadline:
        time.sleep(0.01)
    return process


def everything(data: Path) -> dict[str, list[dict[str, object]]]:
    with open_database(data) as db:
        return {
            name: sorted(
                ({k: v for k, v in row.items() if k not in RUN} for row in db[name].rows), key=repr
            )
            for name in db.table_names()
            if not name.startswith(("_search", "_sqlite"))
        }


def test_a_killed_import_goes_on_and_ends_as_one_that_was_not(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", stories(500))
    other = tmp_path / "other"
    shutil.copytree(data, other)
    for sent in (signal.SIGKILL, signal.SIGKILL):
        process = started(data, file)
        process.send_signal(sent)
        process.communicate()
        assert process.returncode == -sent
    half = settled(data)
    assert 0 < half < file.stat().st_size
    last = subprocess.run(command(data, file), capture_output=True, text=True, check=True)
    assert "500 new" not in last.stdout
    whole = subprocess.run(command(other, file), capture_output=True, text=True, check=True)
    assert "500 new" in whole.stdout
    assert everything(data) == everything(other)


def test_ctrl_c_ends_an_import_in_order(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", stories(500))
    process = started(data, file)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "Interrupted: the next run goes on from here." in output
    assert errors == ""
    stored = rows(data, "SELECT count(*) FROM articles")[0]
    assert stored % 200 == 0
    again = run(data, file)
    assert f"{500 - stored} new" in again.output


@pytest.fixture(scope="module")
def crawled_and_fetched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The demo's sites, crawled, and the same ones fetched by wget into archives."""
    if not shutil.which("wget"):
        pytest.skip("wget is not installed")
    folder = tmp_path_factory.mktemp("wget")
    with serve() as rooms:
        world = World(rooms, folder / "crawled")
        world.crawl()
        write_site_files(rooms.values(), folder / "imported" / "sites")
        for name, room in rooms.items():
            # The demo's server ends each connection, and wget would not notice it in time.
            options = [
                "--quiet",
                "--recursive",
                "--level=inf",
                "--delete-after",
                "--no-http-keep-alive",
            ]
            place = [f"--directory-prefix={folder / 'pages'}", f"--warc-file={folder / name}"]
            # What is gone, or forbidden, is a failure to wget.
            subprocess.run(["wget", *options, *place, f"{room.base}/"], check=False)
    return folder / "crawled", folder


# Only a crawl can know these: when and how it came, in which order; what a sitemap alone says.
OTHERWISE = {"number", "of", "first_seen", "last_seen", "found_by", "modified"}


def test_what_wget_fetched_becomes_what_a_crawl_stores(
    crawled_and_fetched: tuple[Path, Path],
) -> None:
    crawled, folder = crawled_and_fetched
    result = run(folder / "imported", *sorted(folder.glob("*.warc.gz")))
    assert result.exit_code == 0, result.output
    one, other = texts(crawled), texts(folder / "imported")
    assert len(one) == 61
    assert other == one


def texts(data: Path) -> dict[str, dict[str, object]]:
    """Articles and copies by their address."""
    with open_database(data) as db:
        found = [row | {"table": name} for name in ("articles", "copies") for row in db[name].rows]
    return {row["url"]: {k: v for k, v in row.items() if k not in OTHERWISE} for row in found}
