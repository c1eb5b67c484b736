"""`warraq extract`: manifests, web archives and folders in; text, files and JSON lines out."""

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from foreign_warcs import IDENTICAL, Record, Story, stories, write
from line_counter import count_lines_run

from benchmarks.data.generated_warc import write_archive
from cli.article_files import free_name
from cli.exit_codes import READER_GONE
from cli.extract import _in_order, extract
from cli.saved_pages import SavedPage, SavedPages
from items import Page, Rejected, Site

ROOT = Path(__file__).parents[2]
URL = "https://news.example/2025/bridge"


def run(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(extract, list(map(str, arguments)), input=stdin)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def complaints(result: Result) -> list[str]:
    return result.stderr.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pages of one name, and one that is no article."""
    for number in (1, 2, 3):
        page = tmp_path / "pages" / str(number) / "index.html"
        page.parent.mkdir(parents=True)
        page.write_bytes(Story(number).html())
    (tmp_path / "pages" / "empty.html").write_text("<p>404")
    return tmp_path


def manifest_lines(form: str, pages: list[dict[str, str]]) -> str:
    if form == "json":
        return "".join(json.dumps(page) + "\n" for page in pages)
    lines = [["file", "url"], *([page["file"], page.get("url", "")] for page in pages)]
    return "".join("\t".join(line) + "\n" for line in lines)


@pytest.mark.parametrize("form", ["json", "table"])
def test_each_page_of_a_manifest_gets_its_address_and_a_file(form: str, folder: Path) -> None:
    pages = [{"file": f"pages/{number}/index.html", "url": f"{URL}-{number}"} for number in (2, 1)]
    pages += [{"file": "pages/empty.html"}, {"file": "pages/gone.html"}]
    (folder / "manifest").write_text(manifest_lines(form, pages))
    output = folder / "out"
    result = run("--manifest", folder / "manifest", "--format", "json", "--output", output)
    assert result.exit_code == 1
    made = {path.name: json.loads(path.read_text("utf-8")) for path in output.iterdir()}
    assert {name: article["url"] for name, article in made.items()} == {
        "index.json": f"{URL}-2",
        "index-2.json": f"{URL}-1",
    }
    assert {article["site"] for article in made.values()} == {"news.example"}
    named, *lost = complaints(result)
    assert named.endswith("1/index.html: written as index-2.json")
    assert [line.removeprefix(f"{folder}/pages/").split(": ")[:2] for line in lost] == [
        ["empty.html", "too_short"],
        ["gone.html", "unreadable"],
    ]


def test_files_beside_a_manifest_are_those_that_it_does_not_name(folder: Path) -> None:
    (folder / "m.jsonl").write_text(
        json.dumps({"file": "pages/2/index.html", "url": URL}) + "\n{broken\n"
    )
    result = run("--manifest", folder / "m.jsonl", folder / "pages", "--format", "jsonl")
    assert [(row["title"][-1], row["url"]) for row in rows(result)] == [
        ("2", URL),
        ("1", None),
        ("3", None),
    ]
    broken, empty = complaints(result)
    assert broken.startswith(f"{folder / 'm.jsonl'}:2: not JSON")
    assert "empty.html: too_short" in empty


def test_a_manifest_on_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    result = run(
        "--manifest", "-", "--format", "jsonl", stdin="file\npages/1/index.html\npages/3/index.html"
    )
    assert [row["file"] for row in rows(result)] == ["pages/1/index.html", "pages/3/index.html"]


@pytest.mark.parametrize(
    ("fetched", "published"),
    [("2025-05-06T12:00:00Z", "2025-05-06T09:00:00Z"), ("", None)],
    ids=["known", "unknown"],
)
@pytest.mark.parametrize("age", ["منذ 3 ساعات", "3 hours ago", "vor 3 Stunden"])
def test_ages_count_from_when_a_page_was_fetched(
    age: str, fetched: str, published: str | None, tmp_path: Path
) -> None:
    story = Story(published=None).html().decode()
    page = story.replace("</h1>", f'</h1><span class="post-date">{age}</span>')
    (tmp_path / "a.html").write_text(page)
    (tmp_path / "m").write_text(json.dumps({"file": "a.html", "url": URL, "fetched": fetched}))
    [article] = rows(run("--manifest", tmp_path / "m", "--format", "jsonl"))
    assert article["published"] == published


def test_what_is_known_of_a_page_travels_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"x")
    manifest = tmp_path / "m"
    manifest.write_text(f"file\tcharset\tfetched\turl\na.html\tkoi8-r\t2025-05-06\t{URL}\na.html\n")
    known, unknown = SavedPages(print, (), manifest)
    assert isinstance(known, SavedPage)
    assert isinstance(unknown, SavedPage)
    assert known.page == Page(URL, URL, b"x", "2025-05-06T23:59:59Z", "koi8-r")
    assert unknown.page == Page(str(tmp_path / "a.html"), "", b"x", "")


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc", "A.WARC"])
def test_each_html_response_of_a_web_archive_is_a_page(name: str, tmp_path: Path) -> None:
    one, two, three = stories(3)
    records = [
        one,
        Record("https://news.example/a.css", b"a{}", headers=[("Content-Type", "text/css")]),
        Record("https://news.example/gone", two.body, status="404 Not Found"),
        two,
        Record(one.url, kind="request", body=b""),
        Record(one.url, b"", kind="revisit", headers=[("X", IDENTICAL)], refers=one.date),
        Record("https://news.example/empty", b"<html><p>nothing</p></html>"),
        three,
    ]
    path = write(tmp_path / name, records, gzip=name.endswith("gz"))
    result = run(path, "--format", "jsonl")
    assert result.exit_code == 1
    assert [(row["url"], row["file"]) for row in rows(result)] == [
        (record.url, str(path)) for record in (one, two, three)
    ]
    skipped, empty = sorted(complaints(result))
    assert skipped.startswith(f"{path}: 3 responses are no pages: ")
    assert all(f"1 {word}" in skipped for word in ("not_html", "not_found", "unchanged"))
    assert empty.startswith("https://news.example/empty: too_short")


def test_a_record_s_date_is_what_ages_count_from(tmp_path: Path) -> None:
    story = Story(published=None).html().decode()
    page = story.replace("</h1>", '</h1><span class="post-date">2 hours ago</span>').encode()
    path = write(tmp_path / "a.warc.gz", [Record(body=page, date="2025-06-01T10:00:00Z")])
    [article] = rows(run(path, "--format", "jsonl"))
    assert article["published"] == "2025-06-01T08:00:00Z"


def test_a_generated_archive_has_a_file_a_page(tmp_path: Path) -> None:
    """More pages than are under way at once, in the order of the archive."""
    write_archive(tmp_path / "news.warc.gz", 30)
    result = run(tmp_path, "--format", "json", "--output", tmp_path / "out")
    assert (result.exit_code, result.stderr) == (0, "")
    articles = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "out").iterdir()]
    assert {article["url"] for article in articles} == {
        f"https://outlet{number % 5}.example/news/{number}" for number in range(30)
    }
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert "outlet2.example_news_7.json" in names
    lines = rows(run(tmp_path, "--format", "jsonl", "--workers", 2))
    assert [int(line["url"].rpartition("/")[2]) for line in lines] == list(range(30))


def test_a_reader_that_goes_away_ends_it(tmp_path: Path) -> None:
    """More than a pipe holds is written; `head` wants a line of it."""
    write_archive(tmp_path / "news.warc.gz", 60)
    arguments = [sys.executable, "-m", "cli", "extract", str(tmp_path), "--format", "jsonl"]
    process = subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    json.loads(process.stdout.readline())
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == ("", READER_GONE)
    process.stderr.close()


def test_a_damaged_record_costs_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", stories(3))
    content = bytearray(path.read_bytes())
    second = content.index(b"\x1f\x8b\x08", content.index(b"\x1f\x8b\x08", 10) + 10)
    content[second + 40 : second + 60] = bytes(20)
    path.write_bytes(content)
    result = run(path, "--format", "jsonl")
    assert result.exit_code == 1
    assert len(rows(result)) == 2
    assert ["broken record at byte" in line for line in complaints(result)] == [True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: gzip.compress(b"WARC/1.0\r\n" + b"x" * 100), "a web archive: let its name end"),
        (lambda: b"WARC/1.1\r\n\r\n", "a web archive: let its name end"),
        (lambda: b"\x1f\x8b\x08broken", "unreadable"),
    ],
)
def test_a_file_that_is_no_page(content: Callable[[], bytes], message: str, tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(content())
    result = run(tmp_path / "a.gz")
    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.parametrize("name", ["articles.jsonl", "articles.jsonl.gz"])
def test_json_lines_go_into_one_file(name: str, folder: Path) -> None:
    result = run(folder / "pages", "--format", "jsonl", "--output", folder / name)
    content = (folder / name).read_bytes()
    text = gzip.decompress(content) if name.endswith("gz") else content
    lines = [json.loads(line) for line in text.decode().splitlines()]
    assert [line["title"][-1] for line in lines] == ["1", "2", "3"]
    assert [Path(line["file"]).parent.name for line in lines] == ["1", "2", "3"]
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a FILE"),
        (["pages", "--url", URL], "--url needs a single FILE"),
        (["a.warc", "--url", URL], "--url needs a single FILE"),
        (["a.html", "--url", "news.example"], "begin with http"),
        (["--manifest", "m", "--url", URL], "--url needs a single FILE"),
        (["a.html", "--format", "jsonl", "--output", "pages"], "pages is a folder"),
        (["a.html", "--format", "json", "--output", "a.html"], "a.html is a file"),
        (["a.html", "--explain", "--output", "out"], "needs --format json"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    Path("a.html").write_text("x")
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_folder_without_pages_and_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path, "--manifest", tmp_path / "none.tsv")
    assert result.exit_code == 1
    missing, empty = complaints(result)
    assert missing == f"{tmp_path / 'none.tsv'}: cannot be read: No such file or directory"
    assert empty.startswith(f"{tmp_path}: holds no .html")


def test_ten_thousand_pages_of_one_name_are_named_in_linear_time() -> None:
    def name_all(count: int) -> None:
        taken: dict[str, int] = {}
        assert len({free_name("index", "txt", taken) for _ in range(count)}) == count

    few, many = (count_lines_run(lambda n=count: name_all(n)) for count in (200, 400))  # type: ignore[misc]
    assert many < 2.5 * few


def test_an_archive_is_read_as_it_is_needed(tmp_path: Path) -> None:
    write_archive(tmp_path / "news.warc.gz", 40)
    pages = SavedPages(print, (tmp_path / "news.warc.gz",))
    reader = iter(pages)
    next(reader)
    next(reader)
    assert 0 < pages.done < 0.2
    assert len(list(reader)) == 38
    assert pages.done == pages.count() == 1


class SlowFirst:
    """A refiner whose first page is the last to be done."""

    workers = 2

    def __init__(self) -> None:
        self.others = asyncio.Event()
        self.begun = 0

    async def refine(self, page: Page, site: Site) -> Rejected:
        self.begun += 1
        if page.key == "0":
            await self.others.wait()
        elif page.key == "5":
            self.others.set()
        return Rejected(page.key, "tested")


def test_pages_under_way_are_few_and_come_in_order() -> None:
    read: list[int] = []

    def pages() -> Iterator[SavedPage | str]:
        for number in range(50):
            read.append(number)
            yield SavedPage(str(number), Path("x"), "x", Page(str(number), "", b"", ""))
        yield "cannot be read"

    async def run() -> list[object]:
        refiner: Any = SlowFirst()
        done: list[object] = []
        async for saved, outcome in _in_order(pages(), refiner, explain=False):
            assert len(read) - len(done) <= 4 * refiner.workers + 1
            done.append(outcome.url if outcome else saved)
        return done

    assert asyncio.run(run()) == [*map(str, range(50)), "cannot be read"]


@pytest.mark.parametrize("url", ["https://river.example/", "https://river.example", ""])
def test_a_front_page_s_address_is_the_site_s(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(Story(1).html())
    (tmp_path / "m").write_text(json.dumps({"file": "a.html", "url": url}))
    result = run("--manifest", tmp_path / "m")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


def test_an_age_counts_from_when_a_file_was_written(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    story = Story(1, published=None).html().decode()
    page.write_text(story.replace("</h1>", '</h1><span class="post-date">منذ 3 ساعات</span>'))
    os.utime(page, (1_700_000_000, 1_700_000_000))
    [article] = rows(run(page, "--format", "jsonl"))
    assert article["published"].startswith("2023-11-14T19")
