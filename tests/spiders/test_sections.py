"""Section pages of several systems: the articles in order, and the next page."""

from collections.abc import Callable

import pytest
from line_counter import bounded_cpu, count_lines_run
from shared import SHARED, needs

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.sources import html_links
from spiders.sources.section import ParsedSection, parse_section

SITE = Site("ex", homepage="https://ex.org/")
HEADLINES = (
    "وزير الزراعة يفتتح معرض الزهور السنوي في العاصمة",
    "أسعار القمح تواصل ارتفاعها في الأسواق العالمية",
    "المنتخب الوطني يتأهل إلى نهائي كأس آسيا للشباب",
    "اكتشاف مدينة أثرية شرق الفرات تعود إلى العصر البرونزي",
)
NAVIGATION = """<nav><a href="/">الرئيسية</a><a href="/politics">سياسة</a>
    <a href="/news/2020/01/old-long-story-of-the-year">حصاد العام الماضي في عشر صور</a></nav>"""
FOOTER = """<footer><a href="/about-us">من نحن</a><a href="/news/2019/01/how-we-work-and-why">
    كيف نعمل ولماذا نكتب الأخبار</a></footer>"""


def parse(body: str, url: str = "https://ex.org/news", site: Site = SITE) -> ParsedSection:
    return parse_section(body.encode(), "utf-8", url, site)


def paths(body: str, url: str = "https://ex.org/news", site: Site = SITE) -> list[str]:
    return [link.url.removeprefix("https://ex.org") for link in parse(body, url, site).links]


def page(content: str) -> str:
    return f"<!DOCTYPE html><html><body>{NAVIGATION}<main>{content}</main>{FOOTER}</body></html>"


def cards(*addresses: str) -> str:
    """An image, a headline and "read more" for each, as themes have them."""
    return "".join(
        f'<article><a href="{a}"><img src="/i.jpg"></a><h2><a href="{a}{"&" if "?" in a else "?"}utm_source=home">{h}</a></h2>'
        f'<a class="cat" href="/politics">سياسة</a><a href="{a}">اقرأ المزيد</a></article>'
        for a, h in zip(addresses, HEADLINES, strict=False)
    )


@pytest.mark.parametrize(
    "addresses",
    [
        ["/2026/11/01/wheat", "/2026/11/01/flowers", "/2026/10/31/cup"],
        ["/node/60", "/node/59", "/node/58"],
        ["/node/9", "/node/8", "/node/7"],
        ["/news/3.html", "/news/2.html", "/news/1.html"],
        ["/خبر-طويل-من-أربع-كلمات", "/وزير-الزراعة-يفتتح-المعرض", "/المنتخب-يتأهل-إلى-النهائي"],
        ["/story.aspx?id=1203", "/story.aspx?id=1202", "/story.aspx?id=1201"],
        ["/?p=77", "/?p=76", "/?p=75"],
        ["/news/10021.html", "/news/10020.html", "/news/10019.html"],
    ],
    ids=[
        "dates",
        "drupal",
        "young-drupal",
        "young-numbers",
        "slugs",
        "aspnet",
        "plain-wordpress",
        "numbers",
    ],
)
def test_articles_of_common_addresses(addresses: list[str]) -> None:
    links = parse(page(cards(*addresses))).links
    assert len(links) == len(addresses)
    assert links[1].url.endswith(addresses[1].rpartition("=")[2]) or "%" in links[1].url
    assert {link.found_by for link in links} == {"section"}


def test_what_stands_around_the_list_is_left() -> None:
    around = """<div id="sidebar-first"><a href="/node/9">خبر قديم من أخبار الأسبوع الماضي</a></div>
        <ul class="pager"><li><a href="/node/8">خبر آخر قديم من أخبار الأسبوع</a></li></ul>
        <div class="breadcrumb"><a href="/node/7">أخبار سورية والعالم العربي اليوم</a></div>
        <a href="/tag/x">وسم طويل من خمس كلمات هنا</a><a href="/author/ali">علي أحمد محمد حسن كاتب</a>
        <a href="/user/login">دخول الأعضاء إلى حساباتهم في الموقع</a>"""
    assert paths(page(around + cards("/node/60", "/node/59"))) == ["/node/60", "/node/59"]


def test_a_layout_class_is_no_sidebar() -> None:
    content = f'<div class="sidebar-right">{cards("/node/60", "/node/59", "/node/58")}</div>'
    assert paths(page(content)) == ["/node/60", "/node/59", "/node/58"]


