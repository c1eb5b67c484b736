"""Date archives: their addresses, how far back they are read, and a site that has nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from web_server import Web, article

from items import Site
from spiders.runner import CrawlResult
from spiders.sources import archive_pages
from spiders.sources.archive_pages import (
    ArchiveCursor,
    after_month,
    archive_pattern,
    month_address,
    read_archive_cursor,
    write_archive_cursor,
)
from storage.article_rows import iterate
from storage.database import open_database

Crawl = Callable[..., CrawlResult]


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("https://ex.org/2026/11/", "https://ex.org/{year}/{month}/"),
        ("https://ex.org/ar/archive/2026-11", "https://ex.org/ar/archive/{year}-{month}"),
        ("https://ex.org/?m=202611", "https://ex.org/?m={year}{month}"),
        ("https://ex.org/2026/11/28/", None),
        ("https://ex.org/2026/13/", None),
        ("https://ex.org/2026/", None),
        ("https://ex.org/2026/11/story", None),
        ("https://ex.org/news/3202611", None),
    ],
)
def test_the_addresses_of_months(address: str, pattern: str | None) -> None:
    assert archive_pattern(address) == pattern
    if pattern:
        assert month_address(pattern, "2026-11") == address


def test_cursors_are_read_as_they_were_written() -> None:
    cursor = ArchiveCursor("2026-01", 3)
    assert read_archive_cursor(write_archive_cursor(cursor)) == cursor
    for text in (None, "", "{", "[]", '{"month":7}', '{"month":"x"}', '{"x":1}', '{"empty":"x"}'):
        assert read_archive_cursor(text) == ArchiveCursor()


def test_how_far_back_an_archive_is_read() -> None:
    site, cursor = Site("ex"), ArchiveCursor("2026-02")
    months = []
    while not cursor.done:
        months.append(cursor.month)
        cursor = after_month(cursor, 9 if len(months) < 3 else 0, site)
    assert months[:3] == ["2026-02", "2026-01", "2025-12"]
    assert len(months) == 8
    assert after_month(ArchiveCursor("2026-02"), 9, replace(site, since="2026-02-10")).done
    assert after_month(ArchiveCursor("1990-01"), 9, site).done


def month(web: Web, path: str, numbers: range, following: str | None = None) -> None:
    web.pages |= {f"/news/{number}": article(number) for number in numbers}
    links = "".join(
        f'<h3><a href="/news/{number}">خبر طويل العنوان يحمل الرقم {number} في آخره</a></h3>'
        for number in numbers
    )
    rest = f'<a rel="next" href="{following}">التالي</a>' if following else ""
    web.pages[path] = f"<html><body><main>{links}</main>{rest}</body></html>"


@pytest.mark.slow
def test_an_archive_is_read_month_by_month_and_its_pages_once(
    web: Web, bare: Site, crawl: Crawl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_pages, "utc_now", lambda: "2026-03-15T00:00:00Z")
    monkeypatch.setattr(archive_pages, "MAX_ARCHIVE_MONTHS_A_CRAWL", 3)
    month(web, "/2026/03/", range(100, 103))
    month(web, "/2026/01/", range(110, 113), following="/2026/01/page/2/")
    month(web, "/2026/01/page/2/", range(120, 123))
    month(web, "/2025/10/", range(130, 133))
    site = replace(bare, archives=(f"{web.url}/{{year}}/{{month}}/",))
    for _ in range(4):
        assert crawl(site).outcome == "finished"
    assert len(list(iterate(open_database(tmp_path)))) == 12
    assert len(web.paths("/news/")) == 12
    assert web.count("/2026/01/") == web.count("/2026/01/page/2/") == web.count("/2025/10/") == 1
    assert web.count("/2026/03/") == web.count("/2026/02/") == 4
    assert web.count("/2025/04/") == 1
    assert web.count("/2025/03/") == 0, "half a year without an article is its beginning"
