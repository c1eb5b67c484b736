"""Elements that are never an article's text, and what they are taken for by mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.blocks import blocks
from pipelines.extraction.element_rules import (
    _reason_of_names,
    _reasons_by_name,
    _reasons_by_place,
    element_reasons,
)
from pipelines.extraction.parse_html import body_of, parse_html

TEXT = {
    "ar": "أعلن المجلس البلدي مساء أمس أن أعمال الترميم في السوق القديمة تبدأ مطلع الشهر المقبل.",
    "en": "The council said last night that work on the old market would begin early next month.",
}
OTHER = {
    "ar": "نستخدم ملفات تعريف الارتباط لتحسين الخدمة وقياس الأداء.",
    "en": "We use small files to measure how our pages are read.",
}


def reasons(body: str, prune: tuple[str, ...] = (), kept: str = "") -> dict[str, str | None]:
    """By text; `kept`: what the classifier would keep, all blocks that have it."""
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    found = blocks(body_of(tree))
    flags = [kept in block.text for block in found]
    return dict(
        zip(
            [block.text for block in found],
            element_reasons(found, body_of(tree), prune, flags),
            strict=True,
        )
    )


def article(language: str, *, wrapper: str = "<div>{}</div>", paragraphs: int = 8) -> str:
    return wrapper.format("".join(f"<p>{n} {TEXT[language]}</p>" for n in range(paragraphs)))


BOXES = {
    "id of a plugin": ("<div id='onetrust-banner-sdk'>{}</div>", "consent"),
    "words of a name": ("<div class='site-cookie-bar open'>{}</div>", "consent"),
    "words with underscores": ("<section class='gdpr_popup'>{}</section>", "consent"),
    "role": ("<div role='dialog'>{}</div>", "layout"),
    "modal": ("<div aria-modal='true'>{}</div>", "layout"),
    "element": ("<dialog open>{}</dialog>", "layout"),
    "style": ("<div style='color:red; display : none'>{}</div>", "hidden"),
    "visibility": ("<p style='visibility:hidden'>{}</p>", "hidden"),
    "latest posts": ("<ul class='wp-block-latest-posts'><li>{}</li></ul>", "related"),
}


@pytest.mark.parametrize("language", TEXT)
@pytest.mark.parametrize(("box", "reason"), BOXES.values(), ids=BOXES)
@pytest.mark.parametrize("place", ["before", "within", "behind"])
def test_a_box_is_no_text(language: str, box: str, reason: str, place: str) -> None:
    inside = box.format(OTHER[language])
    text = article(language)
    body = {
        "before": inside + text,
        "within": text.replace("</p>", f"</p>{inside}", 1),
        "behind": text + inside,
    }[place]
    found = reasons(body)
    assert found.pop(OTHER[language]) == reason
    assert set(found.values()) == {None}


@pytest.mark.parametrize("language", TEXT)
@pytest.mark.parametrize(
    "wrapper",
    [
        "<div class='cookie-consent-required'>{}</div>",
        "<div role='dialog'>{}</div>",
        "<div style='display:none'>{}</div>",
        "<div class='related-posts'>{}</div>",
    ],
)
def test_what_holds_the_article_is_no_box_whatever_it_is_called(
    language: str, wrapper: str
) -> None:
    assert set(reasons(article(language, wrapper=wrapper)).values()) == {None}


@pytest.mark.parametrize("language", TEXT)
def test_answers_that_a_click_unfolds_stay(language: str) -> None:
    hidden = "".join(f"<div style='display:none'>{n} {TEXT[language]}</div>" for n in range(4))
    assert set(reasons(article(language, paragraphs=4) + hidden).values()) == {None}


@pytest.mark.parametrize("language", TEXT)
def test_a_prune_that_takes_the_article_is_a_mistake(language: str) -> None:
    header = f"<header class='top'>{article(language)}<p>{OTHER[language]}</p></header>"
    prune = ("//header[@class='top']",)
    assert set(reasons(header, prune, kept=TEXT[language]).values()) == {None}
    sound = f"<header class='top'><p>{OTHER[language]}</p></header>{article(language)}"
    found = reasons(sound, prune, kept=TEXT[language])
    assert found.pop(OTHER[language]) == "pruned"
    assert set(found.values()) == {None}


@pytest.mark.parametrize("language", TEXT)
def test_comments_are_pruned_though_they_are_longer_than_the_article(language: str) -> None:
    comments = "".join(f"<p>{OTHER[language]} {n}</p>" for n in range(40))
    body = article(language, paragraphs=3) + f"<div class='kommentare'>{comments}</div>"
    found = reasons(body, ("//div[@class='kommentare']",), kept=TEXT[language])
    assert {reason for text, reason in found.items() if OTHER[language] in text} == {"pruned"}


PIECES = [
    *list(_reasons_by_name())[::7],
    "Cookie",
    "consent",
    "gdprs",
    "x",
    "Main",
    "İ",
    "a" * 1990,
]
NAMES = st.none() | st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", "-", "_", "\u00a0"])), max_size=5
).map(lambda pieces: "".join(part for pair in pieces for part in pair))


@given(st.lists(st.tuples(NAMES, NAMES), max_size=8))
def test_names_that_are_not_judged_one_by_one_have_no_reason(
    pairs: list[tuple[str | None, str | None]],
) -> None:
    one_by_one = {place: _reason_of_names(*pair) for place, pair in enumerate(pairs)}
    with_reason = {place: reason for place, reason in one_by_one.items() if reason}
    assert _reasons_by_place(pairs) == with_reason
