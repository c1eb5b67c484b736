"""Feeds of all formats, broken ones included, become links with hints; anything else is refused."""

import pytest
from line_counter import bounded_cpu
from shared import SHARED, needs

from items import Hints, Link, Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.feed import parse_feed
from spiders.sources.sitemap_file import parse_sitemap

SITE = Site("ex", homepage="https://ex.org/", timezone="Asia/Damascus")
URL = "https://ex.org/feed/"


def links(body: str | bytes, site: Site = SITE) -> list[Link]:
    return parse_feed(body.encode() if isinstance(body, str) else body, URL, site)


def rss(*items: str, head: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>ن</title>{head}{body}</channel></rss>"
    )


def test_rss() -> None:
    [link] = links(
        rss(
            """<title>عاجل &amp;#8220;خبر&amp;#8221; &lt;b&gt;أول&lt;/b&gt;</title>
            <link>https://www.ex.org/2026/11/خبر/?utm_source=rss#top</link>
            <pubDate>Sun, 01 Nov 2026 09:00:00 +0300</pubDate><dc:creator>سعاد</dc:creator>
            <category>سياسة</category><category>سورية</category>
            <media:content url="/a.jpg" medium="image"/>
            <content:encoded><![CDATA[<p>نص</p>]]></content:encoded>""",
            head="<language>ar</language>",
        )
    )
    assert link.url == "https://ex.org/2026/11/%D8%AE%D8%A8%D8%B1"
    assert link.fetch_url == "https://www.ex.org/2026/11/%D8%AE%D8%A8%D8%B1/?utm_source=rss"
    assert link.found_by == "feed"
    assert link.html is None
    assert link.hints == Hints(
        title="عاجل “خبر” أول",
        published="2026-11-01T06:00:00Z",
        author="سعاد",
        tags=("سياسة", "سورية"),
        image="https://ex.org/a.jpg",
        language="ar",
    )


def test_one_category_is_the_section() -> None:
    [link] = links(rss("<link>/a</link><category>رياضة</category>"))
    assert (link.hints.sections, link.hints.tags) == (("رياضة",), ())


def test_atom() -> None:
    [link] = links(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://ex.org/ar/"><entry>
        <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">خبر <b>ثان</b></div></title>
        <link rel="self" href="https://ex.org/api/1"/><link rel="alternate" type="text/html" href="news/2"/>
        <id>tag:ex.org,2026:2</id><published>2026-11-01T09:00:00+03:00</published>
        <updated>2026-11-01T10:30:00+03:00</updated><author><name>سعاد</name></author></entry></feed>"""
    )
    assert link.url == "https://ex.org/ar/news/2"
    assert link.hints.title == "خبر ثان"
    assert link.hints.published == "2026-11-01T06:00:00Z"
    assert link.hints.modified == "2026-11-01T07:30:00Z"
    assert link.hints.author == "سعاد"


def test_rdf() -> None:
    [link] = links(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>ن</title></channel>
        <item rdf:about="https://ex.org/a"><title>خبر</title><link>https://ex.org/a</link>
        <dc:date>2026-11-01T06:00:00Z</dc:date></item></rdf:RDF>"""
    )
    assert (link.url, link.hints.title) == ("https://ex.org/a", "خبر")
    assert (link.hints.published or link.hints.modified) == "2026-11-01T06:00:00Z"


@pytest.mark.parametrize(
    ("date", "utc"),
    [
        ("Sun, 01 Nov 2026 06:00:00 GMT", "2026-11-01T06:00:00Z"),
        ("2026-11-01T09:00:00", "2026-11-01T06:00:00Z"),
        ("2026-11-01 09:00", "2026-11-01T06:00:00Z"),
        ("الأحد، 1 نوفمبر 2026 09:00", "2026-11-01T06:00:00Z"),
        ("su, 1 marras 2026 09:00:00 +0300", "2026-11-01T06:00:00Z"),
        ("Κυρ, 01 Νοε 2026 09:00:00 +0300", "2026-11-01T06:00:00Z"),
        ("الأحد, 01 نوفمبر 2026 09:00:00 +0300", "2026-11-01T06:00:00Z"),
        ("Вс, 01 ноя 2026 09:00:00 +0300", "2026-11-01T06:00:00Z"),
        ("Ne, 01 lis 2026 08:00:00 +0200", "2026-11-01T06:00:00Z"),
        ("dim., 01 nov. 2026 07:00:00 +0100", "2026-11-01T06:00:00Z"),
        ("20261101T090000+0300", "2026-11-01T06:00:00Z"),
        ("Sun, 01 Nov 2099 06:00:00 GMT", None),
        ("soon", None),
    ],
)
def test_dates_without_a_zone_are_the_sites(date: str, utc: str | None) -> None:
    [link] = links(rss(f"<link>/a</link><pubDate>{date}</pubDate>"))
    assert link.hints.published == utc


