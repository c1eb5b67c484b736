"""Whose date a page's dates are, and which of them counts."""

import json

import pytest
from metadata_pages import TITLE, URL, ld, read

from items import Site
from pipelines.dates.parse import DateContext
from pipelines.metadata.metadata import Metadata
from pipelines.metadata.publication_dates import date_in_address

HEADING = f"<h1>{TITLE}</h1>"
PARAGRAPH = (
    f"<p>{'بدأ المزارعون في القرى الجبلية قطاف الزيتون هذا الأسبوع وسط طقس معتدل. ' * 4}</p>"
)
OTHER = "وزير الزراعة يزور معاصر الزيت في الساحل"
UTC = Site(name="x")


@pytest.mark.parametrize(
    "item",
    [
        f"<li><h3><a href='/other'>{OTHER}</a></h3><time datetime='2023-06-21T10:00:00Z'>21</time></li>",
        f"<li><h3>{OTHER}</h3><time datetime='2023-06-21T10:00:00Z'><a href='/?p=7'>21 يونيو 2023</a></time></li>",
        f"<div class=card><a href='/other'>{OTHER}</a><div class=post-date>21 يونيو 2023</div></div>",
        f"<div class=card><a href='/other'><h4>{OTHER}</h4><span>21/06/2023</span></a></div>",
        f"<article><span class=date>21/06/2023</span><h2><a href='/other'>{OTHER}</a></h2></article>",
        "<blockquote class='twitter-tweet'><p>نص</p><a href='https://x.example/1'>June 21, 2023</a></blockquote>",
        "<div class='instagram-media'><time datetime='2023-06-21'>21 يونيو 2023</time></div>",
        "<blockquote><p>قال</p><p>نشر في 21 يونيو 2023</p></blockquote>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 4])
def test_a_date_below_that_is_anothers(item: str, count: int) -> None:
    metadata = read(body=HEADING + PARAGRAPH * 2 + f"<ul>{item * count}</ul>")
    assert metadata.published is None
    dates = [w for w in metadata.witnesses if w.field == "published"]
    assert {w.verdict for w in dates} <= {"of another article"}


def test_a_list_right_below_the_headline_is_of_others() -> None:
    item = f"<li><a href='/other'>{OTHER}</a> <span class=date>21/06/2023</span></li>"
    assert read(body=f"{HEADING}<ul>{item * 3}</ul>{PARAGRAPH}").published is None


@pytest.mark.parametrize(
    "line",
    [
        "<p class=meta><a href='/author/hind'>هند الأحمد مراسلة الشؤون الزراعية</a> 21 يونيو 2023</p>",
        "<div><h4><a href='/author/hind'>هند الأحمد</a></h4><span class=date>21 يونيو 2023</span></div>",
        "<span class=posted-on><a href='/2023/06/21/'>21 يونيو 2023</a></span>",
        f"<span class=posted-on><a href='{URL}'>21 يونيو 2023</a></span>",
        "<p>21 يونيو 2023 | الزراعة</p>",
        "<p>نشر في 21 يونيو 2023 - أخبار</p>",
        "<p>بقلم هند الأحمد، 21 يونيو 2023</p>",
        "<p>Datum: 21.06.2023 Autorin: Hind Ahmad</p>",
        "<div class='author-share'><span class=date>21 يونيو 2023</span></div>",
        "<p class=lead>مقدمة طويلة.</p><p>هند الأحمد · 21 يونيو 2023 · 4 دقائق</p>",
    ],
)
def test_a_date_in_the_articles_head(line: str) -> None:
    assert read(body=HEADING + line + PARAGRAPH * 2, site=UTC).published == "2023-06-21T00:00:00Z"


def test_a_sentence_with_a_date_is_no_date_line() -> None:
    sentence = "<p>يقام المعرض الزراعي الدولي السنوي الكبير في دمشق يوم 21 يونيو 2023 بمشاركة عشرين دولة عربية.</p>"
    assert read(body=HEADING + sentence + PARAGRAPH).published is None


def test_the_date_above_the_headline_comes_before_far_ones() -> None:
    times = "<li><span class=time>13:00</span></li>" * 60
    body = f"<article><p class=date>21 يونيو 2023</p>{HEADING}{PARAGRAPH * 2}</article><ul>{times}</ul>"
    assert read(body=body, site=UTC).published == "2023-06-21T00:00:00Z"


@pytest.mark.parametrize("address", ["/2026/11/21/x", "/20261121/x", "/news/21-11-2026-x"])
@pytest.mark.parametrize("shift", ["+03:00", "+0300", "-05:00", "Z"])
def test_a_time_at_night_belongs_to_its_own_day(address: str, shift: str) -> None:
    shown = f"<time datetime='2026-11-21T02:47:00{shift}'>21 نوفمبر</time>"
    for site in (UTC, Site(name="x", timezone="Asia/Damascus")):
        metadata = read(
            body=HEADING + shown + PARAGRAPH, url=f"https://x.example{address}", site=site
        )
        hour = {"Z": "02", "-05:00": "07"}.get(shift, "23")
        day = "20" if hour == "23" else "21"
        assert metadata.published == f"2026-11-{day}T{hour}:47:00Z"


def test_a_time_of_another_day_is_not_added() -> None:
    shown = "<time datetime='2026-11-22T12:00:00+03:00'>22 نوفمبر</time>"
    metadata = read("<meta name=date content='2026-11-21'>", HEADING + shown, site=UTC)
    assert metadata.published == "2026-11-21T00:00:00Z"


@pytest.mark.parametrize(
    ("head", "url", "extra"),
    [
        ("", "https://x.example/story/2023/10/x", ""),
        ("<meta property='article:modified_time' content='2023-10-05T00:00:00Z'>", URL, ""),
        ("", URL, "<p class=date>10/25/2023</p>"),
        ("", URL, "<time datetime='2023-10-04'>x</time>"),
    ],
)
def test_the_page_tells_the_order_of_day_and_month(head: str, url: str, extra: str) -> None:
    body = f"{HEADING}<p class=date>10/04/2023 05:07</p>{extra}{PARAGRAPH}"
    assert read(head, body, url, site=UTC).published == "2023-10-04T05:07:00Z"


def test_without_another_date_the_day_comes_first() -> None:
    body = f"{HEADING}<p class=date>10/04/2023 05:07</p>{PARAGRAPH}"
    assert read(body=body, site=UTC).published == "2023-04-10T05:07:00Z"


@pytest.mark.parametrize("own", [{}, {"url": URL}, {"mainEntityOfPage": {"@id": URL}}])
@pytest.mark.parametrize("other", [{}, {"url": "https://nada.example/news/1"}])
def test_a_related_article_first_in_json_ld(
    own: dict[str, object], other: dict[str, object]
) -> None:
    related = ld(headline=OTHER, datePublished="2020-01-01T00:00:00Z", **other)
    article = ld(headline=TITLE, datePublished="2023-06-21T16:16:00Z", **own)
    metadata = read(related + article, HEADING)
    assert (metadata.title, metadata.published) == (TITLE, "2023-06-21T16:16:00Z")


def test_only_related_articles_in_json_ld() -> None:
    related = [
        {"@type": "NewsArticle", "headline": OTHER, "url": f"https://nada.example/{n}",
         "datePublished": "2020-01-01T00:00:00Z"} for n in range(3)
    ]  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(related)}</script>'
    assert read(script, HEADING + PARAGRAPH).published is None


def test_the_dates_of_the_page_around_the_article_in_json_ld() -> None:
    nodes = {"@graph": [{"@type": "Article", "headline": TITLE},
                        {"@type": "WebPage", "datePublished": "2023-06-21T16:16:00Z"}]}  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    assert read(script, HEADING).published == "2023-06-21T16:16:00Z"


@pytest.mark.parametrize("text", ["منذ 3 ساعات", "3 hours ago", "أمس 10:05", "اليوم 10:05"])
def test_an_age_counts_from_when_the_page_was_fetched(text: str) -> None:
    body = f"{HEADING}<span class=date>{text}</span>{PARAGRAPH}"
    assert read(body=body).published is None
    fetched = read(body=body, fetched="2023-06-21T16:16:00Z").published
    assert fetched
    assert fetched[:8] == "2023-06-"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"post":{"publishedAt":"2023-06-21T16:16:00Z"}}', "2023-06-21T16:16:00Z"),
        (r'"{\"publish_date\":\"2023-06-21\"}"', "2023-06-21T00:00:00Z"),
        ('[{"publishedAt":"2023-06-21"},{"publishedAt":"2023-06-20"}]', None),
        ('{"publishedAt":"soon"}', None),
    ],
)
def test_a_page_without_dates_whose_data_have_one(data: str, expected: str | None) -> None:
    script = f"<script>window.state = {data}</script>"
    assert read(script, HEADING + PARAGRAPH, site=UTC).published == expected


