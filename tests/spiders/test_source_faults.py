"""Bytes that break the reader of a source: that source's trouble, and nobody else's."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from web_server import Answer, ReceivedRequest, Web, article, rss

from items import Site
from spiders.crawl_resources import SourceRead
from spiders.runner import CrawlResult
from spiders.sources import read

pytestmark = pytest.mark.slow

Crawl = Callable[..., CrawlResult]

# Half an emoji, which no UTF-8 holds; times and numbers beyond all that a program counts with.
SURROGATES = "&#55357;&#56832;"
HUGE = "9" * 4_400
RSS = '<rss version="2.0"><channel><title>ن</title><item><title>خبر {}</title>{}</item></channel></rss>'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>ن</title><entry><title>خبر {}</title>'
    '<link href="{}"/><updated>{}</updated></entry></feed>'
)
URLSET = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{}</loc>'
    "<lastmod>{}</lastmod><news:news><news:title>خبر {}</news:title></news:news></url></urlset>"
)
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap><loc>{}</loc><lastmod>{}</lastmod></sitemap></sitemapindex>"
)
SECTION = '<html><body><main><h3><a href="{}">خبر طويل العنوان يحمل رقما في آخره</a></h3></main>{}</body></html>'
POST = {"id": 1, "link": "/news/1", "title": {"rendered": "خبر"}, "date_gmt": "2026-11-01T06:00:00"}
URL, TIME = "/news/1", "2026-11-01T06:00:00Z"
LINK = f"<link>{URL}</link>"


def posts(**changes: object) -> str:
    return json.dumps([POST | changes])


@pytest.mark.parametrize(
    ("kind", "body", "headers"),
    [
        ("feeds", RSS.format(SURROGATES, LINK), {}),
        ("feeds", RSS.format("", "<link>http://[</link>"), {}),
        ("feeds", RSS.format("", "<link>http://℀x/</link>"), {}),
        ("feeds", RSS.format("", f"{LINK}<pubDate>Mon, {HUGE} Jan 2020 0:0:0 GMT</pubDate>"), {}),
        ("feeds", ATOM.format(SURROGATES, URL, TIME), {}),
        ("feeds", ATOM.format("", "http://[", f"{HUGE}-01-01"), {}),
        ("feeds", RSS.format("", LINK), {"Last-Modified": f"Mon, {HUGE[:20]} Jan 2020 0:0:0 GMT"}),
        ("feeds", RSS.format("", LINK), {"Date": f"Mon, 02 Nov 2026 00:00:00 +{HUGE[:18]}"}),
        ("feeds", RSS.format("", LINK), {"Retry-After": HUGE}),
        ("sitemaps", URLSET.format(URL, TIME, SURROGATES), {}),
        ("sitemaps", URLSET.format("http://[", f"2026-11-01T06:00:00+{HUGE}", ""), {}),
        ("sitemaps", INDEX.format("http://[", TIME), {}),
        ("sitemaps", INDEX.format("http://℀x/", f"{HUGE}-01-01"), {}),
        ("sections", SECTION.format("http://[", ""), {}),
        ("sections", SECTION.format(URL, '<a rel="next" href="http://℀x/">التالي</a>'), {}),
        ("sections", SECTION.format(URL, f'<base href="http://[">{SURROGATES}'), {}),
        ("wordpress", posts(title={"rendered": "خبر \ud83d"}), {}),
        ("wordpress", posts(link="http://["), {}),
        ("wordpress", posts(date_gmt=f"{HUGE}-01-01T00:00:00", id=10**400), {}),
        ("wordpress", posts(), {"X-WP-TotalPages": "9" * 4_301}),
        ("wordpress", "[" * 100_000, {}),
    ],
)
def test_a_source_that_breaks_its_parser_stops_no_other(
    kind: str,
    body: str,
    headers: dict[str, str],
    web: Web,
    bare: Site,
    crawl: Crawl,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    web.pages |= {f"/news/{number}": article(number) for number in (1, 101, 102)}
    web.pages["/rss.xml"] = rss(web.url, [101, 102])
    usual = web.answer

    def answer(request: ReceivedRequest) -> Answer:
        bad = Answer(body, headers={"Content-Type": "application/json"} | headers)
        return bad if request.path.startswith("/bad") else usual(request)

    monkeypatch.setattr(web, "answer", answer)
    sound = f"{web.url}/rss.xml"
    site = {
        "feeds": replace(bare, feeds=(f"{web.url}/bad", sound)),
        "sitemaps": replace(bare, feeds=(sound,), sitemaps=(f"{web.url}/bad",)),
        "sections": replace(bare, feeds=(sound,), sections=(f"{web.url}/bad",)),
        "wordpress": replace(bare, feeds=(sound,), wordpress=f"{web.url}/bad/"),
    }[kind]
    result = crawl(site)
    assert result.outcome == "finished"
    assert result.counts["new"] >= 2
    assert len(web.paths("/bad")) <= 8, "it is not asked without end"


@pytest.mark.parametrize("url", ["http://[", "http://℀x/", f"http://x:{HUGE}/"])
def test_a_robots_txt_that_breaks_its_parser_is_no_end(
    url: str, web: Web, bare: Site, crawl: Crawl
) -> None:
    web.pages |= {
        "/robots.txt": f"User-agent: *\nCrawl-delay: {HUGE}x\nSitemap: {url}\n",
        "/": '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><p>الرئيسية</p>',
        "/rss.xml": rss(web.url, [101, 102]),
        "/news/101": article(101),
        "/news/102": article(102),
    }
    assert crawl(bare).counts["new"] == 2


def test_a_parsers_error_is_a_failure_with_a_message(
    web: Web, bare: Site, crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> SourceRead:
        raise ValueError("\x1b[31mhttp://[\x1b[0m")

    monkeypatch.setitem(read._READERS, "feed", broken)
    result = crawl(replace(bare, feeds=(f"{web.url}/rss.xml",)))
    assert result.outcome == "failed"
    assert "ValueError" in result.trouble
    assert "\x1b" not in result.trouble
