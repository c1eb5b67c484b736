"""JSON Feed in both versions, and as a source that is found and crawled."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from line_counter import bounded_cpu
from web_server import Answer, Web, article

from items import Link, Site
from spiders.fetching.errors import WrongFormat
from spiders.runner import CrawlResult
from spiders.sources.json_feed import parse_any_feed
from storage.article_rows import iterate
from storage.database import open_database

SITE = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus")
URL = "https://ex.org/feed.json"


def feed(*items: object, version: str = "https://jsonfeed.org/version/1.1", **top: object) -> bytes:
    return json.dumps({"version": version, "title": "ن", "items": items, **top}).encode()


def parse(body: bytes) -> list[Link]:
    return parse_any_feed(body, URL, SITE)


def test_the_fields_of_version_1_1() -> None:
    [link] = parse(
        feed(
            {
                "id": "7",
                "url": "/news/7",
                "title": "خبر &amp; <b>آخر</b>",
                "date_published": "2026-11-01T09:00:00",
                "date_modified": "2026-11-01T10:00:00Z",
                "authors": [{"name": "ليلى"}, {"url": "x"}, {"name": "عمر"}, {"name": "ليلى"}],
                "tags": ["نفط", 3, "نفط", "قمح"],
                "image": "/a.jpg",
                "content_html": "<p>أول النص</p>",
            },
            language="ar",
        )
    )
    hints = link.hints
    assert (link.url, link.found_by, link.html) == ("https://ex.org/news/7", "feed", None)
    assert (hints.title, hints.author) == ("خبر & آخر", "ليلى, عمر")
    assert hints.published == "2026-11-01T06:00:00Z"
    assert hints.modified == "2026-11-01T10:00:00Z"
    assert (hints.tags, hints.language) == (("نفط", "قمح"), "ar")
    assert hints.image == "https://ex.org/a.jpg"


def test_the_author_of_version_1() -> None:
    version = "https://jsonfeed.org/version/1"
    [link] = parse(feed({"url": "/1", "author": {"name": "ليلى"}}, version=version))
    assert link.hints.author == "ليلى"


@pytest.mark.parametrize(
    ("item", "address"),
    [
        ({"url": "https://ex.org/1", "external_url": "https://other.org/2"}, "https://ex.org/1"),
        ({"url": "https://other.org/1", "external_url": "https://ex.org/2"}, "https://ex.org/2"),
        ({"external_url": "https://ex.org/2"}, "https://ex.org/2"),
        ({"id": "https://ex.org/3"}, "https://ex.org/3"),
        ({"id": "3"}, None),
        ({"url": ["/1"]}, None),
        ({"external_url": "https://other.org/2"}, None),
        (["/1"], None),
        (None, None),
    ],
)
def test_the_address_of_an_item(item: object, address: str | None) -> None:
    assert [link.url for link in parse(feed(item))] == ([address] if address else [])


@pytest.mark.parametrize(
    "item",
    [
        {"url": "/1", "title": {"a": 1}, "authors": {"name": "x"}, "tags": "x", "image": 3},
        {"url": "/1", "author": ["x"], "authors": [["x"]], "tags": [[1]], "date_published": 4},
        {"url": "/1", "date_published": "x" * 100_000, "language": ["ar"]},
    ],
)
def test_fields_of_other_types_are_left_out(item: object) -> None:
    [link] = parse(feed(item))
    hints = link.hints
    assert (hints.title, hints.author, hints.tags, hints.published) == (None, None, (), None)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{}",
        b'{"version": "https://jsonfeed.org/version/1"}',
        b'{"items": [{"url": "https://ex.org/1"}]}',
        b'{"version": "https://jsonfeed.org/version/1", "items": {"url": "/1"}}',
        b'{"a":' * 100_000,
        b'{"version":"jsonfeed.org","items":' + b"[" * 200_000,
    ],
)
def test_other_json_is_no_feed(body: bytes) -> None:
    with bounded_cpu(), pytest.raises(WrongFormat, match="JSON"):
        parse(body)


def test_the_first_items_of_a_long_feed_are_read() -> None:
    body = feed(*({"url": f"/{n}", "tags": ["x"] * 500} for n in range(2_000)))
    with bounded_cpu():
        links = parse(body)
    assert len(links) == 500
    with pytest.raises(WrongFormat, match="MB"):
        parse(b"{" + b" " * (9 << 20) + b"}")


def test_xml_is_read_as_before() -> None:
    rss = b"<rss><channel><item><link>https://ex.org/1</link></item></channel></rss>"
    assert [link.url for link in parse(b"\xef\xbb\xbf \n" + rss)] == ["https://ex.org/1"]


@pytest.mark.slow
def test_a_json_feed_is_polled_as_others_are(
    web: Web, bare: Site, crawl: Callable[..., CrawlResult], tmp_path: Path
) -> None:
    body = feed(*({"url": f"{web.url}/news/{n}"} for n in range(3)))
    headers = {"Content-Type": "application/feed+json", "ETag": '"1"'}
    web.pages |= {f"/news/{n}": article(n) for n in range(3)}
    web.pages["/feed.json"] = lambda asked: (
        Answer(status=304) if "if-none-match" in asked.headers else Answer(body, headers=headers)
    )
    site = replace(bare, feeds=(f"{web.url}/feed.json",))
    for _ in range(2):
        assert crawl(site).outcome == "finished"
    assert len(list(iterate(open_database(tmp_path)))) == 3
    assert sorted(web.paths("/news")) == ["/news/0", "/news/1", "/news/2"]
