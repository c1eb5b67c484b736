"""`warraq import` of web archives: the news in them, and nothing else."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from foreign_warcs import BODY, Record, Story, stories, write
from import_command import folder, rows, run

from cli.main import warraq
from items import Article
from storage.articles import store
from storage.database import open_database
from text.urls import article_id

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return folder(tmp_path)


def test_the_news_of_an_archive_is_kept_and_nothing_else(data: Path, tmp_path: Path) -> None:
    wiki = '<meta name="generator" content="MediaWiki 1.40">'
    product = '<meta property="og:type" content="product">'
    records = [
        *stories(2, "www.daily.example"),
        Record("https://daily.example/", Story(3).html()),
        Record("https://daily.example/category/sport", Story(4).html()),
        Record("https://daily.example/the-paper", Story(5, published=None).html()),
        Record("https://shop.example/p/1", Story(6, head=product).html()),
        Record(
            "https://shop.example/p/2", Story(7, attributes='class="single single-product"').html()
        ),
        Record("https://wiki.example/Bridge", Story(8, head=wiki).html()),
        Record(
            "https://daily.example/contact-us-2",
            Story(9, attributes='class="page page-id-7"').html(),
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
    for reason in ("1 home_page", "1 list_page", "1 undated", "2 shop", "1 wiki", "1 fixed_page"):
        assert reason in result.output


def test_what_is_known_of_an_archived_article(data: Path, tmp_path: Path) -> None:
    run(data, write(tmp_path / "a.warc.gz", stories(1)))
    [row] = rows(
        data,
        "SELECT id, site, title, published, language, found_by, first_seen, last_seen, text FROM articles",
    )
    url = "https://www.news.example/1"
    seen = "2025-06-01T00:00:00Z"
    metadata = ("خبر الجسر الجديد رقم 1", "2025-05-06T07:00:00Z", "ar", "import", seen, seen)
    assert row[:-1] == (article_id(url), "paper", *metadata)
    assert row[-1].startswith(BODY[0])
    assert rows(data, "SELECT url, state, found_by FROM frontier") == [(url, "done", "import")]


def test_a_site_is_known_by_its_host_and_its_subdomains(data: Path, tmp_path: Path) -> None:
    records = [
        *stories(1, "news.example"),
        Record("https://sport.news.example/2", Story(2).html()),
        Record("https://other.example:8080/3", Story(3).html()),
        Record("https://news.example/advertorial/4", Story(4).html()),
    ]
    result = run(data, write(tmp_path / "a.warc.gz", records))
    assert "1 not_wanted" in result.output
    sites = "SELECT site FROM articles ORDER BY number"
    assert rows(data, sites) == ["paper", "paper", "other.example:8080"]
    imported = "SELECT name, homepage FROM sites WHERE imported_at IS NOT NULL"
    assert rows(data, imported) == [("other.example:8080", "https://other.example:8080/")]


def test_outlets_of_archives_are_no_sites_to_look_after(data: Path, tmp_path: Path) -> None:
    records = [
        *stories(1),
        *stories(2, "a.example"),
        Record("https://b.example/9", Story(9).html()),
    ]
    run(data, write(tmp_path / "a.warc.gz", records))
    output = CliRunner().invoke(warraq, ["--data", str(data), "status"]).output
    assert "paper" in output
    assert "b.example" not in output
    articles = rows(data, "SELECT count(*) FROM articles WHERE site <> 'paper'")[0]
    assert f"{articles} articles of 2 more outlets came from web archives." in output


def test_only_what_is_wanted_is_taken(data: Path, tmp_path: Path) -> None:
    english = "The bridge was opened this morning after a year of work, the town council said."
    old = Story(3, published="2019-01-01T00:00:00Z").html()
    records = [
        *stories(1, "a.example"),
        Record("https://a.example/2", Story(2, body=(english,) * 3).html()),
        Record("https://b.example/3", Story(3).html()),
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


def test_since_is_a_day_in_the_zone_of_each_site(data: Path, tmp_path: Path) -> None:
    """One in the morning in Damascus is the evening before in UTC."""
    night = Story(1, published="2025-05-31T22:00:00Z").html()
    before = Story(2, published="2025-05-31T20:00:00Z").html()
    records = [
        Record("https://news.example/1", night),
        Record("https://news.example/2", before),
        Record("https://other.example/3", night),
    ]
    result = run(data, write(tmp_path / "a.warc.gz", records), "--since", "2025-06-01")
    assert "2 too_old" in result.output
    assert rows(data, "SELECT url FROM articles") == ["https://www.news.example/1"]


def test_the_same_file_brings_nothing_a_second_time(data: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.warc.gz", stories(3))
    run(data, file)
    moved = file.rename(tmp_path / "b.warc.gz")
    result = run(data, moved)
    assert result.exit_code == 0
    assert "Read before: 1 file;" in result.output
    assert "0 new, 0 revised, 0 unchanged" in result.output
    assert "3 unchanged" in run(data, moved, "--again").output
    assert "3 unchanged" in run(data, moved, "--host", "news.example").output


def test_pages_of_imported_archives_are_not_there_to_reprocess(data: Path, tmp_path: Path) -> None:
    run(data, write(tmp_path / "a.warc.gz", stories(1)))
    for options in ([], ["--dry-run"], ["--rebuild"]):
        result = CliRunner().invoke(warraq, ["--data", str(data), "reprocess", *options])
        assert result.exit_code == 1
        assert "Error: No page is archived here" in result.output
        assert "import --again FILE`" in result.output
    assert rows(data, "SELECT count(*) FROM articles") == [1]


def version(number: int, day: int) -> Record:
    body = (*BODY, f"وفي النسخة {'ص' * number} من الخبر أضيفت هذه الجملة وحدها.")
    return Record(body=Story(1, body=body).html(), date=f"2025-06-{day:02d}T00:00:00Z")


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
    past = rows(data, "SELECT text, valid_from, valid_to FROM revisions ORDER BY valid_from")
    assert [(seen[8:10], replaced[8:10]) for _, seen, replaced in past] == [
        ("01", "02"),
        ("02", "03"),
    ]
    assert ["صص" in text for text, _, _ in past] == [False, True]


def test_an_archive_does_not_overwrite_what_was_crawled_later(data: Path, tmp_path: Path) -> None:
    url, paragraphs = "https://www.news.example/1", (*BODY, "وهذا ما قيل في النهاية.")
    crawled = Article(
        article_id(url), url, "paper", "خبر", paragraphs, published="2025-05-06T07:00:00Z"
    )
    with open_database(data) as db:
        store(db, crawled, key=url, found_by="feed", now="2026-01-01T00:00:00Z")
    result = run(data, write(tmp_path / "a.warc.gz", [version(1, 1)]))
    assert "1 earlier text," in result.output
    assert rows(data, "SELECT text, title, found_by FROM articles") == [
        (crawled.text, "خبر", "feed")
    ]
    [text] = rows(data, "SELECT text FROM revisions")
    assert "النسخة" in text


def test_archives_in_a_folder_are_found_beside_texts(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    write(folder / "a.warc.gz", stories(1))
    write(folder / "b.warc", [Record("https://b.example/9", Story(9).html())], gzip=False)
    line = {"url": "https://c.example/1", "title": "عنوان آخر", "text": "نص الخبر الآخر. " * 20}
    (folder / "c.jsonl").write_text(json.dumps(line))
    assert "The database holds 3 articles" in run(data, folder).output


def revisit(day: int, before: int, url: str = "https://news.example/1") -> Record:
    dates = f"2025-06-{day:02d}T00:00:00Z", f"2025-06-{before:02d}T00:00:00Z"
    return Record(url, b"", dates[0], kind="revisit", refers=dates[1])


def test_a_page_that_was_the_same_again_was_seen_then(data: Path, tmp_path: Path) -> None:
    records = [version(1, 1), revisit(9, 1), revisit(5, 1), revisit(9, 1, "https://news.example/2")]
    result = run(data, write(tmp_path / "a.warc.gz", records))
    assert "Turned away: 1 revisit" in result.output
    seen = "SELECT substr(first_seen, 9, 2), substr(last_seen, 9, 2) FROM articles"
    assert rows(data, seen) == [("01", "09")]
    # What was the same as a text that has been replaced since says nothing of the current one.
    run(data, write(tmp_path / "b.warc.gz", [version(2, 12), revisit(20, 1)]))
    assert rows(data, seen) == [("01", "12")]