def test_sections_named_in_the_content_are_left() -> None:
    blocks = "".join(
        f'<section><h2><a href="/{name}">{title}</a></h2></section>'
        for name, title in (
            ("world-news", "أخبار العالم"),
            ("sport", "رياضة"),
            ("arts", "ثقافة وفن"),
        )
    )
    assert paths(page(blocks + cards("/node/60", "/node/59"))) == ["/node/60", "/node/59"]


def test_an_article_with_a_short_title_is_known_by_its_urls_shape() -> None:
    short = (
        '<div><a href="/node/12">نعوة</a></div><div><a href="/node/13">وداعا أيها الشاعر</a></div>'
    )
    listed = paths(page(cards("/node/60", "/node/59", "/node/58", "/node/57") + short))
    assert "/node/13" in listed


def test_take_and_leave_win() -> None:
    site = Site(
        "ex", homepage="https://ex.org/", take=("/politics$", "/node/5"), leave=("/node/59",)
    )
    listed = paths(page(cards("/node/60", "/node/59", "/node/58")), site=site)
    assert listed == ["/politics", "/node/58"]


def test_links_of_others_and_the_page_itself_are_left() -> None:
    content = cards("https://other.org/2026/11/01/a", "/news", "javascript:alert(1)", "/node/4411")
    assert paths(page(content)) == ["/node/4411"]


def test_relative_addresses_follow_the_base() -> None:
    body = page(cards("node/60", "node/59")).replace("<body>", '<base href="/ar/"><body>')
    assert paths(body) == ["/ar/node/60", "/ar/node/59"]


@pytest.mark.parametrize("other", ["<base target=_blank>", "<base>", '<base href="">'])
def test_the_first_base_with_an_address_counts(other: str) -> None:
    base = f'{other}<base href=" /ar/ "><base href="/en/">'
    body = page(cards("node/60", "node/59")).replace("<body>", f"{base}<body>")
    assert paths(body) == ["/ar/node/60", "/ar/node/59"]


def test_the_pager_of_a_list_with_short_numbers_is_no_article() -> None:
    pager = "".join(f'<a href="/all/{n}">{n}</a>' for n in range(2, 6))
    body = page(cards("/node/9", "/node/8", "/node/7") + f"<div>{pager}</div>")
    assert paths(body) == ["/node/9", "/node/8", "/node/7"]


def test_a_page_in_windows_1256() -> None:
    body = page(cards("/خبر-طويل-من-أربع-كلمات")).encode("cp1256")
    [link] = parse_section(body, None, "https://ex.org/", SITE).links
    assert link.url.startswith("https://ex.org/%D8%AE%D8%A8%D8%B1")


@pytest.mark.parametrize(
    ("url", "pager", "following"),
    [
        ("/news", '<a class="next page-numbers" href="/news/page/2/">التالي</a>', "/news/page/2/"),
        ("/news/page/2/", '<a href="/news/page/1/">السابق</a><a href="/news/page/3/">التالي »</a>', "/news/page/3/"),
        ("/news", '<a href="/news?page=1">الصفحة التالية</a>', "/news?page=1"),
        ("/news", '<li class="pager-next"><a href="/news?page=1">›</a></li>', "/news?page=1"),
        ("/news", '<a rel="next" href="?start=20">»</a>', "/news?start=20"),
        ("/news", '<div class="nav-previous"><a href="/news/page/2/">مقالات أقدم</a></div>', "/news/page/2/"),
        ("/news", '<span aria-current="page">1</span><a href="/news?page=1">2</a><a href="/news?page=2">3</a>', "/news?page=1"),
        ("/news?page=4", '<b class="current">4</b><a href="/news?page=3">3</a><a href="/news?page=5">5</a>', "/news?page=5"),
        ("/news", '<a href="/news?page=2">المزيد</a>', "/news?page=2"),
        ("/news", '<a href="/node/60">المزيد</a>', None),
        ("/news/page/3/", '<a href="/news/page/2/">السابق</a>', None),
        ("/news", '<a rel="next" href="https://other.org/news?page=2">التالي</a>', None),
        ("/news", '<a rel="next" href="/news#more">التالي</a>', None),
        ("/news", '<a rel="next" href="javascript:more()">التالي</a>', None),
        ("/news", "", None),
    ],
)  # fmt: skip
def test_the_next_page(url: str, pager: str, following: str | None) -> None:
    body = page(cards("/node/60", "/node/59") + f"<div>{pager}</div>")
    expected = following and f"https://ex.org{following}"
    assert parse(body, f"https://ex.org{url}").next_page == expected