def test_an_update_alone_is_no_publication() -> None:
    metadata = read(body=f"{HEADING}<p>Updated: 21 June 2023</p>{PARAGRAPH}", site=UTC)
    assert (metadata.published, metadata.modified) == (None, "2023-06-21T00:00:00Z")


def test_every_source_of_a_date_leaves_a_witness() -> None:
    head = ld(datePublished="2023-06-21", dateModified="2023-06-20T00:00:00Z") + (
        "<meta property='article:published_time' content='2023-06-21T16:16:00Z'>"
        "<meta name=date content='soon'><meta name=pubdate content='2023-06-25'>"
    )
    witnesses = read(head, HEADING, site=UTC).witnesses
    dates = [(w.field, w.source, w.value, w.verdict) for w in witnesses if w.field != "title"]
    assert sorted(d for d in dates if d[0] in ("published", "modified")) == [
        ("modified", "json-ld", "2023-06-20T00:00:00Z", "before the publication"),
        ("published", "json-ld", "2023-06-21", "taken"),
        ("published", "meta article:published_time", "2023-06-21T16:16:00Z", "taken for its time of day"),
        ("published", "meta date", "soon", "no date, or an impossible one"),
        ("published", "meta pubdate", "2023-06-25", "after a more trusted source"),
    ]  # fmt: skip


