import json
from pathlib import Path
from unicodedata import normalize

import pytest
from line_counter import bounded_cpu
from metadata_pages import SITE, TITLE, URL, ld, read

from items import Hints, Site
from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.metadata import metadata_of_hints, metadata_of_page
from text.charset import decode

SHARED = Path(__file__).parents[3] / "shared" / "evaluation"


def test_hints_come_before_the_page() -> None:
    hints = Hints(
        title="عنوان أطول من كل ما تقوله الصفحة",
        published="2024-01-02T03:04:05Z",
        author="هند",
        sections=("بيئة",),
    )
    head = ld(
        headline="عنوان أطول من كل ما تقوله الصفحة",
        datePublished="2023-01-01T00:00:00Z",
        articleSection="x",
        author={"name": "y z"},
    )
    metadata = read(head, hints=hints)
    assert metadata.title == hints.title
    assert (metadata.published, metadata.author, metadata.section) == (
        hints.published,
        "هند",
        "بيئة",
    )


def test_hints_alone() -> None:
    hints = Hints(
        title="عنوان &quot;الخبر&quot;",
        author="admin",
        sections=("غير مصنف", "محليات"),
        tags=("#حلب",),
        image="javascript:x",
    )
    metadata = metadata_of_hints(hints, SITE)
    assert (metadata.title, metadata.author, metadata.section) == ('عنوان "الخبر"', None, "محليات")
    assert (metadata.tags, metadata.image) == (("حلب",), None)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"<title>{TITLE} - وكالة الندى</title>", "<p>نص</p>"),
        (f"<title>وكالة الندى | {TITLE}</title>", "<p>نص</p>"),
        (f"<title>{TITLE} « وكالة الندى للأنباء</title>", "<p>نص</p>"),
        (f"<title>nada.example :: {TITLE}</title>", "<p>نص</p>"),
        (f"<meta property=og:title content='{TITLE} | موقع آخر'><title>x</title>", f"<h1>{TITLE}</h1>"),
        (f"<meta property=og:title content='{TITLE[:18]}…'>", f"<h1>{TITLE}</h1>"),
        (f"<meta property=og:title content='{TITLE} ...'>", f"<h1>{TITLE}</h1>"),
        (f"<title>{TITLE}</title>", "<h1><a href='/'>وكالة</a></h1><h2>آخر</h2>"),
        (f"<title>{TITLE} - الموقع</title>", f"<h1 id=site-name>الموقع</h1><h1 class=title>{TITLE}</h1>"),
        (f"<title>{TITLE} | شيء</title>", f"<h1>بحث</h1><h2>{TITLE}</h2>"),
        ("<title>وكالة الندى</title>", f"<h1>\u202b {TITLE.replace(' ', '&nbsp; ')} \u202c</h1>"),
        (f"<meta property=og:title content='{TITLE.replace(' ', '&amp;nbsp;')}'>", ""),
        (ld(headline=f"<b>{TITLE}</b>"), ""),
        (ld(headline="قصير"), f"<h1>{TITLE}</h1><meta property=og:title content='{TITLE}'>"),
    ],
)  # fmt: skip
def test_the_title_is_the_articles(head: str, body: str) -> None:
    assert read(head, body).title == TITLE


def test_no_title_but_the_sites() -> None:
    assert read("<title>وكالة الندى</title>", "<p>نص</p>").title is None
    assert read("", "<p>نص</p>").title is None


def test_a_title_keeps_its_own_separators() -> None:
    title = "الأسد - تاريخ عائلة حكمت سوريا: شهادات"
    assert read(f"<title>{title} - وكالة الندى</title>", f"<h1>{title}</h1>").title == title


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (ld(datePublished="2023-06-21T16:16:00+03:00"), ""),
        (ld(datePublished="2023-06-21 16:16"), ""),
        (ld(datePublished="2023-06-21"), "<h1>خ</h1><time datetime='2023-06-21T16:16:00+03:00'></time>"),
        (ld(datePublished="2099-01-01"), "<meta property=article:published_time content='2023-06-21T13:16Z'>"),
        ("<meta name=pubdate content='20230621161600'>", ""),
        ("", f"<h1>{TITLE}</h1><span class=date>الأربعاء 21 حزيران 2023 - 4:16 م</span>"),
        ("", f"<h1>{TITLE}</h1><ul><li>2023/06/21</li><li>4:16 م</li></ul>"),
        ("", f"<h1>{TITLE}</h1><p>نشر في: 21/06/2023 16:16 آخر تحديث: 22/06/2023 10:00</p>"),
        ("", f"<h1>{TITLE}</h1><p>آخر تحديث: 22/06/2023 10:00</p><p>نشر في: 21/06/2023 16:16</p>"),
        ("", f"<div class=clock>السبت 21 نوفمبر 2026</div><h1>{TITLE}</h1><p>21-06-2023, 16:16</p>"),
        ("", f"<h1>{TITLE}</h1><abbr class=published title='2023-06-21T16:16:00+03:00'>الأربعاء</abbr>"),
        ("", f"<div><span>21 يونيو 2023 الساعة 16:16</span><h1>{TITLE}</h1></div>"),
    ],
)  # fmt: skip
def test_published_is_the_sites_local_time_in_utc(head: str, body: str) -> None:
    assert read(head, body).published == "2023-06-21T13:16:00Z"


