"""Responses that are too large, of the wrong type, broken, or compression bombs."""

import gzip
import logging
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from web_server import Answer, ReceivedRequest, Web, article, rss

from items import Site
from spiders.responses import says_noindex
from spiders.runner import CrawlResult
from storage.article_rows import iterate
from storage.database import open_database

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Crawl = Callable[..., CrawlResult]

MEGABYTE = 1 << 20


def deflate(data: bytes) -> bytes:
    return zlib.compress(data)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def reasons(data: Path) -> dict[str, str]:
    rows = open_database(data).query("SELECT url, reason FROM frontier WHERE state != 'done'")
    return {row["url"].rpartition("/")[2]: row["reason"] for row in rows}


def publish(web: Web, *pages: Answer | str) -> None:
    web.pages["/feed"] = rss(web.url, range(len(pages)))
    web.pages |= {f"/news/{number}": page for number, page in enumerate(pages)}


@pytest.mark.parametrize("encoding", PACKERS)
def test_compressed_pages_are_read_and_bombs_are_cut(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, encoding: str
) -> None:
    pack = PACKERS[encoding]
    headers = {"Content-Encoding": encoding}
    bomb = pack(b"<html>" + bytes(64 * MEGABYTE))
    assert len(bomb) < MEGABYTE
    publish(web, Answer(pack(article(0).encode()), headers=headers), Answer(bomb, headers=headers))
    crawl(site)
    assert [item.title for item in iterate(open_database(tmp_path))] == ["خبر 0"]
    assert reasons(tmp_path) == {"1": "too_large"}


def test_a_bomb_in_a_feed_is_a_problem_of_that_feed(web: Web, site: Site, crawl: Crawl) -> None:
    bomb = gzip.compress(b"<rss>" + bytes(64 * MEGABYTE))
    web.pages["/feed"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    assert "larger than the limit" in crawl(site).trouble


def test_pages_over_the_limit_are_not_read_to_their_end(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    large = b"<html>" + b" " * (9 * MEGABYTE)
    endless = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + large
    publish(web, Answer(large), Answer(raw=endless), article(2))
    assert crawl(site).counts["new"] == 1
    assert reasons(tmp_path) == {"0": "too_large", "1": "too_large"}


def test_only_html_is_downloaded_for_an_article(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    video = Answer(b"\0" * MEGABYTE, headers={"Content-Type": "video/mp4"})
    pdf = Answer(b"%PDF-1.7 " * 1000, headers={"Content-Type": "application/pdf"})
    hidden_pdf = Answer(b"%PDF-1.7", headers={"Content-Type": "application/octet-stream"})
    undeclared = Answer(article(3), headers={"Content-Type": ""})
    missing = Answer(b"GIF89a", status=404, headers={"Content-Type": "image/gif"})
    publish(web, video, pdf, hidden_pdf, undeclared, missing)
    with caplog.at_level(logging.DEBUG):
        crawl(site)
    assert reasons(tmp_path) == {
        "0": "not_wanted",
        "1": "not_wanted",
        "2": "not_html",
        "4": "http_404",
    }
    assert [item.title for item in iterate(open_database(tmp_path))] == ["خبر 3"]


def test_half_a_page_is_not_stored_and_comes_back_later(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    half = article(0).encode()[:-60]
    announced = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4000\r\n\r\n"
    chunked = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    unannounced = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    publish(
        web,
        Answer(raw=announced + half),
        Answer(raw=chunked + b"40\r\n" + half[:64] + b"\r\n"),
        Answer(raw=unannounced + half),
        Answer(raw=unannounced + article(3).encode()),
    )
    crawl(site)
    assert [item.title for item in iterate(open_database(tmp_path))] == ["خبر 3"]
    assert reasons(tmp_path) == {"0": "truncated", "1": "truncated", "2": "truncated"}


def test_responses_that_are_no_http_get_an_outcome(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    badly_packed = Answer(b"not gzip at all", headers={"Content-Encoding": "gzip"})
    publish(web, Answer(raw=b"SSH-2.0-OpenSSH\r\n"), Answer(raw=b""), badly_packed, article(3))
    assert crawl(site).counts["new"] == 1
    assert set(reasons(tmp_path)) == {"0", "1", "2"}


def test_what_the_site_says_reaches_no_log_line_unescaped(
    web: Web, site: Site, crawl: Crawl, caplog: pytest.LogCaptureFixture
) -> None:
    hostile = "text/html\x1b[31m\u202e"
    web.pages["/feed"] = Answer("x", headers={"Content-Type": f"image/{hostile}"})
    crawl(replace(site, feeds=(f"{web.url}/feed",)))
    messages = [record.getMessage() for record in caplog.records]
    assert any("is not downloaded" in message for message in messages)
    assert not any("\x1b" in message or "\u202e" in message for message in messages)


@pytest.mark.parametrize(
    ("tag", "closed"),
    [
        ("noindex", True),
        ("NoIndex, nofollow", True),
        ("none", True),
        ("nofollow", False),
        ("warraq: noindex", True),
        ("googlebot: noindex", False),
        ("unavailable_after: 25 Jun 2027 15:00:00 GMT", False),
        ("max-snippet: 20, noindex", True),
    ],
)
def test_x_robots_tag(tag: str, closed: bool) -> None:
    assert says_noindex([tag], "Warraq") is closed


def with_length(body: str, length: int) -> Answer:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n"
    return Answer(raw=head.encode() + body.encode())


def in_turn(*answers: Answer) -> Callable[[ReceivedRequest], Answer]:
    """The last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_a_wrong_length_cuts_no_article_short(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    pages = [article(number, words=f"كلمات {number} " * 50) for number in range(3)]
    publish(web, *pages[:2], pages[2].removesuffix("</body></html>"))
    for number, lengths in enumerate([(200,), (300, 200)]):
        cut = [with_length(pages[number], length) for length in lengths]
        web.pages[f"/news/{number}"] = in_turn(*cut, Answer(pages[number]))
    crawl(site)
    kept = {item.title: item.text for item in iterate(open_database(tmp_path))}
    assert set(kept) == {"خبر 0", "خبر 2"}, "cut once; and one that never has an end"
    assert kept["خبر 0"].endswith("كلمات 0")
    assert web.count("/news/2") == 2, "it came the same again"
    assert reasons(tmp_path) == {"1": "truncated"}


def test_half_a_feed_is_requested_once_more(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, article(0), article(1))
    feed = web.pages["/feed"]
    assert isinstance(feed, Answer)
    text = str(feed.body)
    cut = f"HTTP/1.1 200 OK\r\nETag: a\r\nContent-Type: application/rss+xml\r\nContent-Length: 300\r\n\r\n{text}"
    web.pages["/feed"] = in_turn(Answer(raw=cut.encode()), feed)
    assert crawl(site).counts["new"] == 2
    assert web.count("/feed") == 2
