"""Sitemaps and their indexes: articles newest first, lists of other things left out."""

import gzip

import pytest
from line_counter import bounded_cpu

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.sitemap_file import ParsedSitemap, parse_sitemap

SITE = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus")
URL = "https://ex.org/sitemap.xml"
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def parse(body: str | bytes, site: Site = SITE) -> ParsedSitemap:
    return parse_sitemap(body.encode() if isinstance(body, str) else body, URL, site)


def urlset(*urls: str) -> str:
    inner = "".join(f"<url>{url}</url>" for url in urls)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><urlset {XMLNS}'
        ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        f' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{inner}</urlset>'
    )


def index(*names: str, lastmod: str = "") -> str:
    inner = "".join(
        f"<sitemap><loc>https://ex.org/{name}</loc>{lastmod}</sitemap>" for name in names
    )
    return f"<sitemapindex {XMLNS}>{inner}</sitemapindex>"


def test_articles_come_newest_first() -> None:
    dates = ["2026-11-01", "2026-11-01T09:00:00+03:00", "2026-11-02T00:00:00Z", ""]
    locs = [f"<loc>https://ex.org/{n}</loc><lastmod>{d}</lastmod>" for n, d in enumerate(dates)]
    links = parse(urlset(*locs)).links
    assert [link.url[-1] for link in links] == ["2", "1", "0", "3"]
    assert [link.hints.modified for link in links][:3] == [
        "2026-11-02T00:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-10-31T21:00:00Z",
    ]
    assert {link.found_by for link in links} == {"sitemap"}


def dated(*lastmods: str) -> list[str | None]:
    locs = (f"<loc>/{n}</loc><lastmod>{at}</lastmod>" for n, at in enumerate(lastmods))
    return [link.hints.modified for link in parse(urlset(*locs)).links]


def test_the_time_a_sitemap_was_made_is_no_time_of_its_articles() -> None:
    made = [f"2026-11-01T06:00:{second:02}Z" for second in range(20)]
    assert set(dated(*made)) == {None}
    assert None not in dated(*made[:5])
    assert None not in dated(*made, "2026-10-01T06:00:00Z", "2026-09-01T06:00:00Z")
    assert set(dated(*["2026-11-01"] * 20)) == {"2026-10-31T21:00:00Z"}


def test_a_news_sitemap() -> None:
    [link] = parse(
        urlset(
            """<loc>https://ex.org/a</loc><image:image><image:loc>https://ex.org/a.jpg</image:loc>
            <image:title>صورة</image:title></image:image><n:news><n:publication><n:name>ن</n:name>
            <n:language>ar</n:language></n:publication><n:publication_date>2026-11-01T09:00:00</n:publication_date>
            <n:title>خبر &amp;quot;أول&amp;quot;</n:title><n:keywords>سورية، نفط, دوري</n:keywords></n:news>"""
        )
    ).links
    assert link.url == "https://ex.org/a"
    assert link.hints.title == 'خبر "أول"'
    assert link.hints.published == "2026-11-01T06:00:00Z"
    assert link.hints.language == "ar"
    assert link.hints.tags == ("سورية", "نفط", "دوري")
    assert link.hints.image == "https://ex.org/a.jpg"


def test_pages_that_are_lists_are_left() -> None:
    paths = [
        *("", "tag/x", "category/a/b", "author/ali", "ar/tag/x", "2026/11", "page/2", "وسم/نفط"),
        *("contact-us", "a.pdf", "news/2026/11/story", "خبر", "tag-der-arbeit", "users-say-no"),
    ]
    links = parse(urlset(*(f"<loc>https://ex.org/{path}</loc>" for path in paths))).links
    assert [link.url.partition("org/")[2] for link in links] == [
        *("news/2026/11/story", "%D8%AE%D8%A8%D8%B1", "tag-der-arbeit", "users-say-no")
    ]


