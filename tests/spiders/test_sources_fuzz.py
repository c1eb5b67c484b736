"""Whatever a server sends, parsers give links or raise WrongFormat, and nothing else."""

import json
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from items import Link, Site
from spiders.autodiscovery.fingerprint import take_fingerprint
from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import parse_feed
from spiders.sources.html_links import parse_links
from spiders.sources.section import parse_section
from spiders.sources.sitemap import parse_sitemap
from spiders.sources.wordpress_api import parse_response

SITE = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus")
URL = "https://ex.org/x"
POST = {
    "id": 1, "date": "2026-11-01T09:00:00", "modified_gmt": "2026-11-01T06:00:00", "link": "https://ex.org/a",
    "title": {"rendered": "خبر &amp; خبر"}, "content": {"rendered": "<p>x</p>", "protected": False},
    "_embedded": {"author": [{"name": "x"}], "wp:term": [[{"taxonomy": "category", "name": "y"}]]},
}  # fmt: skip
DOCUMENTS = {
    "feed": '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<channel><language>ar</language><item><title>خبر &amp;quot; <![CDATA[<b>x]]></title><link>/a?x=1&amp;y=2</link>"
    "<pubDate>Sun, 01 Nov 2026 09:00:00 +0300</pubDate><dc:creator>س</dc:creator><category>ص</category></item></channel></rss>",
    "sitemap": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://ex.org/a</loc>'
    "<lastmod>2026-11-01T09:00:00+03:00</lastmod></url></urlset>",
    "page": '<!DOCTYPE html><html lang="ar"><head><base href="/"><title>ن</title><link rel="next" href="?page=2"></head><body>'
    '<nav class="menu"><a href="/s">س</a></nav><h2><a href="/2026/11/01/a">وزير الزراعة يفتتح المعرض اليوم</a></h2></body></html>',
    "posts": json.dumps([POST], ensure_ascii=False),
}
READERS: dict[str, Callable[[bytes], Sequence[Link]]] = {
    "feed": lambda body: parse_feed(body, URL, SITE),
    "sitemap": lambda body: parse_sitemap(body, URL, SITE).links,
    "page": lambda body: parse_section(body, None, URL, SITE).links,
    "posts": lambda body: parse_response(200, {}, body, SITE).links,
}
_BITS = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b"<", b">", b'"', b"&", b"&#x0;", b"\x00", b"]]>", b"<![CDATA[", b"<!--", b"xmlns:a=", b"://", b"[", b"%"]),
    st.sampled_from([b"2026-99-99", b"\xff\xfe", b"<item>", b"</channel>", b"<url>", b"http://[::1", b"javascript:", b"null", b"{}"]),
)  # fmt: skip


def read(kind: str, body: bytes) -> tuple[Sequence[Link], str]:
    """The links, or the message that says what the document is not."""
    try:
        return READERS[kind](body), ""
    except WrongFormat as reason:
        return (), str(reason)


@pytest.mark.parametrize("kind", DOCUMENTS)
@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_document(kind: str, data: st.DataObject) -> None:
    body = DOCUMENTS[kind].encode(
        data.draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "cp1256"]))
    )
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(start + 40, len(body))))
        body = body[:start] + data.draw(_BITS) + body[end:]
    links, reason = read(kind, body)
    assert reason.isprintable()
    for link in links:
        assert link.url.startswith(("https://ex.org/", "http://ex.org"))
        assert link.fetch_url.isascii()


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_an_undamaged_document(kind: str) -> None:
    assert len(READERS[kind](DOCUMENTS[kind].encode())) == 1


@settings(max_examples=60)
@given(st.lists(_BITS, max_size=8), st.sampled_from(["utf-8", "cp1256"]))
def test_the_fingerprint_of_a_damaged_page(bits: list[bytes], encoding: str) -> None:
    head, body = DOCUMENTS["page"].encode(encoding).split(b"<body>")
    page = parse_links(head + b"<body>" + b"".join(bits) + body, None, URL)
    fingerprint = take_fingerprint(
        page, {"link": "".join(map(repr, bits)), "x-generator": "Drupal 10"}
    )
    assert fingerprint.family == "drupal"
