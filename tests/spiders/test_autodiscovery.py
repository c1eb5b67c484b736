"""What a probe finds out of a site, from whichever of its pages it begins."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pytest

from spiders.autodiscovery.probe import ProbeResult, probe
from spiders.fetching.fetch import Fetched, Unreachable

T = TypeVar("T")

HOST = "https://ex.org"
TITLES = ("وزير الزراعة يفتتح معرض الزهور السنوي", "أسعار القمح تواصل ارتفاعها في الأسواق")
CARDS = "".join(
    f'<h2><a href="/2026/11/0{n}/story">{title} اليوم</a></h2>'
    for n, title in enumerate(TITLES * 2, 1)
)
Pages = Mapping[str, "str | Fetched"]


def home(head: str = "", body: str = CARDS, lang: str = "ar") -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}" dir="rtl"><head><title>صحيفة النهر - الرئيسية</title>{head}</head>'
        f"<body>{body}</body></html>"
    )


def feed(*paths: str) -> str:
    items = "".join(
        f"<item><link>{HOST}{p}</link><pubDate>2026-11-01T06:00:00Z</pubDate></item>" for p in paths
    )
    return f'<rss version="2.0"><channel>{items}</channel></rss>'


def sitemap(*paths: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>{HOST}{p}</loc></url>" for p in paths) + "</urlset>"


def index(*paths: str) -> str:
    inner = "".join(f"<sitemap><loc>{HOST}{p}</loc></sitemap>" for p in paths)
    return f"<sitemapindex>{inner}</sitemapindex>"


def root(**about: object) -> str:
    return json.dumps({"name": "صحيفة النهر &amp; البحر", "namespaces": ["wp/v2"], **about})


def posts(*paths: str) -> str:
    return json.dumps(
        [{"id": n, "link": HOST + p, "content": {"rendered": "x"}} for n, p in enumerate(paths)]
    )


class Web:
    """Pages by URL; REST requests match without their query."""

    def __init__(self, pages: Pages) -> None:
        self.pages = {
            (HOST + path if path.startswith("/") else path): p for path, p in pages.items()
        }
        self.requested: list[str] = []

    async def fetch(self, url: str) -> Fetched:
        self.requested.append(url)
        short = (url, url.partition("&")[0], url.partition("?per_page")[0])
        page = next((self.pages[name] for name in short if name in self.pages), None)
        if page is None:
            return Fetched(url, 404)
        return page if isinstance(page, Fetched) else Fetched(url, 200, {}, page.encode())


class Here:
    """Instead of workers: what is run there is tested with them elsewhere."""

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        return function(*arguments)


def run_probe(pages: Pages, url: str = f"{HOST}/") -> ProbeResult:
    return asyncio.run(probe(url, Web(pages).fetch, Here()))


WORDPRESS: dict[str, str | Fetched] = {
    "/": home(
        '<link rel="https://api.w.org/" href="/wp-json/"><script src="/wp-content/themes/jannah/a.js">'
    ),
    "/wp-json/": root(timezone_string="Asia/Damascus", gmt_offset=3),
    "/wp-json/wp/v2/posts": posts("/a", "/b"),
    "/feed/": feed("/a"),
    "/robots.txt": f"User-agent: *\nSitemap: {HOST}/wp-sitemap.xml\n",
    "/wp-sitemap.xml": index("/wp-sitemap-posts-post-1.xml"),
    "/wp-sitemap-posts-post-1.xml": sitemap("/a", "/b", "/c"),
    "/a": home(),
}


def test_a_wordpress() -> None:
    result = run_probe(WORDPRESS)
    assert result.homepage == f"{HOST}/"
    assert result.title == "صحيفة النهر & البحر"
    assert (result.language, result.timezone, result.family) == ("ar", "Asia/Damascus", "jannah")
    assert result.wordpress == f"{HOST}/wp-json/"
    assert result.feeds == (f"{HOST}/feed/",)
    assert result.sitemaps == (f"{HOST}/wp-sitemap.xml",)
    assert result.sections == ()
    assert result.found == (
        "open WordPress REST interface https://ex.org/wp-json/: 2 articles",
        "feed https://ex.org/feed/: 1 article, the newest of 2026-11-01",
        "sitemap https://ex.org/wp-sitemap.xml: 3 articles",
    )


def test_a_wordpress_whose_rest_interface_is_closed() -> None:
    closed = Fetched(f"{HOST}/wp-json/", 401, {}, b'{"code":"rest_closed"}')
    result = run_probe(WORDPRESS | {"/wp-json/": closed})
    assert result.wordpress is None
    assert result.feeds
    assert result.sitemaps
    assert "/wp-json/: answers 401" in result.tried
    half = WORDPRESS | {"/wp-json/wp/v2/posts": '{"code":"x","message":"مغلق"}'}
    assert (
        "/wp-json/: the WordPress REST interface is closed (HTTP 200): مغلق"
        in run_probe(half).tried
    )
    empty = WORDPRESS | {"/wp-json/wp/v2/posts": posts("x").replace(HOST, "https://other.org/")}
    assert "/wp-json/: no posts of this site" in run_probe(empty).tried


def test_the_rest_link_may_be_in_a_header() -> None:
    link = (
        '<https://ex.org/?rest_route=/>; rel="https://api.w.org/", <https://ex.org/>; rel=shortlink'
    )
    result = run_probe(
        {
            "/": Fetched(f"{HOST}/", 200, {"link": link}, home().encode()),
            "/?rest_route=/": root(),
            "/?rest_route=/wp/v2/posts": posts("/a"),
        }
    )
    assert result.wordpress == f"{HOST}/?rest_route=/"


def test_a_drupal_announces_its_feed() -> None:
    head = """<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">
        <link rel="alternate" type="application/rss+xml" title="النهر" href="/rss.xml">
        <link rel="alternate" type="application/rss+xml" title="تعليقات" href="/comments.xml">"""
    result = run_probe(
        {"/": home(head), "/rss.xml": feed("/node/1"), "/comments.xml": feed("/node/9")}
    )
    assert (result.family, result.feeds) == ("drupal", (f"{HOST}/rss.xml",))
    assert result.title == "صحيفة النهر"


def test_feeds_that_add_nothing_are_left_out() -> None:
    kind = '<link rel="alternate" type="application/rss+xml" href="%s">'
    head = "".join(kind % path for path in ("/all", "/again", "/sport", "/broken", "//evil.org/x"))
    pages = {
        "/all": feed("/1", "/2"),
        "/again": feed("/2"),
        "/sport": feed("/2", "/3"),
        "/broken": "<html>",
    }
    result = run_probe({"/": home(head)} | pages)
    assert result.feeds == (f"{HOST}/all", f"{HOST}/sport")
    assert [line for line in result.tried if "/broken" in line]


@pytest.mark.parametrize("path", ["/feed/", "/rss.xml", "/rss", "/atom.xml", "/?feed=rss2"])
def test_feeds_in_usual_places(path: str) -> None:
    assert run_probe({"/": home(), path: feed("/1")}).feeds == (HOST + path,)


def test_a_json_feed_is_announced_by_either_type() -> None:
    kind = '<link rel="alternate" type="%s" href="%s">'
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"url": "/1"}]})
    for declared in ("application/feed+json", "application/json"):
        result = run_probe({"/": home(kind % (declared, "/my-feed")), "/my-feed": body})
        assert result.feeds == (f"{HOST}/my-feed",)
    rest = home(kind % ("application/json", "/wp-json/wp/v2/pages/2"))
    assert run_probe({"/": rest, "/wp-json/wp/v2/pages/2": body}).feeds == ()


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/?sitemap=index"]
)
def test_sitemaps_in_usual_places(path: str) -> None:
    assert run_probe({"/": home(), path: sitemap("/1")}).sitemaps == (HOST + path,)


def test_news_sitemaps_of_robots_txt_come_first() -> None:
    robots = "".join(
        f"Sitemap: {path}\n" for path in ("/a.xml", "/empty.xml", "/news.xml", "/a.pdf")
    )
    pages = {
        "/a.xml": sitemap("/1"),
        "/news.xml": sitemap("/2"),
        "/empty.xml": sitemap(),
        "/a.pdf": "%PDF",
    }
    result = run_probe({"/": home(), "/robots.txt": robots} | pages)
    assert result.sitemaps == (f"{HOST}/news.xml", f"{HOST}/a.xml")
    assert "/empty.xml: a sitemap without articles of this site" in result.tried


def test_without_other_sources_the_page_that_lists_articles() -> None:
    result = run_probe({"/": home()})
    assert result.sections == (f"{HOST}/",)
    assert result.found == ("page that lists https://ex.org/: 4 articles",)


def test_a_site_without_sources() -> None:
    result = run_probe({"/": "<html><body>مرحبا</body></html>"})
    assert not result.has_source
    assert "/robots.txt: answers 404" in result.tried
    assert "/feed/: answers 404" in result.tried


def test_no_page_at_all() -> None:
    with pytest.raises(Unreachable, match="/: answers 404"):
        run_probe({})

    async def refuse(url: str) -> Fetched:
        raise Unreachable("no address for ex.org")

    with pytest.raises(Unreachable, match="no address"):
        asyncio.run(probe(f"{HOST}/", refuse, Here()))


@pytest.mark.parametrize("path", ["/2026/11/01/story", "/news/", "/feed/"])
def test_the_probe_may_begin_at_an_article_a_section_or_the_feed(path: str) -> None:
    pages = WORDPRESS | {"/2026/11/01/story": home(body="<h1>خبر</h1>"), "/news/": home()}
    result = run_probe(pages, HOST + path)
    assert (result.homepage, result.wordpress, result.within) == (
        f"{HOST}/",
        f"{HOST}/wp-json/",
        (),
    )
    assert result.family == "jannah"


def test_of_a_host_in_several_languages_only_that_of_the_url() -> None:
    english = home(
        body="".join(f"<a href='/{n}'>{'The quick brown fox jumps'} {n}</a>" for n in range(9)),
        lang="en",
    )
    pages = {"/": english, "/ar/": home(), "/ar/x": home(), "/ar/feed/": feed("/ar/1", "/en/2")}
    for path in ("/ar/", "/ar/x"):
        result = run_probe(pages, HOST + path)
        assert (result.homepage, result.language) == (f"{HOST}/ar/", "ar")
        assert result.within == (r"^https://ex\.org/ar(?:[/?]|$)",)
        assert result.feeds == (f"{HOST}/ar/feed/",)
        assert result.found[0].startswith("feed https://ex.org/ar/feed/: 1 article")


def test_a_redirect_leads_to_the_real_home() -> None:
    moved = Fetched("https://www.ex.org/", 200, {}, home().encode())
    result = run_probe({"/": moved, "https://www.ex.org/feed/": feed("/1")})
    assert result.homepage == "https://www.ex.org/"
    assert result.feeds == ("https://www.ex.org/feed/",)


def test_the_language_is_the_headlines_and_not_the_themes() -> None:
    assert run_probe({"/": home(lang="en-US")}).language == "ar"


def test_an_article_tells_the_family_that_the_home_does_not() -> None:
    article = home(
        body='<div class="elementor-widget elementor-widget-theme-post-content"><p>x</p></div>'
    )
    pages = WORDPRESS | {
        "/": home('<meta name="generator" content="WordPress 6.6">'),
        "/a": article,
    }
    assert run_probe(pages).family == "elementor"
    noindex = home('<meta name="robots" content="noindex, follow">')
    assert "noindex" in run_probe(WORDPRESS | {"/a": noindex}).found[-1]


def test_what_a_site_says_cannot_reach_the_terminal() -> None:
    head = '<meta property="og:site_name" content="x\x1b[31m&#x202e;y">'
    evil = '<link rel="alternate" type="application/rss+xml" href="/\u202e%1b[31m">'
    result = run_probe({"/": home(head + evil), "/feed/": feed("/1")})
    shown = " ".join([result.title, *result.found, *result.tried])
    assert result.title == "x[31my"
    assert not set(shown) & set("\x1b\u202e\n")


def test_the_number_of_requests_is_limited() -> None:
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(500)
    )
    robots = "".join(f"Sitemap: {HOST}/{n}.xml\n" for n in range(500))
    nested = {f"/{n}.xml": index(f"/{n}0.xml", f"/{n}1.xml") for n in range(500)}
    web = Web({"/": home(head), "/robots.txt": robots} | nested)
    asyncio.run(probe(f"{HOST}/", web.fetch, Here()))
    assert len(web.requested) == len(set(web.requested)) <= 60


BELOW = "".join(
    f'<h2><a href="/news/story-{n}-of-a-long-day">{TITLES[0]} {n}</a></h2>' for n in range(9)
)


@pytest.mark.parametrize(
    ("head", "root", "home_path"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/news/feed/">', home(), "/news/"),
        ('<link rel="https://api.w.org/" href="/news/wp-json/">', home(), "/news/"),
        ("", None, "/news/"),
        ("", home(), "/"),
        ('<link rel="alternate" type="application/rss+xml" href="/feed/">', home(), "/"),
        (
            '<link rel="alternate" type="application/rss+xml" href="/news/feed/">',
            home('<link rel="alternate" type="application/rss+xml" href="/feed/">'),
            "/",
        ),
    ],
)
def test_a_site_in_a_folder_of_its_host(head: str, root: str | None, home_path: str) -> None:
    pages: dict[str, str | Fetched] = {"/news/": home(head, BELOW), "/news": home(head, BELOW)}
    pages["/news/feed/"] = feed(*(f"/news/story-{n}-of-a-long-day" for n in range(9)), "/other/x")
    pages["/feed/"] = feed("/2026/11/01/story")
    if root:
        pages["/"] = root
    result = run_probe(pages, f"{HOST}/news/")
    assert result.homepage == HOST + home_path
    assert result.within == ((r"^https://ex\.org/news(?:[/?]|$)",) if home_path != "/" else ())
    if home_path != "/":
        assert any("9 articles" in found for found in result.found)


@pytest.mark.parametrize("typed", ["http://ex.org/", "https://ex.org/", "https://www.ex.org/"])
def test_links_that_are_all_absolute_to_another_spelling_of_the_host(typed: str) -> None:
    body = CARDS.replace('href="/', 'href="https://www.ex.org/')
    front = home(
        '<link rel="alternate" type="application/rss+xml" href="https://www.ex.org/f">', body
    )
    pages = {typed: front, "https://www.ex.org/f": feed("/1").replace(HOST, "https://www.ex.org")}
    result = run_probe(pages, typed)
    assert result.homepage == typed
    assert result.feeds == ("https://www.ex.org/f",)
    assert result.sections == (typed,)
