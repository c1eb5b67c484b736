import pytest
from pages import PARAGRAPHS, TITLE, article_page, list_page, plain_page

from items import Article, Family, Hints, Page, Rejected, Site
from pipelines.refine import refine

SITE = Site(
    "river", homepage="https://river.example/", title="صحيفة النهر", timezone="Asia/Damascus"
)


def page(
    document: str | bytes, url: str = "https://river.example/2024/bridge", **more: object
) -> Page:
    body = document.encode() if isinstance(document, str) else document
    return Page(key=url, url=url, body=body, fetched="2024-03-04T00:00:00Z", **more)  # type: ignore[arg-type]


def article(document: str | bytes, site: Site = SITE, **more: object) -> Article:
    refined = refine(page(document, **more), site)  # type: ignore[arg-type]
    assert isinstance(refined, Article), refined
    return refined


def reason(document: str, url: str = "https://river.example/2024/bridge") -> str:
    refined = refine(page(document, url), SITE)
    assert isinstance(refined, Rejected), refined
    return refined.reason


def test_the_article_is_whole_and_alone() -> None:
    refined = article(article_page())
    assert refined.paragraphs == PARAGRAPHS
    assert refined.title == TITLE
    assert refined.language == "ar"
    assert refined.site == "river"


def test_lines_inside_the_body_that_are_not_text_are_recorded_as_removed() -> None:
    link = "اقرأ أيضاً: خطة جديدة للنقل العام"
    refined = article(article_page((*PARAGRAPHS[:2], link, *PARAGRAPHS[2:])))
    assert refined.paragraphs == PARAGRAPHS
    assert (link, "read_more") in {(line.text, line.reason) for line in refined.removed}


def test_a_body_that_the_page_has_twice_is_kept_once() -> None:
    assert article(article_page(PARAGRAPHS + PARAGRAPHS)).paragraphs == PARAGRAPHS


def test_short_lines_of_a_poem_are_kept() -> None:
    poem = ("كم منزل في الأرض", "يألفه الفتى", "وحنينه أبدا", "لأول منزل")
    body = (*PARAGRAPHS[:2], *poem, *PARAGRAPHS[2:])
    assert article(article_page(body)).paragraphs == body


def test_windows_1256_without_a_declaration_is_read() -> None:
    document = article_page().replace('<meta charset="utf-8">', "").encode("cp1256")
    assert article(document).paragraphs == PARAGRAPHS


def test_persian_keeps_its_zero_width_non_joiners() -> None:
    persian = (
        "وزیر راه گفت که پل شمالی پس از دو ماه تعمیرات بازگشایی می‌شود و خودروها از فردا می‌توانند از آن بگذرند.",
        "او افزود هزینه‌های این پروژه چهار میلیون بوده و بخش دوم آن از ابتدای ماه آینده آغاز می‌شود و پل جنوبی را در بر می‌گیرد.",
        "رانندگان در هفته‌های گذشته از شلوغی راه‌های جایگزین گله کرده بودند، به‌ویژه در ساعت‌های آغاز روز.",
    )
    refined = article(article_page(persian))
    assert refined.paragraphs == persian
    assert refined.language == "fa"


def test_a_fragment_is_all_text_but_captions_and_boxes() -> None:
    markup = (
        f"<p>{PARAGRAPHS[0]}</p><figure><img src='/a.jpg'><figcaption>الجسر صباح اليوم</figcaption></figure>"
        f"<p>قصير</p><p>{PARAGRAPHS[1]}</p><div class='sharedaddy'><h3>شارك هذا الموضوع:</h3></div>"
    )
    hints = Hints(
        title="الجسر &", published="2024-03-03T06:00:00Z", sections=("محليات",), tags=("جسور",)
    )
    refined = article(markup, fragment=True, hints=hints)
    assert refined.paragraphs == (PARAGRAPHS[0], "قصير", PARAGRAPHS[1])
    assert (refined.title, refined.section, refined.tags) == ("الجسر &", "محليات", ("جسور",))
    assert refined.published == "2024-03-03T06:00:00Z"
    assert {line.reason for line in refined.removed} == {"caption", "share"}


def test_the_family_s_xpaths_are_pruned() -> None:
    slogan = "عبارة الموقع الثابتة التي تتكرر في كل خبر من أخباره وليست من نص الخبر نفسه في شيء."
    document = article_page(PARAGRAPHS, below=f"<div class='slogan'><p>{slogan}</p></div>")
    family = Family(
        "x", body=("//div[contains(@class,'entry-content')]",), prune=("//div[@class='slogan']",)
    )
    assert article(document, Site("river", family=family)).paragraphs == PARAGRAPHS


def test_the_canonical_link_names_the_article_while_it_stays_on_the_site() -> None:
    head = '<link rel="canonical" href="https://river.example/news/2024/bridge">'
    assert article(article_page(head=head)).url == "https://river.example/news/2024/bridge"
    for other in ("https://other.example/x", "https://river.example/"):
        head = f'<link rel="canonical" href="{other}">'
        assert article(article_page(head=head)).url == "https://river.example/2024/bridge"


