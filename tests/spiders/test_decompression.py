"""`Content-Encoding` is undone off the loop, and not without end."""

import gzip
import threading
import zlib
from collections.abc import Callable

import brotli
import pytest
from scrapy.downloadermiddlewares import httpcompression
from web_server import Answer, Web, publish

from items import Site
from spiders.fetching.decompression import count_encodings
from spiders.runner import CrawlResult
from text.limits import MAX_CONTENT_ENCODINGS

Crawl = Callable[..., CrawlResult]


def _bytes(answer: Answer) -> bytes:
    return answer.body.encode() if isinstance(answer.body, str) else answer.body


def _nested(body: bytes, layers: int) -> bytes:
    for _ in range(layers):
        body = gzip.compress(body, 0)
    return body


@pytest.mark.parametrize(
    ("header", "count"),
    [([b"gzip"], 1), ([b"gzip, br"], 2), ([b"gzip,br", b"br"], 3), ([b"," * 9], 10), ([], 0)],
)
def test_encodings_are_counted_over_all_headers(header: list[bytes], count: int) -> None:
    assert count_encodings(header) == count


@pytest.mark.parametrize(
    ("coding", "encode"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)],
)
def test_they_are_undone_in_a_thread(
    web: Web,
    site: Site,
    crawl: Crawl,
    monkeypatch: pytest.MonkeyPatch,
    coding: str,
    encode: Callable[[bytes], bytes],
) -> None:
    publish(web, [1])
    feed = web.pages["/feed"]
    assert isinstance(feed, Answer)
    web.pages["/feed"] = Answer(encode(_bytes(feed)), headers={"Content-Encoding": coding})
    threads: list[threading.Thread] = []
    undo = httpcompression.HttpCompressionMiddleware._handle_encoding

    def noted(*arguments: object) -> object:
        threads.append(threading.current_thread())
        return undo(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(httpcompression.HttpCompressionMiddleware, "_handle_encoding", noted)
    assert crawl(site).counts["new"] == 1
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("layers", [MAX_CONTENT_ENCODINGS, MAX_CONTENT_ENCODINGS + 1, 500])
def test_layers_beyond_the_limit_are_refused_before_the_first(
    web: Web, site: Site, crawl: Crawl, layers: int
) -> None:
    publish(web, [1])
    feed = web.pages["/feed"]
    assert isinstance(feed, Answer)
    web.pages["/feed"] = Answer(
        _nested(_bytes(feed), layers), headers={"Content-Encoding": ", ".join(["gzip"] * layers)}
    )
    result = crawl(site)
    if layers <= MAX_CONTENT_ENCODINGS:
        assert result.counts["new"] == 1
    else:
        assert "compressed more than 5 times over" in result.trouble