def test_an_age_is_counted_from_the_fetch() -> None:
    body = f"<h1>{TITLE}</h1><span class=date>منذ 3 ساعات</span>"
    assert read(body=body, fetched="2026-11-20T12:00:00Z").published == "2026-11-20T09:00:00Z"
    assert read(body=body).published is None
    assert read(body=body, fetched="yesterday or so").published is None


def test_the_address_dates_an_article_whose_page_does_not() -> None:
    url = "https://nada.example/2023/06/21/zaytoun"
    assert read(url=url).published == "2023-06-20T21:00:00Z"
    listed = f"<h1>{TITLE}</h1><div>نص</div><span>1 يونيو 2026</span><span>2 يونيو 2026</span>"
    assert read(body=listed, url=url).published == "2023-06-20T21:00:00Z"
    agreeing = f"<h1>{TITLE}</h1><span>21/06/2023 16:16</span>"
    assert read(body=agreeing, url=url).published == "2023-06-21T13:16:00Z"


def test_dates_of_other_articles_and_comments_are_not_the_articles() -> None:
    body = (
        f"<h1>{TITLE}</h1><p>نص</p>"
        "<div class=related-posts><time datetime='2023-06-21T16:16'></time></div>"
        "<div id=comments><p>نشر في 21/06/2023</p></div>"
        "<aside><span class=date>21/06/2023</span></aside><footer>21/06/2023</footer>"
    )
    assert read(body=body).published is None


def test_a_modification_is_no_publication() -> None:
    metadata = read("<meta property=article:modified_time content='2023-06-22T10:00:00Z'>")
    assert (metadata.published, metadata.modified) == (None, "2023-06-22T10:00:00Z")
    shown = read(body=f"<h1>{TITLE}</h1><p>آخر تحديث: 22/06/2023 13:00</p>")
    assert (shown.published, shown.modified) == (None, "2023-06-22T10:00:00Z")


def test_a_modification_before_the_publication_is_dropped() -> None:
    head = ld(datePublished="2023-06-21T16:16:00Z", dateModified="2020-01-01T00:00:00Z")
    assert read(head).modified is None


@pytest.mark.parametrize(
    "author",
    ["admin", "Administrator", "Super User", "مدير الموقع", "وكالة الندى", "nada", "https://nada.example/author/x",
     "ahmed_91", "editor@nada.example", "", "  ", "21 يونيو 2023", "x" * 300, "محرر", "رياضة"],
)  # fmt: skip
def test_nobody_wrote_it(author: str) -> None:
    assert (
        read(ld(author={"@type": "Person", "name": author}, articleSection="رياضة")).author is None
    )


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("سامر العلي", "سامر العلي"), ("بقلم: سامر العلي", "سامر العلي"), ("By Samer Ali", "Samer Ali"),
        ("كتب سامر العلي - وكالة الندى", "سامر العلي"), (["سامر", "هند الزين"], "سامر، هند الزين"),
        ([{"name": "Ann Lee"}, {"name": "admin"}], "Ann Lee"), ({"name": ["Ann Lee"]}, "Ann Lee"),
        ("رويترز", "رويترز"), ("قسم التحقيقات", "قسم التحقيقات"), ("Ann Lee, June 21, 2023", "Ann Lee"),
        ("&quot;Ann Lee&quot;", "Ann Lee"),
    ],
)  # fmt: skip
def test_the_authors_name(author: object, name: str) -> None:
    assert read(ld(author=author)).author == name


def test_a_byline_under_the_title() -> None:
    body = f"<h1>{TITLE}</h1><div><span class=author>كتبت: هند الزين</span></div><p>نص</p>"
    assert read(body=body).author == "هند الزين"


def test_kind_and_language_and_site_name() -> None:
    page = '<script type="application/ld+json">{"@graph":[{"@type":["CollectionPage"],"inLanguage":"ar"}]}</script>'
    website = "<meta property=og:type content=website>"
    assert read(website + page).kind == "CollectionPage"
    assert read(website).kind == "website"
    assert read(ld() + page + website).kind == "NewsArticle"
    assert read("<meta property=og:type content='<script>'>").kind is None
    assert read().language == "ar"
    assert (
        read("<meta property=og:site_name content='الندى &amp;amp; شركاؤها'>").site_name
        == "الندى & شركاؤها"
    )
    assert read().site_name == "وكالة الندى"


