"""A crawl archives what it fetches: as standard WARC records, and as exactly the pages refined."""

import gzip
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from storage_samples import rows
from warcs import blocks, files, full_after, is_sound, kinds, pages
from web_server import Answer, Web, article, publish, rss

from items import Page, Site
from spiders.runner import CrawlResult
from storage.archive.archive import Archive
from storage.archive.page_records import PageRecord
from storage.archive.pointer import Pointer, archive_folder
from storage.archive.retention import enforce_budget
from storage.archive.verify import verify_archive
from text.timestamps import add_seconds, utc_now

Crawl = Callable[..., CrawlResult]


@pytest.fixture
def refined(monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    """The pages that crawls archived, which are those that they refined."""
    given: list[Page] = []
    add = Archive.add

    async def spy(archive: Archive, db: Database, page: Page, made: PageRecord | None) -> Pointer:
        given.append(page)
        return await add(archive, db, page, made)

    monkeypatch.setattr(Archive, "add", spy)
    return given


def test_each_page_is_a_response_beside_its_request(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(3))
    crawl(site)
    assert kinds(tmp_path) == ["warcinfo", *["response", "request"] * 3]
    assert is_sound(tmp_path)
    asked, *_ = blocks(tmp_path, "request")
    assert asked.startswith("GET /news/")
    assert f"Host: {web.url[7:]}\r\n" in asked
    assert "User-Agent: Warraq/" in asked
    assert "Accept-Encoding: " in asked
    answered, *_ = blocks(tmp_path, "response")
    assert answered.startswith("HTTP/1.1 200 OK\r\n")
    assert "Content-Type: text/html; charset=utf-8\r\n" in answered
    [info] = blocks(tmp_path, "warcinfo")
    assert "software: Warraq/" in info
    assert "robots: obey" in info
    assert "operator: " in info
    assert rows(db, "SELECT kind, outcome, number FROM _archived_pages ORDER BY number") == [
        ("page", "new", n) for n in range(3)
    ]


def test_what_is_read_back_is_what_was_refined(
    web: Web, site: Site, crawl: Crawl, refined: list[Page], tmp_path: Path, db: Database
) -> None:
    publish(web, range(3))
    latin = article(1, "café").encode("latin-1", "ignore")
    web.pages["/news/1"] = Answer(latin, headers={"Content-Type": "text/html; charset=latin-1"})
    web.pages["/news/2"] = Answer(status=302, headers={"Location": "/news/moved"})
    web.pages["/news/moved"] = article(2)
    crawl(site)
    by_key = {page.key: page for page in refined}
    archived = pages(db, tmp_path)
    assert {page.key: page for page in archived} == by_key
    assert len(archived) == 3
    moved = by_key[f"{web.url}/news/2"]
    assert moved.url == f"{web.url}/news/moved"
    assert {page.hints.title for page in archived} == {"خبر 0", "خبر 1", "خبر 2"}


def test_a_body_that_came_compressed_is_kept_as_it_was_meant(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(1))
    packed = gzip.compress(article(0).encode())
    web.pages["/news/0"] = Answer(packed, headers={"Content-Encoding": "gzip"})
    crawl(site)
    [answered] = blocks(tmp_path, "response")
    head, _, body = answered.partition("\r\n\r\n")
    assert body == article(0)
    assert "X-Crawl-Content-Encoding: gzip" in head
    assert f"X-Crawl-Content-Length: {len(packed)}" in head
    assert f"\r\nContent-Length: {len(body.encode())}" in head
    assert "\r\nContent-Encoding" not in head
    assert is_sound(tmp_path)


def test_a_rejected_page_is_archived_with_the_reason(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(1))
    web.pages["/news/0"] = "<html><body><h1>Nothing</h1></body></html>"
    crawl(site)
    assert rows(db, "SELECT site, article, outcome, reason FROM _archived_pages") == [
        ("news", None, "rejected", "too_short")
    ]
    assert b"Nothing" in pages(db, tmp_path)[0].body


def test_a_page_that_has_not_changed_is_a_revisit(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    page = article(1, published=add_seconds(utc_now(), -600))
    web.pages |= {"/feed": rss(web.url, [1]), "/news/1": page}
    for _ in range(3):
        crawl(site)
        db.execute("UPDATE frontier SET recheck_at = ?", [utc_now()])
    assert [kind for kind in kinds(tmp_path) if kind in ("response", "revisit")] == [
        "response",
        "revisit",
        "revisit",
    ]
    assert rows(db, "SELECT outcome, revisit_of FROM _archived_pages") == [
        ("new", None),
        ("unchanged", 1),
        ("unchanged", 1),
    ]
    assert {read.body for read in pages(db, tmp_path)} == {page.encode()}
    assert is_sound(tmp_path)
    web.pages["/news/1"] = article(1, "تحديث.", published=add_seconds(utc_now(), -600))
    crawl(site)
    assert kinds(tmp_path).count("response") == 2
    assert rows(db, "SELECT outcome, revisit_of FROM _archived_pages WHERE page = 4") == [
        ("revised", None)
    ]
    assert "تحديث" in pages(db, tmp_path)[-1].body.decode()
    assert verify_archive(db, tmp_path).problems == []


def wordpress(web: Web, site: Site, count: int) -> Site:
    """The site has posts with their bodies in its REST interface, and one without."""
    posts: list[dict[str, Any]] = [
        {
            "id": n + 1,
            "date_gmt": f"2026-11-01T06:00:{n:02}",
            "modified_gmt": f"2026-11-01T06:00:{n:02}",
            "link": f"{web.url}/news/{n}",
            "title": {"rendered": f"خبر {n}"},
            "content": {"rendered": f"<p>نص الخبر رقم {n}.</p>"},
        }
        for n in range(count)
    ]
    posts[0]["content"] = {}
    web.pages["/news/0"] = article(0)

    def answer(asked: Any) -> Answer:
        page = json.dumps(posts if "page=1&" in asked.path else [])
        return Answer(page, headers={"Content-Type": "application/json", "X-WP-TotalPages": "1"})

    class Posts(dict[str, Any]):
        def get(self, path: str, other: Any = None) -> Any:
            return answer if path.startswith("/wp-json/wp/v2/posts") else super().get(path, other)

    web.pages = Posts(web.pages)
    return replace(site, feeds=(), wordpress=f"{web.url}/wp-json/")


def test_an_answer_with_many_posts_is_kept_once_and_each_page_is_a_part_of_it(
    web: Web, site: Site, crawl: Crawl, refined: list[Page], tmp_path: Path, db: Database
) -> None:
    crawl(wordpress(web, site, 5))
    assert len(refined) == 5
    assert {page.key: page for page in pages(db, tmp_path)} == {page.key: page for page in refined}
    assert rows(
        db, "SELECT kind, count(*), count(DISTINCT offset) FROM _archived_pages GROUP BY 1"
    ) == [
        ("page", 1, 1),
        ("rest", 4, 1),
    ]
    first, *others = blocks(tmp_path, "response")
    assert "wp-json" in blocks(tmp_path, "request")[0]
    assert '"id": 5' in first
    assert len(others) == 1, "the post without a body was fetched"
    assert is_sound(tmp_path)
    assert verify_archive(db, tmp_path).problems == []
    assert rows(db, "SELECT count(*) FROM _response_parts") == [(0,)]


def test_an_answer_stays_as_long_as_a_post_of_it_is_to_be_refined(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    site = wordpress(web, site, 5)
    crawl(site, limit=2)
    assert enforce_budget(db, tmp_path, 1) == 0
    assert len(files(tmp_path)) == 1
    crawl(site)
    assert rows(db, "SELECT count(*) FROM _archived_pages WHERE kind = 'rest'") == [(4,)]
    assert kinds(tmp_path).count("response") == 2, "the answer, and the post without a body"
    assert enforce_budget(db, tmp_path, 1) == 2
    assert rows(db, "SELECT count(*) FROM _archived_responses") == [(0,)]


def test_a_crawl_leaves_no_more_than_the_budget(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(24))
    for number in range(24):
        web.pages[f"/news/{number}"] = article(number, os.urandom(60_000).hex())
    crawl(site, settings={"WARRAQ_ARCHIVE_MB": 1})
    sizes = [path.stat().st_size for path in files(tmp_path)]
    assert 500_000 < sum(sizes) <= 1_000_000
    assert max(sizes) < 400_000
    assert rows(db, "SELECT count(*) FROM articles") == [(24,)]
    assert 0 < len(pages(db, tmp_path)) < 24
    assert verify_archive(db, tmp_path).problems == []


def test_what_an_interface_gave_before_there_was_an_archive_is_a_resource(
    web: Web, site: Site, crawl: Crawl, refined: list[Page], tmp_path: Path, db: Database
) -> None:
    site = wordpress(web, site, 3)
    crawl(replace(site, archive=False), limit=1)
    assert (files(tmp_path), refined) == ([], [])
    crawl(site)
    assert pages(db, tmp_path) == refined
    assert "resource" in kinds(tmp_path)
    assert is_sound(tmp_path)


def test_a_folder_that_cannot_be_written_ends_the_crawl_and_loses_nothing(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, db: Database
) -> None:
    publish(web, range(3))
    archive_folder(tmp_path).write_text("a file in its place")
    result = crawl(site)
    assert result.outcome == "failed"
    assert str(archive_folder(tmp_path)) in result.trouble
    assert rows(db, "SELECT state, count(*) FROM frontier GROUP BY 1") == [("queued", 3)]
    archive_folder(tmp_path).unlink()
    assert crawl(site).counts["new"] == 3
    assert len(pages(db, tmp_path)) == 3


def test_a_full_disk_ends_the_crawl_and_leaves_whole_records(
    web: Web,
    site: Site,
    crawl: Crawl,
    tmp_path: Path,
    db: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(web, range(8))
    monkeypatch.setattr("storage.archive.warc_file.os.write", full_after(2500))
    result = crawl(site)
    monkeypatch.undo()
    assert result.outcome == "failed"
    assert "No space left on device" in result.trouble
    [(stored,)] = rows(db, "SELECT count(*) FROM articles")
    assert 0 < stored < 8
    assert len(pages(db, tmp_path)) == stored
    assert is_sound(tmp_path)
    assert verify_archive(db, tmp_path).problems == []
    assert crawl(site).counts["new"] == 8 - stored