def test_the_next_page_may_be_declared_in_the_head() -> None:
    body = page(cards("/node/60")).replace(
        "<html>", '<html><head><link rel="next" href="/p/2"></head>'
    )
    assert parse(body).next_page == "https://ex.org/p/2"


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02", b'{"a": 1}', b"<rss><channel/></rss>"])
def test_the_message_says_what_is_no_page(body: bytes) -> None:
    with pytest.raises(WrongFormat, match="page"):
        parse_section(body, None, "https://ex.org/", SITE)


def test_a_cut_page_gives_what_it_has() -> None:
    body = page(cards("/node/60", "/node/59", "/node/58"))
    assert paths(body[: body.index("/node/58") + 30])[:2] == ["/node/60", "/node/59"]


@pytest.mark.parametrize(
    "body",
    [
        b"<div class=nav>" * 50_000 + b"<a href=/node/60>x</a>",
        b"<p><a href='/2026/11/01/a-b-c-d'>a b c d e f</a>" * 20_000,
        b"<a<" * 200_000,
        b"<a href=/1>" + b"<span>x" * 200_000,
    ],
    ids=["depth", "anchors", "tags", "spans"],
)
def test_no_page_stalls_its_parser(body: bytes) -> None:
    with bounded_cpu():
        assert len(parse_section(body, None, "https://ex.org/", SITE).links) <= 1


@pytest.mark.parametrize(
    "body",
    [
        b"<p></p><a " + b"".join(b"a%d=1 " % n for n in range(200_000)) + b">",
        b'<p></p><a b"c ' + b"".join(b"a%d=1 " % n for n in range(200_000)) + b'">',
        b'<p></p><a x="<" ' + b' y=">" '.join(b"a%d=1" % n for n in range(100_000)),
    ],
    ids=["plain", "odd quote", "quoted brackets"],
)
def test_a_tag_with_thousands_of_attributes_is_not_read(body: bytes) -> None:
    with bounded_cpu(), pytest.raises(WrongFormat, match="thousands of attributes"):
        parse_section(body, None, "https://ex.org/", SITE)


LINK = '<p><a href="/2026/11/01/a-b-c-{0}">a b c d e f {0}</a></p>'


@pytest.mark.parametrize(
    "shape",
    [
        lambda n: f'<div class="{" ".join(f"w{k}" for k in range(n))}">' + LINK * 100 + "</div>",
        lambda n: "".join(LINK.format(k) for k in range(n)),
        lambda n: "<div>" * n + LINK * 100,
        lambda n: "".join(f"<div><a href=/{k}>x y z</a>" for k in range(n)),
        lambda n: "".join(f"<a href=/{k}><b>x" for k in range(n)),
        lambda n: "<div class=nav><ul class=menu>" * n + "<a href=/1>x</a>" * n,
        lambda n: "<a href=/1>" + "<h2>x</h2><img alt=y>" * n,
    ],
    ids=["classes", "links", "depth", "ladder", "nested", "furniture", "anchor"],
)
def test_the_steps_grow_no_faster_than_the_page(shape: Callable[[int], str]) -> None:
    small, large = shape(300), shape(600)
    lines = count_lines_run(lambda: parse(f"<body>{large}"))
    assert lines < 2.2 * count_lines_run(lambda: parse(f"<body>{small}")) + 500


def test_of_a_page_s_links_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_links, "MAX_LINKS_A_PAGE", 5)
    body = "".join(LINK.format(k) for k in range(9))
    assert [p[-1] for p in paths(f"<body>{body}")] == ["0", "1", "2", "3", "4"]


def test_a_page_of_more_tags_than_any_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_links, "MAX_TAGS_A_LIST_PAGE", 50)
    assert paths(f"<body>{LINK.format(1)}{'<p>' * 40}")
    for body in ("<p>" * 60, f"<!-->{'<p>' * 60}", f'<a title="<script>">{"<p>" * 60}'):
        with pytest.raises(WrongFormat, match="tags"):
            parse(f"<body>{LINK.format(1)}{body}")


def test_an_address_longer_than_any_address_is_left() -> None:
    long = f'<a href="/2026/11/01/{"a-" * 3_000}b">a b c d e f</a>'
    assert paths(f"<body>{long}{LINK.format(1)}") == ["/2026/11/01/a-b-c-1"]
    base = f'<base href="/{"b" * 5_000}/">'
    assert paths(f"<head>{base}</head>{LINK.format(1)}") == ["/2026/11/01/a-b-c-1"]