def test_addresses_of_other_sites_are_left() -> None:
    assert parse(urlset("<loc>https://other.org/a</loc>", "<loc>javascript:x</loc>")).links == []


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (
            [
                *("wp-sitemap-posts-post-1.xml", "wp-sitemap-posts-news-1.xml"),
                *("wp-sitemap-posts-page-1.xml", "wp-sitemap-taxonomies-category-1.xml"),
                "wp-sitemap-users-1.xml",
            ],
            2,
        ),
        (
            [
                *(
                    "post-sitemap.xml",
                    "post-sitemap2.xml",
                    "page-sitemap.xml",
                    "category-sitemap.xml",
                ),
                *(
                    "post_tag-sitemap3.xml",
                    "author-sitemap.xml",
                    "video-sitemap.xml",
                    "local-sitemap.xml",
                ),
            ],
            2,
        ),
        (
            [
                *("sitemap-pt-post-2026-11.xml", "sitemap-pt-page-2026-11.xml", "sitemap-misc.xml"),
                *("sitemap-tax-category.xml", "sitemap-authors.xml"),
            ],
            1,
        ),
        (["sitemap.xml?page=1", "sitemap.xml?page=2"], 2),
        (["sitemap-page-1.xml", "sitemap-page-2.xml", "sitemap_2.xml.gz"], 3),
        (["news.xml", "article-2026.xml", "images.xml", "tags.xml"], 2),
        (["pages.xml"], 1),
    ],
    ids=["core", "yoast", "google-xml", "drupal", "numbered", "plain", "nothing-else"],
)
def test_of_an_index_the_articles_sitemaps(names: list[str], kept: int) -> None:
    sitemaps = parse(index(*names)).sitemaps
    assert [url for url, _ in sitemaps] == [f"https://ex.org/{name}" for name in names[:kept]]


def test_sitemaps_of_an_index_have_their_lastmod_and_come_newest_first() -> None:
    text = index("1.xml", lastmod="<lastmod>2026-11-01T09:00:00+03:00</lastmod>")
    later = index("2.xml", lastmod="<lastmod>2026-11-02</lastmod>")
    both = text.replace("</sitemapindex>", later.partition(">")[2])
    assert parse(both).sitemaps == [
        ("https://ex.org/2.xml", "2026-11-01T21:00:00Z"),
        ("https://ex.org/1.xml", "2026-11-01T06:00:00Z"),
    ]


def test_an_index_does_not_name_itself_or_what_is_no_address() -> None:
    names = (
        f"<sitemapindex><sitemap><loc>{URL}</loc></sitemap><sitemap><loc>file:///x</loc></sitemap>"
    )
    assert parse(names).sitemaps == []