def test_a_feed_in_windows_1256_that_says_so() -> None:
    text = rss("<title>خبر من دمشق</title><link>/a</link>").replace("UTF-8", "windows-1256")
    assert links(text.encode("cp1256"))[0].hints.title == "خبر من دمشق"


def test_a_feed_that_lies_about_its_encoding() -> None:
    text = rss("<title>أخبار اليوم من مدينة دمشق</title><link>/a</link>")
    lying = text.replace("UTF-8", "windows-1256").encode()
    assert links(lying)[0].hints.title == "أخبار اليوم من مدينة دمشق"
    assert links(text.encode("utf-16"))[0].hints.title == "أخبار اليوم من مدينة دمشق"
    assert links(text.encode("cp1256"))[0].hints.title == "أخبار اليوم من مدينة دمشق"


def test_an_original_address_comes_before_a_proxys() -> None:
    proxy = "<link>http://feedproxy.google.com/~r/ex/1</link>"
    origin = "<feedburner:origLink>https://ex.org/a</feedburner:origLink>"
    assert [link.url for link in links(rss(proxy + origin))] == ["https://ex.org/a"]
    guid = '<guid isPermaLink="true">https://ex.org/b</guid>'
    assert [link.url for link in links(rss(proxy + guid))] == ["https://ex.org/b"]
    assert links(rss(proxy)) == []


def test_links_of_others_homes_and_files_are_left() -> None:
    items = ["https://other.org/a", "https://ex.org/", "/a.pdf", "javascript:alert(1)", "", "/b"]
    parsed = links(rss(*(f"<link>{address}</link>" for address in items), "<link>/b</link>"))
    assert [link.url for link in parsed] == ["https://ex.org/b"]


def test_take_and_leave_decide() -> None:
    site = Site("ex", homepage="https://ex.org/", take=("/أخبار/", "cdn"), leave=("/live/",))
    items = ["/أخبار/1", "/أخبار/live/2", "/رأي/3", "https://cdn.net/4"]
    parsed = links(rss(*(f"<link>{address}</link>" for address in items)), site)
    assert [link.url[-2:] for link in parsed] == ["/1", "/4"]


def test_what_is_older_than_since_is_left() -> None:
    site = Site("ex", homepage="https://ex.org/", since="2026-11-01", timezone="Asia/Damascus")
    dates = ["2026-10-31T20:59:59Z", "2026-10-31T21:00:00Z", ""]
    items = [f"<link>/{n}</link><pubDate>{d}</pubDate>" for n, d in enumerate(dates)]
    assert [link.url[-1] for link in links(rss(*items), site)] == ["1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "\n\n<br />\n<b>Warning</b>: foo() in bar.php\n" + rss("<link>/a</link>"),
        rss("<link>/a?x=1&b=2</link><title>قال & فعل &nbsp; &hellip;</title>"),
        rss('<link>/a</link><enclosure url="x" url="y"/>'),
        rss("<link>/a</link><title>\x0b\x1fخبر</title>"),
        rss("<link>/a</link><title>خبر<title>"),
        rss("<link>/a</link>")[:-10],
        rss("<link>/a</link><undeclared:tag>x</undeclared:tag>"),
        rss("<link>\n /a \n</link>").replace("<?xml", "\ufeff<?xml"),
    ],
)
def test_a_broken_feed_gives_what_it_has(text: str) -> None:
    assert [link.url[:16] for link in links(text)] == ["https://ex.org/a"]


def test_an_address_keeps_its_ampersand() -> None:
    for address in ("/a?b=1&c=2", "/a?b=1&amp;c=2", "<![CDATA[/a?b=1&c=2]]>"):
        assert links(rss(f"<link>{address}</link>"))[0].fetch_url == "https://ex.org/a?b=1&c=2"