@pytest.mark.parametrize(
    ("html", "site", "published"),
    [
        ("lang=en-US", Site(name="x"), "2024-05-03T00:00:00Z"),
        ("lang=en-US dir=rtl", Site(name="x"), "2024-03-05T00:00:00Z"),
        ("lang=en-US", Site(name="x", language="ar"), "2024-03-05T00:00:00Z"),
        ("lang=en-GB", Site(name="x"), "2024-03-05T00:00:00Z"),
    ],
)
def test_the_month_comes_first_on_american_pages_only(
    html: str, site: Site, published: str
) -> None:
    tree = parse_html(f"<html {html}><body><h1>{TITLE}</h1><span class=date>05/03/2024</span>")
    assert tree is not None
    assert metadata_of_page(tree, URL, site).published == published


def test_a_fragment_without_head_or_html() -> None:
    tree = parse_html("<p>فقرة وحيدة</p>")
    assert tree is not None
    assert metadata_of_page(tree, "", Site(name="x")).title is None


HOSTILE = {
    "long title": "<title>" + "كلمة " * 200_000 + "</title>",
    "long attributes": "<meta property='og:title' content='" + "x " * 500_000 + "'><a class='" + "tag " * 100_000 + "' href='/" + "a/" * 100_000 + "'>x</a>",
    "many separators": "<title>" + "a - b | " * 50_000 + "</title><h1>" + "a | " * 50_000 + "</h1>",
    "many metas": "<meta property=article:tag content=x><meta name=date content=1/1>" * 30_000,
    "deep JSON": '<script type="application/ld+json">' + "[" * 200_000 + "</script>",
    "deep objects": '<script type="application/ld+json">' + '{"mainEntity":' * 5_000 + "1" + "}" * 5_000 + "</script>",
    "wide JSON": ld(author=[{"name": "a b"}] * 50_000, keywords=["x"] * 50_000, image=[{}] * 50_000),
    "strange JSON": ld(headline=[1, None, {"a": 1}], datePublished={"@value": "2023"}, author=7, image=3.5, keywords=None, articleSection=[[]], url=[{}]),
    "huge number": '<script type="application/ld+json">{"@type":"Article","x":' + "9" * 5_000 + "}</script>",
    "broken JSON": '<script type="application/ld+json">' + '{"@type":"NewsArticle","headline":"' * 20_000 + "</script>",
    "spaces in JSON": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + ('"' + " " * 300) * 500 + "</script>",
    "deep tree": "<div class=date>" * 20_000 + "<h1>x</h1>",
    "deep spans": "<h1>x</h1>" + "<span class='author date cat tag'>" * 3_000 + "1/1/2020" + "</span>" * 3_000,
    "many dates": "<h1>x</h1>" + "<time datetime=2020-01-01>1/1/2020</time>" * 20_000,
    "many links": "<h1>x</h1>" + "<a rel='category tag' href=/category/x>x</a><a rel=author>y</a>" * 20_000,
    "many headings": "<h1>x</h1>" * 20_000 + "<h2 class=title>y</h2>" * 20_000,
    "many items": "<b itemprop='author headline datePublished'>1/1/2020</b>" * 20_000,
    "digits": "<h1>x</h1>" + "<p>" + "12:" * 30 + "</p>" * 10_000,
    "crumbs": "<div class=breadcrumb><a>x</a>" * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_page_costs_little_and_raises_nothing(kind: str) -> None:
    tree = parse_html(f"<html><head>{HOSTILE[kind]}</head><body>{HOSTILE[kind]}</body></html>")
    assert tree is not None
    with bounded_cpu():
        metadata = metadata_of_page(tree, URL, SITE)
    assert len(metadata.title or "") <= 500
    assert len(metadata.tags) <= 30


def test_the_tree_stays_as_it_was() -> None:
    tree = parse_html((Path(__file__).parent / "systems" / "homemade.html").read_text("utf-8"))
    assert tree is not None
    before = [(e.tag, dict(e.attrib), e.text, e.tail) for e in tree.iter()]
    metadata_of_page(tree, URL, SITE)
    assert [(e.tag, dict(e.attrib), e.text, e.tail) for e in tree.iter()] == before


@pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation pages are not beside the checkout")
def test_a_real_drupal() -> None:
    pages = sorted((SHARED / "families" / "drupal7").glob("node-*.html"))
    assert len(pages) == 12
    for page in pages:
        tree = parse_html(decode(page.read_bytes(), None))
        assert tree is not None
        metadata = metadata_of_page(tree, f"http://127.0.0.1/node/{page.stem}", Site(name="drupal"))
        assert (
            metadata.title
            == normalize(
                "NFC", json.loads(page.with_suffix(".json").read_text("utf-8"))["title"]
            ).strip()
        )
        assert metadata.published is not None
        assert metadata.published.startswith("2026-11-01T0")
        assert metadata.author is None
