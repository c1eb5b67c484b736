"""Which of a page's titles is the headline, and which of its links are its tags."""

import pytest
from metadata_pages import SITE, TITLE, ld, read

from items import Site

HEADLINE = "بلدية الميناء تبدأ ترميم السوق القديم بعد عشر سنوات"


@pytest.mark.parametrize("others", ["og", "json", "document", "all"])
def test_the_headline_that_readers_see_decides(others: str) -> None:
    search = "ترميم السوق القديم في الميناء بعد عشر سنوات: كل ما تريد معرفته"
    heads = {
        "og": f"<meta property=og:title content='{search}'>",
        "json": ld(headline=search),
        "document": f"<title>{search}</title>",
    }
    head = "".join(heads.values()) if others == "all" else heads[others]
    metadata = read(head, f"<h1>{HEADLINE}</h1><p>نص</p>")
    assert metadata.title == HEADLINE
    verdicts = {w.verdict for w in metadata.witnesses if w.field == "title" and w.value == search}
    assert verdicts == {"another title has more weight behind it"}


def test_a_heading_about_something_else_does_not() -> None:
    head = f"<meta property=og:title content='{HEADLINE}'><title>{HEADLINE}</title>"
    assert read(head, "<h1>تابعونا على قنواتنا ليصلكم كل جديد</h1><p>نص</p>").title == HEADLINE


@pytest.mark.parametrize(
    ("site", "title"),
    [("France 24", "France : un plan pour la digue du port"), ("تلفزيون سوريا", "سوريا - بدء العمل في شبكة المياه الجديدة"),
     ("Gulf News", "Gulf - new wall to be built along the coast"), ("القدس العربي", "القدس | حملة لتنظيف البلدة القديمة")],
)  # fmt: skip
def test_a_prefix_that_shares_a_word_with_the_site_stays(site: str, title: str) -> None:
    head = f"<title>{title} | {site}</title><meta property=og:title content='{title}'>"
    named = Site(name="x", title=site, homepage="https://x.example")
    assert read(head, f"<h1>{title}</h1>", site=named).title == title
    suffixed = f"<meta property=og:title content='{title} - {site}'>"
    assert read(suffixed, f"<h1>{title} - {site}</h1>", site=named).title == title


def test_a_kicker_inside_the_heading_is_not_the_headline() -> None:
    body = f"<h1><span>محليات</span> <span>{HEADLINE}</span></h1>"
    assert read(f"<meta property=og:title content='{HEADLINE}'>", body).title == HEADLINE


@pytest.mark.parametrize(
    "heading",
    [
        "<div class=topic-label>محليات</div> {}",
        "<span class=dachzeile>قبل الافتتاح</span> <span class=headline>{}</span>",
        "<a href=/5><span class='label label--blue'>عاجل</span>&nbsp;{}</a>",
        "<div class=entry-section><a href=/local>محليات | </a></div><span>{}</span>",
        "<span class=visually-hidden>العنوان:</span> {}",
        "<span class=sr-only>مقال</span>{}",
        "{} <small class=entry-subtitle>السكان يطالبون بتعويضات عن سنوات الإغلاق</small>",
        "<span class=kicker>رأي</span><span>{}</span><span class=subHeadline>ماذا بعد</span>",
    ],
)
@pytest.mark.parametrize("others", ["same", "longer"])
def test_other_lines_of_the_heading_are_not_the_headline(heading: str, others: str) -> None:
    other = HEADLINE if others == "same" else f"محليات: {HEADLINE}"
    head = f"<meta property=og:title content='{other}'><title>{other}</title>"
    assert read(head, f"<h1>{heading.format(HEADLINE)}</h1><p>نص</p>").title == HEADLINE


def test_a_heading_of_a_label_alone_is_whole() -> None:
    body = "<h1><span class=label>تحت المجهر: مياه الشرب</span> حوار</h1><p>نص</p>"
    assert read(body=body).title == "تحت المجهر: مياه الشرب حوار"


def test_dots_at_the_end_before_the_site_are_of_the_title() -> None:
    title = f"{HEADLINE} – …"
    head = f"<title>{title} – صوت الميناء</title>"
    assert read(head, f"<h1>مدونة</h1><h2>{title}</h2>").title == title


def test_a_title_that_ends_in_dots_is_whole() -> None:
    title = f"{HEADLINE} – …"
    assert read(f"<title>{title} – صوت الميناء</title>", f"<h1>{title}</h1>").title == title


def test_the_page_that_the_article_is_part_of_is_not_the_site() -> None:
    graph = [
        {"@type": "NewsArticle", "headline": HEADLINE, "isPartOf": {"@id": "#page"}},
        {
            "@type": "WebPage",
            "@id": "#page",
            "name": HEADLINE,
            "isPartOf": {"@type": "WebSite", "name": "صوت"},
        },
    ]
    metadata = read(ld(**{"@graph": graph}), f"<h1>{HEADLINE}</h1>")
    assert (metadata.title, metadata.site_name) == (HEADLINE, "صوت")


@pytest.mark.parametrize(
    "path",
    [
        "/tag/x",
        "/tags/x",
        "/topic/x",
        "/وسم/x",
        "/keyword/x",
        "/etiqueta/x",
        "/schlagwort/x",
        "/?tag=x",
    ],
)
@pytest.mark.parametrize("place", ["above", "below", "footer"])
def test_plain_links_to_tags(path: str, place: str) -> None:
    links = f"<ul><li><a href='{path}1'>زيتون</a>, </li><li><a href='{path}2'>#قطاف</a></li></ul>"
    body = {
        "above": f"<article><h1>{TITLE}</h1>{links}<p>نص</p></article>",
        "below": f"<article><h1>{TITLE}</h1><p>نص</p></article>{links}",
        "footer": f"<article><h1>{TITLE}</h1><p>نص</p><footer>{links}</footer></article>",
    }[place]
    assert read(body=body).tags == ("زيتون", "قطاف")


def test_tags_of_the_sidebar_and_of_other_articles_are_not_the_articles() -> None:
    links = "<a href=/tag/1>زيتون</a> <a href=/tag/2>قطاف</a>"
    for other in (
        f"<aside>{links}</aside>",
        f"<div class=tag-cloud>{links}</div>",
        f"<div><h3><a href=/2>خبر آخر عن المدينة</a></h3><p>{links}</p></div>",
        f"<div>{links * 20}</div>",
    ):
        assert read(body=f"<article><h1>{TITLE}</h1><p>نص</p></article>{other}").tags == (), other


def test_the_first_tag_of_ghost_is_the_section() -> None:
    tags = "".join(
        f"<meta property=article:tag content={tag}>" for tag in ("اقتصاد", "زيتون", "قطاف")
    )
    metadata = read(
        f"<meta name=generator content='Ghost 5.1'>{tags}", f"<h1>{TITLE}</h1><p>نص</p>"
    )
    assert (metadata.section, metadata.tags) == ("اقتصاد", ("زيتون", "قطاف"))
    assert read(tags).section is None


def test_a_breadcrumb_that_ends_in_the_title_is_not_split() -> None:
    crumbs = [{"name": "الرئيسية"}, {"name": "مطالب بترميم «المتحف» هذا العام"}]
    head = ld(**{"@type": "BreadcrumbList", "itemListElement": crumbs})
    assert read(head, "<h1>مطالب بترميم «المتحف» هذا العام</h1>", site=SITE).section is None