def test_a_witness_tells_where_a_shown_date_stands() -> None:
    other = f"<li><h3><a href='/other'>{OTHER}</a></h3><time datetime='2023-06-20'>20</time></li>"
    body = f"{HEADING}<span class=date>21 يونيو 2023</span>{PARAGRAPH * 2}<ul>{other}</ul>"
    sources = {w.verdict: w.source for w in read(body=body).witnesses if w.field == "published"}
    assert sources["taken"] == "1 elements behind the headline"
    assert sources["of another article"].endswith("elements behind the headline")


_BODY = "<p>" + "كلمات من النص تكفي فقرة كاملة. " * 12 + "</p>"


def _page(body: str, head: str = "", url: str = "https://nada.example/x") -> Metadata:
    return read(head, HEADING + body, url, UTC)


def _stated(published: str, modified: str = "", also: str = "") -> str:
    return (
        f'<meta property="article:published_time" content="{published}">'
        f'<meta property="article:modified_time" content="{modified}">'
        f'<meta name="pubdate" content="{also}">'
    )


@pytest.mark.parametrize("line", ["By Salma Nada, 12 March 2024", "Published: 12 March 2024"])
@pytest.mark.parametrize("modified", ["", "2025-06-24T09:00:00Z", "2025-09-01T09:00:00Z"])
def test_an_earlier_day_beside_the_headline_is_the_publication(line: str, modified: str) -> None:
    head = _stated("2025-06-24T09:00:00Z", modified)
    found = _page(f'<span class="date">{line}</span>{_BODY}', head)
    assert found.published == "2024-03-12T00:00:00Z"


def test_the_metadata_give_the_time_of_the_day_beside_the_headline() -> None:
    head = _stated("2025-06-24T09:00:00Z", also="2024-03-12T06:05:04Z")
    found = _page(f'<span class="date">12 March 2024, 08:05</span>{_BODY}', head)
    assert found.published == "2024-03-12T06:05:04Z"


@pytest.mark.parametrize(
    "shown",
    [
        '<span class="date">1 September 2025</span>',  # that of the last change
        '<span class="date">Updated 12 March 2024</span>',
        '<span class="date">12 March 2024</span><span class="date">24 June 2025</span>',
        '<span class="date">12 March 2024</span><span class="date">2 May 2024</span>',
        f'{_BODY * 2}<span class="date">12 March 2024</span>',
        '<span class="date">23 June 2025</span>',  # the same night in another zone
        "<p>The bridge was opened by the mayor of the old town on 12 March 2024 in rain.</p>",
    ],
)
def test_what_does_not_contradict_the_metadata(shown: str) -> None:
    head = _stated("2025-06-24T01:00:00Z", "2025-09-01T09:00:00Z")
    assert _page(f"{shown}{_BODY}", head).published == "2025-06-24T01:00:00Z"


def test_an_address_with_the_metadatas_day_settles_it() -> None:
    head = _stated("2025-06-24T09:00:00Z")
    page = f'<span class="date">12 March 2024</span>{_BODY}'
    found = _page(page, head, url="https://nada.example/2025/06/24/x")
    assert found.published == "2025-06-24T09:00:00Z"


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2026/0621/c100-1.html", "2026-06-21"),
        ("/202606/21/node_2.html", "2026-06-21"),
        ("/world/2026/jun/21/a-title", "2026-06-21"),
        ("/2026/June/7/a-title", "2026-06-07"),
        ("/2026/1321/x", None),
        ("/2026/0621x/x", None),
        ("/2026/flights/21/x", None),
    ],
)
def test_days_in_addresses(path: str, day: str | None) -> None:
    found = date_in_address(f"https://nada.example{path}", DateContext("UTC", True, None))
    assert (found.iso[:10] if found else None) == day


def test_a_heading_that_names_a_day_among_many_words() -> None:
    page = (
        "<h3><a href='/x'>All the winners of the long spring races held on 11 March 2024</a></h3>"
        f'<div class="info"><a href="/x">12 March 2024</a> in Sports of the Region</div>{_BODY}'
    )
    assert _page(page).published == "2024-03-12T00:00:00Z"
