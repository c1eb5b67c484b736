"""Articles on several pages in web archives."""

from pathlib import Path

import pytest
from foreign_warcs import Record, write
from import_command import folder, rows, run
from paged_articles import THEMES, paragraphs

from storage.database import open_database

THEME = THEMES[0]
HOST = "https://bell.example"


def record(number: int, count: int = 3, date: str = "2026-11-02T00:00:00Z") -> Record:
    canonical = f'<link rel="canonical" href="{HOST}{THEME.path}">'
    page = THEME.page(number, count).replace("</head>", f"{canonical}</head>")
    return Record(HOST + THEME.at(number), page.encode(), date)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return folder(tmp_path)


def texts(data: Path) -> list[str]:
    found = rows(data, "SELECT text FROM articles ORDER BY number")
    return [str(text) for text in found]


def whole(*pages: int) -> str:
    return "\n\n".join(line for number in pages for line in paragraphs(number))


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_pages_of_a_slice_are_one_article(
    data: Path, tmp_path: Path, order: tuple[int, ...]
) -> None:
    result = run(data, write(tmp_path / "a.warc.gz", [record(number) for number in order]))
    assert result.exit_code == 0, result.output
    assert "2 later_page" in result.output
    assert texts(data) == [whole(1, 2, 3)]


def test_a_page_alone_is_an_article_and_no_newer_text_of_the_first(
    data: Path, tmp_path: Path
) -> None:
    run(data, write(tmp_path / "a.warc.gz", [record(1)]))
    run(data, write(tmp_path / "b.warc.gz", [record(3, date="2026-11-03T00:00:00Z")]))
    assert texts(data) == [whole(1), whole(3)]
    assert rows(data, "SELECT count(*) FROM revisions") == [0]


def test_a_part_of_what_a_crawl_has_stored_whole_is_left_out(data: Path, tmp_path: Path) -> None:
    run(data, write(tmp_path / "a.warc.gz", [record(number) for number in (1, 2, 3)]))
    with open_database(data) as db:
        db.execute(
            "INSERT INTO frontier (url, fetch_url, state, reason, discovered_at) "
            "VALUES (?1, ?1, 'done', 'later_page', '2026-11-02T00:00:00Z')",
            [f"{HOST}{THEME.at(2)}".rstrip("/")],
        )
    late = "2026-11-09T00:00:00Z"
    result = run(data, write(tmp_path / "b.warc.gz", [record(1, date=late)]))
    assert "1 incomplete" in result.output
    result = run(data, write(tmp_path / "c.warc.gz", [record(2, date=late)]))
    assert "1 later_page" in result.output
    assert texts(data) == [whole(1, 2, 3)]