def test_gzip_once_twice_and_cut() -> None:
    text = urlset(*(f"<loc>https://ex.org/{n}</loc>" for n in range(500))).encode()
    packed = gzip.compress(text)
    assert len(parse(packed).links) == len(parse(gzip.compress(packed)).links) == 500
    assert 0 < len(parse(packed[: len(packed) // 2]).links) < 500
    with pytest.raises(WrongFormat, match="cannot be unpacked"):
        parse(b"\x1f\x8b" + b"\xff" * 50)


def test_a_bomb_is_cut() -> None:
    bomb = gzip.compress(urlset("<loc>/a</loc>").encode()[:-9] + b" " * 60_000_000)
    assert [link.url for link in parse(bomb).links] == ["https://ex.org/a"]


def test_a_list_of_addresses_is_a_sitemap() -> None:
    links = parse("\ufeffhttps://ex.org/a\r\nhttps://ex.org/b\nhttps://ex.org/a\nnothing\n").links
    assert [link.url[-1] for link in links] == ["a", "b"]


def test_a_broken_sitemap_gives_what_it_has() -> None:
    text = "Warning: x\n" + urlset("<loc>/a</loc>", "<loc>/b?x=1&y=2</loc>", "<loc>/c&nbsp;</loc>")
    assert [link.url for link in parse(text).links][:2] == [
        "https://ex.org/a",
        "https://ex.org/b?x=1&y=2",
    ]
    assert len(parse(text[:-40]).links) >= 2


def test_since_and_take_hold() -> None:
    site = Site("ex", homepage="https://ex.org/", since="2026-11-01", take=("/tag/",))
    urls = ["/tag/a", "/b", "/tag/c"]
    times = ["2026-11-02", "2026-11-02", "2026-10-01"]
    body = urlset(
        *(f"<loc>{u}</loc><lastmod>{t}</lastmod>" for u, t in zip(urls, times, strict=True))
    )
    assert [link.url for link in parse(body, site).links] == ["https://ex.org/tag/a"]


@pytest.mark.parametrize(
    "body",
    ["", "<html><body>x</body></html>", "<rss><channel/></rss>", "{}", "<?xml version='1.0'?>"],
)
def test_the_message_says_what_is_no_sitemap(body: str) -> None:
    with pytest.raises(WrongFormat, match="not a sitemap"):
        parse(body)


def test_entities_are_neither_expanded_nor_fetched() -> None:
    dtd = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY a "b">]>'
    [link] = parse(dtd + urlset("<loc>https://ex.org/&e;&a;c</loc>")).links
    assert "root" not in link.url


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset>" + b"<a>" * 500_000,
        b"<urlset>" + b"<url/>" * 300_000,
        b"<urlset>" + b"<!--" * 500_000,
    ],
    ids=["depth", "empty", "comments"],
)
def test_no_sitemap_stalls_its_parser(body: bytes) -> None:
    with bounded_cpu():
        assert parse(body).links == []


@pytest.mark.parametrize(
    ("articles", "others"),
    [
        (["sitemap-local-news.xml"], ["local-sitemap.xml", "sitemap-local.xml"]),
        (["sitemap-archives-2026-10.xml", "archive_2025.xml"], ["sitemap-archives.xml"]),
        (
            ["sitemap-1.xml"],
            ["post-archive-sitemap.xml", "archive-sitemap.xml", "sitemap-type.xml"],
        ),
        (["section-news-sitemap.xml"], ["sections.xml", "topics-sitemap2.xml"]),
        (["post-sitemap.xml", "newslocal.xml"], ["types-sitemap.xml", "date-sitemap.xml"]),
        (
            ["?sitemap=posts&sitemap-subtype=post&paged=1"],
            [
                "?sitemap=posts&sitemap-subtype=page",
                "?sitemap=taxonomies&paged=1",
                "?sitemap=users",
            ],
        ),
        (["sitemap.xml?type=story&page=3", "sitemap.php?y=2026"], ["sitemap.xml?type=tags&page=3"]),
    ],
)
def test_kinds_of_sitemaps_whose_names_are_also_words(
    articles: list[str], others: list[str]
) -> None:
    named = index(*(name.replace("&", "&amp;") for name in others + articles))
    found = {url.removeprefix("https://ex.org/") for url, _ in parse(named).sitemaps}
    assert found == set(articles)


def test_every_address_of_an_entry_counts() -> None:
    doubled = f"<sitemapindex {XMLNS}><sitemap><loc/><loc>/a.xml</loc><loc>/b.xml</loc></sitemap></sitemapindex>"
    assert [url for url, _ in parse(doubled).sitemaps] == [
        "https://ex.org/a.xml",
        "https://ex.org/b.xml",
    ]
    links = parse(
        urlset("<loc> </loc><loc>/1</loc><loc>/2</loc><lastmod>2026-11-02</lastmod>")
    ).links
    assert {link.url[-1] for link in links} == {"1", "2"}
    assert len({link.hints.modified for link in links}) == 1
    many = urlset("".join(f"<loc>/{n}</loc>" for n in range(1_000)))
    assert len(parse(many).links) == 10


def test_a_file_of_several_gzip_members() -> None:
    whole = urlset("<loc>/1</loc>", "<loc>/2</loc>").encode()
    half = len(whole) // 2
    packed = gzip.compress(whole[:half]) + gzip.compress(whole[half:])
    assert len(parse(packed).links) == 2