def test_a_feed_without_items_is_a_feed() -> None:
    assert links(rss()) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "an empty document"),
        ("   \n", "an empty document"),
        ("<!DOCTYPE html><html><body>مرحبا</body></html>", "begins with <html>"),
        ('{"posts": []}', "no XML at all"),
        ("<urlset><url/></urlset>", "begins with <urlset>"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "not a feed"),
        (b"\x1f\x8b" + b"\xff" * 100, "not a feed"),
    ],
)
def test_the_message_says_what_is_no_feed(body: str | bytes, kind: str) -> None:
    with pytest.raises(WrongFormat, match="not a feed") as caught:
        links(body)
    assert kind in str(caught.value)


def test_entities_are_neither_expanded_nor_fetched() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    dtd = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    [link] = links(dtd + rss("<link>/a</link><title>خبر &l9; &file;</title>"))
    assert link.hints.title == "خبر &l9; &file;"


@pytest.mark.parametrize(
    "body",
    [
        b"<rss " + b"<a" * 1_000_000,
        b"<rss>" + b"<a>" * 500_000,
        b"<rss><channel>" + b"<item><link>/a</link></item>" * 50_000,
        b"<rss><channel><item><title>" + b"&a" * 250_000,
        b"<rss " + b"".join(b'a%d="1" ' % n for n in range(100_000)) + b">",
    ],
    ids=["tags", "depth", "items", "ampersands", "attributes"],
)
def test_no_feed_stalls_its_parser(body: bytes) -> None:
    with bounded_cpu():
        assert len(links(body)) <= 1


@needs("evaluation/families")
def test_the_feed_of_a_real_drupal() -> None:
    body = (SHARED / "evaluation/families/drupal7/rss.xml").read_bytes()
    site = Site("drupal", homepage="http://127.0.0.1:8921/")
    parsed = parse_feed(body, "http://127.0.0.1:8921/rss.xml", site)
    assert [link.url for link in parsed] == [
        f"http://127.0.0.1:8921/node/{n}" for n in range(60, 50, -1)
    ]
    assert all(link.hints.title and link.hints.published for link in parsed)


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("&#55357;&#56832;", "a😀b"),
        ("&#xD83D;&#xDE00;", "a😀b"),
        ("&#55357;", "a\ufffdb"),
        ("&#xDE00;&#xD83D;", "a\ufffd\ufffdb"),
        *((reference, "ab") for reference in ("&#0;", "&#27;", "&#x1b;", "&#xfffe;", "&#1114112;")),
        ("&#x1F600;", "a😀b"),
        ("&#1587;", "aسb"),
    ],
)
def test_a_reference_to_no_character_costs_nothing_else(reference: str, shown: str) -> None:
    items = (f"<title>a{reference}b</title><link>/a</link>", "<title>c</title><link>/c</link>")
    assert [link.hints.title for link in links(rss(*items))] == [shown, "c"]
    urls = f"<url><loc>https://ex.org/a</loc><n:title>a{reference}b</n:title></url>"
    parsed = parse_sitemap(f'<urlset xmlns:n="n">{urls}</urlset>'.encode(), URL, SITE)
    assert [link.hints.title for link in parsed.links] == [shown]


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ("<dc:creator>Ann Lee</dc:creator><dc:creator>Bob Roe</dc:creator>", "Ann Lee, Bob Roe"),
        ("<author>desk@paper.example (Ann Lee)</author>", "Ann Lee"),
        ("<author>Ann Lee &lt;ann@paper.example&gt;</author>", "Ann Lee"),
        (
            "<dc:creator>desk@paper.example (سعاد)</dc:creator><dc:creator>هند</dc:creator>",
            "سعاد, هند",
        ),
        ("<author>desk@paper.example</author>", None),
        ("<dc:creator>Ann Lee</dc:creator><dc:creator>Ann Lee</dc:creator>", "Ann Lee"),
    ],
)
def test_all_authors_without_their_addresses(fields: str, author: str | None) -> None:
    [link] = links(rss(f"<title>t</title><link>https://ex.org/1</link>{fields}"))
    assert link.hints is not None
    assert link.hints.author == author