def test_a_saved_page_of_unknown_address_may_declare_it() -> None:
    head = '<link rel="canonical" href="https://river.example/2024/bridge-open">'
    refined = refine(Page("a.html", "", article_page(head=head).encode(), ""), Site("x"))
    assert isinstance(refined, Article)
    assert refined.url == "https://river.example/2024/bridge-open"
    refined = refine(Page("a.html", "", article_page().encode(), ""), Site("x"))
    assert isinstance(refined, Article)
    assert refined.url is None
    assert len(refined.id) == 16


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (list_page(), "list_page"),
        (plain_page("404 - الصفحة غير موجودة", "عذراً، الصفحة التي تبحث عنها غير موجودة أو تم نقلها إلى مكان آخر."), "error_page"),
        (plain_page("Just a moment...", "Checking your browser before accessing the site. Please wait a few seconds."), "block_page"),
        (plain_page("خبر حصري", "هذا المحتوى للمشتركين فقط. سجل الدخول لمتابعة القراءة أو اشترك الآن في الصحيفة لتصلك كل الأخبار."), "login_wall"),
        (plain_page("فيديو", "شاهد").replace("<p>", "<video src='/a.mp4'></video><p>"), "video"),
        (plain_page("عاجل", "قريباً"), "too_short"),
        ("", "empty"),
        ("   \n", "empty"),
        (article_page(head='<meta name="robots" content="noindex, follow">'), "noindex"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_recognised(document: str, expected: str) -> None:
    assert reason(document) == expected


def test_the_front_page_is_no_article() -> None:
    assert reason(article_page(), "https://river.example/") == "home_page"


def test_noindex_counts_only_where_the_site_file_lets_it() -> None:
    document = article_page(head='<meta name="robots" content="noindex">')
    assert article(document, Site("river", honour_noindex=False)).paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    "document",
    [
        "<html><body>" + "<div>" * 3000,
        article_page()[:900],
        "<p>" + "ا" * 2_000_000,
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><html><p>&a;</p></html>",
        "<table>" * 400 + "<tr><td>" * 400,
        "\x00\x01\x02" * 1000,
        "<a href='" + "x" * 500_000 + "'>y</a>",
    ],
)
def test_broken_and_hostile_documents_do_not_raise(document: str) -> None:
    assert isinstance(refine(page(document), SITE), Article | Rejected)


def test_refining_is_repeatable() -> None:
    assert refine(page(article_page()), SITE) == refine(page(article_page()), SITE)


# What libraries that split addresses raise ValueError for, or read a port out of.
BROKEN_URLS = ["http://[", "http://℀x/", "//[::x", "http://x:99999999999999/", "http://[v1.x]y/"]
LONG = (
    "قال المتحدث إن العمل في المشروع يبدأ هذا الأسبوع، وإن الأحياء الشرقية تنتظره منذ سنوات، "
    "وأضاف أن الكلفة تدفعها البلدية والمتبرعون."
)
HEADS = [
    '<link rel="canonical" href="{}">',
    '<meta property="og:url" content="{}">',
    '<meta property="og:image" content="{}">',
    '<base href="{}">',
    '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "عنوان", "url": "{}"}}</script>',
    '<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "عنوان", "image": "{}"}}</script>',
]
BODIES = [
    '<h1><a href="{}">عنوان الخبر الطويل</a></h1>',
    '<h2><a href="{}">عنوان آخر لخبر آخر طويل</a></h2>',
    '<a rel="author" class="author" href="{}">سالم الحداد</a>',
    '<a rel="tag" href="{}/tag/x">وسم</a>',
    '<nav class="breadcrumb"><a href="{}">أخبار</a></nav>',
    '<figure><img src="{}" srcset="{} 2x"></figure>',
    '<p class="date"><a href="{}"><time datetime="2026-11-01">الأحد</time></a></p>',
    '<iframe src="{}"></iframe>',
]


@pytest.mark.parametrize("broken", BROKEN_URLS)
@pytest.mark.parametrize("url", ["https://news.example/a/1", ""])
def test_an_address_that_cannot_be_parsed_costs_no_article(broken: str, url: str) -> None:
    text = "".join(f"<p>{line} {LONG}</p>" for line in ("أولا،", "وثانيا،", "وأخيرا،"))
    for place in (*HEADS, *BODIES):
        head, body = (place, "") if place in HEADS else ("", place)
        html = (
            (
                f"<html><head><title>عنوان الخبر الطويل</title>{head}</head>"
                f"<body><article><h1>عنوان الخبر الطويل</h1>{body}{text}</article></body></html>"
            )
            .replace("{}", broken)
            .replace("{{", "{")
            .replace("}}", "}")
        )
        page = Page(url, url, html.encode(), "2026-11-01T06:00:00Z", "utf-8")
        article = refine(page, Site("news", "https://news.example/"))
        assert isinstance(article, Article), (place, article)
        assert len(article.paragraphs) >= 3, place
