import pytest

from items import Site
from pipelines.refine_text import refine_text

PROSE = [
    "افتتح وزير الثقافة مساء أمس معرض الكتاب السنوي بمشاركة أكثر من مئتي دار نشر عربية وأجنبية.",
    "وقال الوزير في كلمته إن المعرض يعود هذا العام بعد انقطاع دام ثلاث سنوات بسبب أعمال الترميم.",
]
TITLE = "معرض الكتاب يعود بعد ثلاث سنوات"


def test_section_title_source_and_body_are_distinguished_by_position() -> None:
    article = refine_text("\n\n".join(["ثقافة", TITLE, "وكالة الشرق", *PROSE]))
    assert (article.section, article.title, article.source) == ("ثقافة", TITLE, "وكالة الشرق")
    assert article.paragraphs == tuple(PROSE)


def test_a_source_may_be_above_the_date() -> None:
    lines = [TITLE, "وكالة الشرق", "• 2024/01/09", "• 4:16 م", *PROSE]
    article = refine_text("\n\n".join(lines))
    assert (article.source, article.published) == ("وكالة الشرق", "2024-01-09T16:16")


def test_a_text_may_begin_with_its_title() -> None:
    article = refine_text("\n".join([TITLE, *PROSE]))
    assert (article.section, article.title, article.source) == (None, TITLE, None)
    assert article.paragraphs == tuple(PROSE)


def test_a_text_without_a_title_keeps_its_first_paragraph() -> None:
    article = refine_text("\n".join(PROSE))
    assert article.title is None
    assert article.paragraphs == tuple(PROSE)


def test_a_date_without_a_site_stays_naive_and_with_one_becomes_utc() -> None:
    text = "\n\n".join([TITLE, "• 2024/01/09", "• 4:16 م", *PROSE])
    assert refine_text(text).published == "2024-01-09T16:16"
    damascus = Site("x", timezone="Asia/Damascus")
    assert refine_text(text, site=damascus).published == "2024-01-09T13:16:00Z"


def test_a_day_alone_is_no_midnight() -> None:
    assert (
        refine_text("\n\n".join([TITLE, "9 كانون الثاني 2024", *PROSE])).published == "2024-01-09"
    )


def test_what_is_given_is_not_looked_for() -> None:
    article = refine_text(
        "\n".join([TITLE, *PROSE]), title=TITLE, section="ثقافة", published="2024-01-09T00:00:00Z"
    )
    assert article.paragraphs == tuple(PROSE)
    assert (article.section, article.published) == ("ثقافة", "2024-01-09T00:00:00Z")


@pytest.mark.parametrize("text", ["", " \n\u200b\n", "\x00\x01", "\ud800"])
def test_nothing_readable_gives_an_article_without_text(text: str) -> None:
    assert refine_text(text).paragraphs == ()


def test_hostile_characters_do_not_reach_the_text() -> None:
    article = refine_text("\n".join(["a\x00b \u202eevil\u202c", PROSE[0] + "\ud83d", *PROSE[1:]]))
    assert not set(article.text + (article.title or "")) & set("\x00\u202e\u202c\ud83d")