@needs("evaluation/families")
@pytest.mark.parametrize(
    ("name", "url", "newest", "following"),
    [
        ("front.html", "/", 60, "/node?page=1"),
        ("front-page-1.html", "/node?page=1", 50, "/node?page=2"),
    ],
)
def test_front_pages_of_a_real_drupal(name: str, url: str, newest: int, following: str) -> None:
    host = "http://127.0.0.1:8921"
    body = (SHARED / "evaluation/families/drupal7" / name).read_bytes()
    page = parse_section(body, None, host + url, Site("drupal", homepage=f"{host}/"))
    expected = [f"{host}/node/{number}" for number in range(newest, newest - 10, -1)]
    assert [link.url for link in page.links] == expected
    assert page.next_page == host + following


@needs("evaluation/families")
def test_an_article_of_a_real_drupal_lists_nothing() -> None:
    body = (SHARED / "evaluation/families/drupal7/node-61.html").read_bytes()
    site = Site("drupal", homepage="http://127.0.0.1:8921/")
    page = parse_section(body, None, "http://127.0.0.1:8921/node/61", site)
    assert page == ParsedSection()


@pytest.mark.parametrize("title", ["الحب الأول", "Cold river", "رود سرد"])
@pytest.mark.parametrize("slug", ["/cold-river", "/الحب-الأول", "/rud"])
def test_a_headline_of_two_words_among_longer_ones(title: str, slug: str) -> None:
    others = cards(*(f"/a-long-story-of-the-day-{n}" for n in range(3)))
    heading = '<h2><a href="/sport">رياضة</a></h2>'
    found = paths(
        page(f'{others}<article><h2><a href="{slug}">{title}</a></h2></article>{heading}')
    )
    assert len(found) == 4
    assert "/sport" not in found


@pytest.mark.parametrize(
    ("url", "address", "label", "leads_on"),
    [
        ("/", "/index2.html", "»", True),
        ("/index.html", "/index2.html", "→", True),
        ("/index.html", "/index2.html", "&rang;", True),
        ("/index2.html", "/index3.html", "3", True),
        ("/politics.html", "/politics2.html", "&raquo;", True),
        ("/politics-2.html", "/politics-3.html", "›", True),
        ("/index2.html", "/index.html", "«", False),
        ("/index2.html", "/index4.html", "4", False),
        ("/politics.html", "/sport2.html", "»", False),
        ("/politics.html", "/politics2.html", "سياسة ثانية", False),
        ("/story-1.html", "/story-2.html", "The second story", False),
        ("/2026.html", "/2027.html", "", False),
    ],
)
def test_a_pager_that_counts_in_the_name_of_the_file(
    url: str, address: str, label: str, leads_on: bool
) -> None:
    found = parse(page(f'<p><a href="{address}">{label}</a></p>'), f"https://ex.org{url}").next_page
    assert found == (f"https://ex.org{address}" if leads_on else None)


@pytest.mark.parametrize(
    "label",
    [
        *("الرسائل الأقدم", "رسائل أقدم", "المنشورات السابقة", "الصفحة التالية", "پیام‌های قدیمی‌تر"),
        *("صفحه بعدی", "Older Posts", "Articles plus anciens", "Page suivante", "Nächste Seite"),
        *("Entradas antiguas", "Sonraki", "Önceki Kayıtlar", "Postagens mais antigas", "Далее"),
    ],
)
def test_the_next_page_in_the_words_of_its_language(label: str) -> None:
    following = "/search?updated-max=2026-11-01T06%3A00%3A00Z&max-results=10"
    for text in (label, f"{label} »", f"← {label}"):
        body = f'<p><a href="{following}">{text}</a></p><p><a href="/about">About us</a></p>'
        assert parse(page(body), "https://ex.org/").next_page == f"https://ex.org{following}"


@pytest.mark.parametrize("name", ["start", "offset", "debut_articles"])
def test_a_pager_whose_labels_are_offsets(name: str) -> None:
    links = "".join(f'<a href="/list?of=3&amp;{name}={n}">{n}</a> | ' for n in (30, 10, 20))
    first = parse(page(f"<p>0 | {links}</p>"), "https://ex.org/list?of=3")
    assert first.next_page == f"https://ex.org/list?of=3&{name}=10"
    second = parse(page(f"<p>0 | {links}</p>"), f"https://ex.org/list?of=3&{name}=10")
    assert second.next_page == f"https://ex.org/list?of=3&{name}=20"
    other = parse(page(links), "https://ex.org/other")
    assert other.next_page is None
