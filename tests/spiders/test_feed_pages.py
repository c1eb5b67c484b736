"""Where a feed goes on."""

import pytest

from items import Site
from spiders.sources.feed_pages import parse_feed_page

SITE = Site("ex", homepage="https://ex.org/")
ITEM = "<item><title>خبر</title><link>https://ex.org/news/1</link></item>"
ENTRY = '<entry><title>x</title><link href="https://ex.org/news/1"/></entry>'
WORDPRESS = "<generator>https://wordpress.org/?v=6.7</generator>"
ATOM = "http://www.w3.org/2005/Atom"


def rss(head: str, items: str = ITEM) -> str:
    return f'<rss version="2.0" xmlns:atom="{ATOM}"><channel>{head}{items}</channel></rss>'


def atom(head: str, entries: str = ENTRY) -> str:
    return f'<feed xmlns="{ATOM}">{head}{entries}</feed>'


@pytest.mark.parametrize(
    ("url", "feed", "following"),
    [
        ("https://ex.org/rss", rss(WORDPRESS), "https://ex.org/rss?paged=2"),
        ("https://ex.org/feed/", rss(""), "https://ex.org/feed/?paged=2"),
        ("https://ex.org/ar/feed/atom/", atom(""), "https://ex.org/ar/feed/atom/?paged=2"),
        ("https://ex.org/?feed=rss2", rss(""), "https://ex.org/?feed=rss2&paged=2"),
        ("https://ex.org/feed/?paged=9", rss(WORDPRESS), "https://ex.org/feed/?paged=10"),
        ("https://ex.org/feed/?paged=x", rss(WORDPRESS), "https://ex.org/feed/?paged=2"),
        ("https://ex.org/feed/?paged=9", rss(WORDPRESS, ""), None),
        ("https://ex.org/rss.xml", rss(""), None),
        (
            "https://ex.org/a",
            rss('<atom:link rel="next" href="/a?page=2"/>'),
            "https://ex.org/a?page=2",
        ),
        (
            "https://ex.org/a",
            atom('<link rel="next" href="a?start=26"/>'),
            "https://ex.org/a?start=26",
        ),
        (
            "https://ex.org/a",
            atom('<link rel="prev-archive" href="/2026-10"/>'),
            "https://ex.org/2026-10",
        ),
        ("https://ex.org/a", atom('<link rel="next" href="https://other.example/a"/>'), None),
        ("https://ex.org/a", atom('<link rel="next" href="https://ex.org/a"/>'), None),
        ("https://ex.org/a", atom('<link rel="next" href="javascript:x"/>'), None),
        (
            "https://ex.org/a",
            atom("", ENTRY.replace("<entry>", '<entry><link rel="next" href="/x"/>')),
            None,
        ),
    ],
)
def test_the_next_page_of_a_feed(url: str, feed: str, following: str | None) -> None:
    links, found = parse_feed_page(feed.encode(), url, SITE)
    assert found == following
    assert len(links) == (1 if "news/1" in feed else 0)


@pytest.mark.parametrize(
    ("rest", "following"),
    [
        ('"next_url": "https://ex.org/f?p=2"', "https://ex.org/f?p=2"),
        ('"next_url": 7', None),
        ('"next_url": "https://other.example/"', None),
    ],
)
def test_the_next_page_of_a_json_feed(rest: str, following: str | None) -> None:
    items = '"items": [{"url": "https://ex.org/news/1"}]'
    feed = f'{{"version": "https://jsonfeed.org/version/1.1", {items}, {rest}}}'
    assert parse_feed_page(feed.encode(), "https://ex.org/f", SITE)[1] == following


def test_a_json_feed_without_items_is_the_last_page() -> None:
    feed = b'{"version": "https://jsonfeed.org/version/1.1", "items": [], "next_url": "/f?p=3"}'
    assert parse_feed_page(feed, "https://ex.org/f", SITE) == ([], None)
