"""Header fields that no server should send, over all that is fetched: an article is an article, a source
is read or is in trouble that is named, and the rest of the crawl goes on.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_server import Answer, Web, article, publish

from items import Site, Validators
from spiders.fetching.conditional import headers_for
from spiders.fetching.retry_after import MAX_SECONDS, retry_after_seconds
from spiders.runner import CrawlResult
from storage import http_validators
from storage.database import open_database
from text.timestamps import http_date

Crawl = Callable[..., CrawlResult]
DIGITS = "9" * 20
HEADERS = {
    "Last-Modified": (f"Mon, {DIGITS} Jan 2020 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359"),
    "Date": (f"Mon, 01 Jan 2020 00:00:00 +{DIGITS}", "\x01"),
    "Retry-After": (DIGITS, "9" * 5000, f"Mon, {DIGITS} Jan 2020 00:00:00 GMT"),
    "Age": (DIGITS, "-1"),
    "Content-Length": ("-1", "9" * 5000),
    "Content-Type": (
        "; charset=\x00",
        "text/html; charset=" + "x" * 10_000,
        "text/html;charset=\x1b[31m",
    ),
    "ETag": ('"' + "e" * (1 << 18) + '"', '"\x1b]0;\x07\x9b"'),
    "Location": ("http://[", "//\x00", "http://\u2100x/", "x" * 100_000),
    "X-Robots-Tag": ("noindex" * 10_000,),
    "X-WP-TotalPages": ("9" * 4301, "-1"),
    "Link": ("<" * 10_000,),
}
CASES = [(name, value) for name, values in HEADERS.items() for value in values]


def raw(body: str, kind: str, name: str, value: str) -> Answer:
    data = body.encode()
    fields = {"Content-Type": kind, "Content-Length": str(len(data)), name: value}
    head = "".join(f"{key}: {text}\r\n" for key, text in fields.items())
    return Answer(raw=b"HTTP/1.1 200 OK\r\n" + head.encode() + b"Connection: close\r\n\r\n" + data)


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{0}/news/1</loc></url></urlset>'
SOURCES: dict[str, tuple[str, str]] = {
    "/robots.txt": ("User-agent: *\nDisallow: /x\n", "text/plain"),
    "/feed": ("<rss><channel><item><link>{0}/news/1</link></item></channel></rss>", "text/xml"),
    "/sitemap.xml": (SITEMAP, "text/xml"),
    "/wp-json/wp/v2/posts": ("[]", "application/json"),
    "/section": ('<html><body><a href="/news/1">خبر</a></body></html>', "text/html"),
}


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{n}-{v[:8]!a}" for n, v in CASES])
def test_over_everything_that_is_fetched(
    web: Web, site: Site, crawl: Crawl, name: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    publish(web, range(3))
    web.pages["/good"] = web.pages["/feed"]
    web.pages["/news/2"] = raw(article(2), "text/html", name, value)
    for path, (body, kind) in SOURCES.items():
        web.pages[path] = raw(body.format(web.url), kind, name, value)
    hostile = replace(
        site,
        feeds=(f"{web.url}/good", f"{web.url}/feed"),
        sitemaps=(f"{web.url}/sitemap.xml",),
        sections=(f"{web.url}/section",),
        wordpress=f"{web.url}/wp-json/",
    )
    for _ in range(2):  # with what was kept of the first time
        result = crawl(hostile)
        assert result.outcome in ("finished", "failed"), result
        assert "internal error" not in result.trouble
    # A robots.txt that cannot be read closes the site; Twisted reads lines of 16 KiB.
    robots_break = name == "Content-Length" or len(value) > 1 << 14
    stored = result.counts.get("unchanged", 0) + web.count("/news/0")
    assert stored > 0 or robots_break
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


@given(st.text(st.sampled_from("0123456789-+:, GMTJanMo\x00٣"), max_size=60), st.text(max_size=40))
def test_a_date_is_a_date_or_none(numbers: str, text: str) -> None:
    for value in (
        *(numbers, text, f"Mon, {numbers} Jan 2020 00:00:00 GMT"),
        *(f"Mon, 01 Jan {numbers} 00:00:00 {numbers}", f"Mon, 01 Jan 2020 00:00:00 +{numbers}"),
    ):
        date = http_date(value)
        assert date is None or date.tzinfo is UTC
        for status in (429, 503):
            assert 0 <= retry_after_seconds(status, value, 1_793_000_000.0) <= MAX_SECONDS


@given(st.text(max_size=2000), st.text(max_size=2000))
def test_what_is_sent_back_is_a_header(etag: str, modified: str) -> None:
    for value in headers_for(Validators("https://a.example/", etag, modified)).values():
        assert value.isascii()
        assert value.isprintable()
        assert len(value) <= 1024


def test_what_a_304_says_instead_is_kept(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish(web, range(1))
    feed = web.pages["/feed"]
    assert isinstance(feed, Answer)
    web.pages["/feed"] = replace(feed, headers=dict(feed.headers) | {"ETag": '"one"'})
    crawl(site)
    web.pages["/feed"] = Answer("", 304, {"ETag": '"two"'})
    crawl(site)
    crawl(site)
    asked = [
        request.headers.get("if-none-match") for request in web.asked if request.path == "/feed"
    ]
    assert asked == [None, '"one"', '"two"']
    with open_database(tmp_path) as db:
        kept = http_validators.validators(db, f"{web.url}/feed")
        assert kept is not None
        assert kept.etag == '"two"'
