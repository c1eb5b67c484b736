"""Bylines of pages that are written by hand: a line below the headline, without any markup of its own."""

import pytest

from items import Article, Page, Rejected, Site
from pipelines.refine import refine

TITLES = {"ar": "افتتاح معرض الزهور السنوي", "en": "The flower fair has opened", "de": "Blumen"}
TEXTS = {
    "ar": (
        "افتتح وزير الزراعة مساء أمس معرض الزهور السنوي بمشاركة أكثر من مئتي مزارع من أنحاء البلاد.",
        "وقال الوزير في كلمته إن المعرض يعود هذا العام بعد انقطاع دام ثلاث سنوات بسبب أعمال الترميم.",
        "ويستمر المعرض حتى نهاية الشهر الجاري ويفتح أبوابه للزوار من العاشرة صباحا حتى التاسعة ليلا.",
    ),
    "en": (
        "The minister of agriculture opened the yearly flower fair on Sunday evening before a large crowd.",
        "He said that the fair returns after a break of three years, which works on the hall had caused.",
        "It goes on until the end of the month, and is open to visitors from ten until nine in the evening.",
    ),
}
TEXTS["de"] = TEXTS["en"]


def refined(line: str, language: str = "ar", around: str = "<p>{}</p>", head: str = "") -> Article:
    title = TITLES[language]
    text = "".join(f"<p>{paragraph}</p>" for paragraph in TEXTS[language])
    body = f"<h1>{title}</h1>{around.format(line)}{text}"
    html = (
        f"<html lang={language}><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )
    url = "https://a.example/news/flower-fair"
    outcome = refine(Page(url, url, html.encode(), "2026-11-20T00:00:00Z"), Site("a"))
    assert not isinstance(outcome, Rejected)
    return outcome


LINES = [
    ("ar", "سالم الحداد، 2026-11-15", "سالم الحداد"),
    ("ar", "سالم الحداد – 15 نوفمبر 2026", "سالم الحداد"),
    ("ar", "15 نوفمبر 2026 | هند الزين", "هند الزين"),
    ("ar", "بقلم: سالم الحداد - 15/11/2026", "سالم الحداد"),
    ("ar", "سالم الحداد وهند الزين، 15 تشرين الثاني 2026", "سالم الحداد، هند الزين"),
    ("ar", "سالم الحداد، دمشق، 15 نوفمبر 2026", "سالم الحداد"),
    ("en", "Nora Hill, 2026-11-15", "Nora Hill"),
    ("en", "By Nora Hill | November 15, 2026", "Nora Hill"),
    ("en", "November 15, 2026 by Nora Hill", "Nora Hill"),
    ("en", "Posted on November 15, 2026 by Nora Hill", "Nora Hill"),
    ("en", "Nora Hill and Bob de Roe, 15 November 2026", "Nora Hill, Bob de Roe"),
    ("de", "Von Nora Hill, 15. November 2026", "Nora Hill"),
    ("de", "Nora Hill, 15.11.2026", "Nora Hill"),
]


@pytest.mark.parametrize(("language", "line", "author"), LINES)
def test_a_name_and_a_day_below_the_headline_are_author_and_date(
    language: str, line: str, author: str
) -> None:
    article = refined(line, language)
    assert article.author == author
    assert article.published == "2026-11-15T00:00:00Z"
    assert article.paragraphs == TEXTS[language]
    assert (line, "byline") in [(removed.text, removed.reason) for removed in article.removed]


@pytest.mark.parametrize(
    "around", ["<p>{}</p>", "<div>{}</div>", "{}", "<p><i>{}</i></p>", "<h4>{}</h4>", "<br>{}<br><br>"]
)  # fmt: skip
def test_whatever_the_markup_around_it(around: str) -> None:
    article = refined("سالم الحداد – 15 نوفمبر 2026", around=around)
    assert (article.author, article.paragraphs) == ("سالم الحداد", TEXTS["ar"])


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ar", "أخبار محلية – 15 نوفمبر 2026"),
        ("ar", "الشأن المحلي – 15 نوفمبر 2026"),
        ("ar", "القدس المحتلة – 15 نوفمبر 2026"),
        ("ar", "صحيفة الوادي، 15 نوفمبر 2026"),
        ("ar", "العدد 31، 15 نوفمبر 2026"),
        ("en", "World News | 15 November 2026"),
        ("en", "New York, 15 November 2026"),
        ("en", "The Fair Opens, 15 November 2026"),
        ("en", "from the gardens, 15 November 2026"),
        ("en", "United Nations, 15 November 2026"),
        ("de", "Wissenschaft Umwelt Gesundheit, 15.11.2026"),
        ("de", "Von Nora.Hill, 15.11.2026"),
    ],
)
def test_a_section_a_place_and_an_outlet_are_no_author(language: str, line: str) -> None:
    assert refined(line, language).author is None


def test_a_sentence_with_a_name_and_a_day_is_text() -> None:
    line = "Nora Hill opened the first fair on 15 November 2026."
    article = refined(line, "en")
    assert article.author is None
    assert article.paragraphs == (line, *TEXTS["en"])


def test_a_byline_in_words_is_no_text_where_its_author_is_known() -> None:
    head = '<meta name="author" content="Nora Hill">'
    assert refined("By Nora Hill", "en", head=head).paragraphs == TEXTS["en"]


def test_what_the_page_declares_goes_before_the_line() -> None:
    head = '<meta name="author" content="Bob Roe">'
    article = refined("Nora Hill, 15 November 2026", "en", head=head)
    assert (article.author, article.paragraphs) == ("Bob Roe", TEXTS["en"])


def test_a_line_below_the_first_paragraph_stays() -> None:
    line = "Nora Hill, 15 November 2026"
    title, first, *others = TITLES["en"], *TEXTS["en"]
    body = "".join(f"<p>{text}</p>" for text in (first, line, *others))
    html = f"<html lang=en><title>{title}</title><body><h1>{title}</h1>{body}</body></html>"
    url = "https://a.example/news/flower-fair"
    outcome = refine(Page(url, url, html.encode(), "2026-11-20T00:00:00Z"), Site("a"))
    assert isinstance(outcome, Article)
    assert outcome.paragraphs == (first, line, *others)
