"""Heads of answers that do not end, and bodies in chunks of a byte."""

from collections.abc import Callable
from pathlib import Path

import pytest
from web_server import Answer, Web, article, rss

from items import Site
from spiders.fetching.http_client import _JoinedChunks
from spiders.runner import CrawlResult
from storage.database import open_database
from text.limits import MAX_HEADER_BYTES, MAX_HEADERS

Crawl = Callable[..., CrawlResult]

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
END = b"\r\n" + article(0).encode()
LONG = b"x" * 8_000
LONG_LINES = MAX_HEADER_BYTES // len(LONG) + 1


def head_of(*lines: bytes) -> bytes:
    return OK + b"".join(line + b"\r\n" for line in lines) + END


@pytest.mark.parametrize(
    "raw",
    [
        head_of(*(b"X-%d: 1" % n for n in range(MAX_HEADERS))),
        head_of(*(b"X-%d: %s" % (n, LONG) for n in range(LONG_LINES))),
        head_of(b"X: 1", *[b" 2"] * MAX_HEADERS),
        head_of(b"X: 1", *[b"\t" + LONG] * LONG_LINES),
        head_of(*[b"no colon"] * MAX_HEADERS),
        head_of(b"X: " + LONG * 40),
        b"HTTP/1.1 200 " + LONG * 40 + b"\r\n" + head_of(),
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * MAX_HEADERS + head_of(),
        head_of(*(b"Set-Cookie: a=%d" % n for n in range(MAX_HEADERS))).replace(b"\r\n", b"\n"),
    ],
    ids=(
        [
            "number",
            "bytes",
            "folded",
            "folded-bytes",
            "no-colon",
            "line",
            "status",
            "interim",
            "bare-newlines",
        ]
    ),
)
def test_a_head_beyond_the_bounds_is_refused_by_name(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path, raw: bytes
) -> None:
    web.pages["/feed"] = rss(web.url, range(2))
    web.pages |= {"/news/0": Answer(raw=raw), "/news/1": article(1)}
    assert crawl(site).counts["new"] == 1
    [row] = open_database(tmp_path).query("SELECT * FROM frontier WHERE state != 'done'")
    assert (row["state"], row["reason"]) == ("rejected", "too_large")
    assert web.count("/news/0") == 1


def test_a_feed_s_trouble_says_what_was_too_large(web: Web, site: Site, crawl: Crawl) -> None:
    web.pages["/feed"] = Answer(raw=head_of(*[b"X: 1"] * MAX_HEADERS))
    assert "headers are larger than the limit" in crawl(site).trouble


def test_a_long_head_within_the_bounds_is_read(web: Web, site: Site, crawl: Crawl) -> None:
    lines = [b"X-%d: %s" % (n, b"x" * 400) for n in range(MAX_HEADERS - 10)]
    web.pages["/feed"] = rss(web.url, range(1))
    web.pages["/news/0"] = Answer(raw=head_of(*lines))
    assert crawl(site).counts["new"] == 1


def test_chunks_that_come_at_once_are_handed_on_at_once() -> None:
    pieces: list[bytes] = []
    ends: list[bytes] = []
    decoder = _JoinedChunks(pieces.append, ends.append)
    wire = b"1\r\na\r\n" * 10_000
    decoder.dataReceived(wire + b"3\r\nx")
    decoder.dataReceived(b"yz\r\n0\r\n\r\nrest")
    assert pieces == [b"a" * 10_000 + b"x", b"yz"]
    assert ends == [b"rest"]
