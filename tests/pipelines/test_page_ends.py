"""What a page has above and below its article is on record, and reaches no rule."""

import pytest

from items import Article, Page, RemovedLine, Site
from pipelines.extraction.page_ends import end_lines
from pipelines.refine import refine

PROSE = [
    f"أعلن المجلس البلدي في جلسته رقم {n} بدء العمل في مشروع تجديد السوق القديمة وسط المدينة، وقال رئيسه "
    f"إن الكلفة تبلغ نحو أربعين مليون دينار تدفع على {n + 3} أقساط."
    for n in range(5)
]
MENU = [f"باب رقم {n}" for n in range(40)]
COMMENT = "تعليق قارئ طويل يقول فيه إن السوق كانت أجمل قبل عشرين عاما وإن أحدا لم يسأل أهلها."


def document(above: str = "", below: str = "", body: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in PROSE)
    return (
        f"<html><head><title>تجديد السوق القديمة</title></head><body>{above}<main><article>"
        f"<h1>تجديد السوق القديمة</h1><div class=entry-content>{body}{paragraphs}</div></article></main>"
        f"{below}</body></html>"
    )


def article(markup: str) -> Article:
    page = Page(
        "https://x.example/1", "https://x.example/1", markup.encode(), "2026-11-01T06:00:00Z"
    )
    refined = refine(page, Site("x", homepage="https://x.example/"))
    assert isinstance(refined, Article)
    return refined


def menu(names: list[str]) -> str:
    return "<nav><ul>" + "".join(f"<li><a href=/{n}>{n}</a></li>" for n in names) + "</ul></nav>"


def test_both_ends_are_recorded_with_their_reasons_in_the_page_s_order() -> None:
    comments = f"<div id=comments><ol><li><p>{COMMENT}</p></li></ol></div><footer>حقوق النشر محفوظة</footer>"
    refined = article(document(menu(MENU[:3]), comments))
    assert refined.paragraphs == tuple(PROSE)
    reasons = {line.text: line.reason for line in refined.removed}
    assert [reasons[name] for name in MENU[:3]] == ["navigation"] * 3
    assert reasons["تجديد السوق القديمة"] == "title"
    assert reasons[COMMENT] == "comment_form"
    assert "حقوق النشر محفوظة" in reasons
    positions = [line.position for line in refined.removed]
    above = [line.text for line in refined.removed if line.position < 4]
    assert above == [*MENU[:3], "تجديد السوق القديمة"]
    assert positions == [0, 1, 2, 3, 9, 10]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("<header><p>الأناضول</p></header>", ""),
        ("<aside><p>2019/03/09</p></aside>", "<aside><p>رويترز</p></aside>"),
        ("", "<footer><p>المصدر: وكالة أخرى</p><p>12 آذار 2011</p></footer>"),
    ],
)
def test_no_rule_reads_what_is_beyond_the_ends(above: str, below: str) -> None:
    gap = "<nav><a href=/a>باب من الأبواب</a></nav>"
    plain = article(document(menu(MENU[:3]), gap))
    other = article(document(above + menu(MENU[:3]), gap + below))
    names = ("paragraphs", "published", "source", "agency", "author", "section", "title")
    assert [getattr(other, name) for name in names] == [getattr(plain, name) for name in names]
    assert len(other.removed) > len(plain.removed)


def test_a_menu_is_counted_and_prose_is_not() -> None:
    refined = article(
        document(menu(MENU), f"<div class=related>{menu(MENU)}<p>{COMMENT}</p></div>")
    )
    texts = [line.text for line in refined.removed if line.reason != "title"]
    assert texts.count(MENU[0]) == 2
    assert COMMENT in texts
    assert len(texts) < 20
    counts = [int(text.split()[1]) for text in texts if text.startswith("… ")]
    assert len(texts) - len(counts) + sum(counts) == 2 * len(MENU) + 1
    assert counts == [36, 35]  # the headline is one of the three lines beside the article


def lines(texts: list[str], reason: str = "navigation") -> list[RemovedLine]:
    return [RemovedLine(at, text, reason) for at, text in enumerate(texts)]


@pytest.mark.parametrize("above", [True, False])
def test_lines_next_to_the_article_are_kept(above: bool) -> None:
    texts = [f"وصلة {n}" for n in range(30)]
    kept = [line.text for line in end_lines(lines(texts), [1.0] * 30, above=above)]
    nearest = texts[-3:] if above else texts[:3]
    assert (kept[-3:] if above else kept[:3]) == nearest
    assert "… 25 more lines" in kept


@pytest.mark.parametrize(
    ("text", "linked", "reason"),
    [(COMMENT, 0.0, "comment_form"), (COMMENT * 2, 1.0, "related"), ("قصير", 0.0, "layout")],
)
def test_what_may_be_the_article_s_is_kept_line_by_line(
    text: str, linked: float, reason: str
) -> None:
    found = lines([f"{n} {text}" for n in range(50)], reason)
    assert list(end_lines(found, [linked] * 50, above=False)) == found


def test_an_end_made_to_fill_a_disk_is_counted_from_its_far_side() -> None:
    for texts in ([f"{n} سطر" for n in range(5000)], [f"{n} {COMMENT * 40}" for n in range(100)]):
        for above in (True, False):
            kept = end_lines(lines(texts, "layout"), [0.0] * len(texts), above=above)
            count, nearest = (kept[0], kept[-1]) if above else (kept[-1], kept[0])
            assert nearest.text == (texts[-1] if above else texts[0])
            assert count.text == f"… {len(texts) - len(kept) + 1} more lines"
            assert sum(len(line.text) for line in kept) < 40_000
            assert [line.position for line in kept] == list(range(len(kept)))


def test_what_a_page_shows_is_on_record_beside_the_text_of_its_data() -> None:
    body = "\\n\\n".join(PROSE * 2)
    data = f'{{"@type": "NewsArticle", "headline": "تجديد السوق", "articleBody": "{body}"}}'
    markup = (
        f"<html><head><title>تجديد السوق</title><script type=application/ld+json>{data}</script></head>"
        f"<body>{menu(MENU[:3])}<h1>تجديد السوق</h1><p>{PROSE[0]}</p><footer>حقوق النشر</footer></body></html>"
    )
    refined = article(markup)
    assert refined.paragraphs[:2] == tuple(PROSE[:2])
    reasons = {line.text: line.reason for line in refined.removed}
    assert reasons[MENU[0]] == "navigation"
    assert reasons[PROSE[0]] == "repeat"
