"""The index of a page's elements: what it keeps of names and texts is what each element has."""

import random

import pytest
from lxml.html import HtmlElement

from pipelines.extraction.parse_html import parse_html
from pipelines.metadata.page_elements import PageIndex
from pipelines.metadata.page_names import _KINDS, PageNames
from pipelines.metadata.title_context import TitleContext, names_an_aside

_CLASSES = (
    *(
        "",
        "",
        "page-title",
        "PostTitle tags",
        "tag-label",
        "breadcrumb-title",
        "author",
        "byline tag",
    ),
    *(
        "share",
        "sidebar",
        "related-posts",
        "entry-footer",
        "col-6",
        "widget_text",
        "elementor-widget",
    ),
    *("elementor-widget-share", "commentAuthor", "Headline", "keywords", "authorTag", "ı-share"),
)
_TAGS = (
    "div",
    "p",
    "span",
    "a",
    "h2",
    "ul",
    "b",
    "footer",
    "form",
    "nav",
    "br",
    "script",
    "section",
)


def _page(dice: random.Random, size: int = 120) -> HtmlElement:
    parts: list[str] = []
    for number in range(size):
        names = f'class="{dice.choice(_CLASSES)}" id="{dice.choice(_CLASSES)}"'
        tag = dice.choice(_TAGS)
        parts.append(f"<{tag} {names if dice.random() < 0.7 else ''}> word{number} <!-- no -->")
        if dice.random() < 0.6:
            parts.append(f"</{tag}> behind")
    tree = parse_html(f"<html><body><h1>A title</h1>{''.join(parts)}</body></html>")
    assert tree is not None
    return tree


def _kind(name: str | None) -> str | None:
    return next((k for k, parts in _KINDS.items() if any(p in (name or "") for p in parts)), None)


@pytest.mark.parametrize("seed", range(12))
def test_elements_are_of_the_first_kind_that_their_names_have_a_part_of(seed: int) -> None:
    index = PageIndex(_page(random.Random(seed)))
    for kind in _KINDS:
        plain = [
            element
            for element in index.elements
            for name in (element.get("class"), element.get("id"))
            if _kind(name) == kind
        ]
        assert index.named[kind] == plain


def test_a_rule_is_asked_once_for_all_that_share_their_names() -> None:
    names = PageNames([("a", None), ("b", "c"), (None, None)], [0, 1, 0, 2])
    asked: list[str] = []

    def length(joined: str) -> int:
        asked.append(joined)
        return len(joined)

    judged = names.judged(length)
    assert [judged[place] for place in names.places] == [1, 3, 1, 0]
    assert asked == ["a", "b c", ""]


@pytest.mark.parametrize("seed", range(12))
def test_a_text_is_the_same_whatever_was_asked_before(seed: int) -> None:
    dice = random.Random(seed)
    tree = _page(dice)
    index = PageIndex(tree)
    for _ in range(400):
        element, between = dice.choice(index.elements), dice.choice((" ", ""))
        most = dice.choice((5, 20, 60, 200, 2000))
        text = PageIndex(tree).text_of(element, most, between=between)
        assert index.text_of(element, most, between=between) == text


@pytest.mark.parametrize("seed", range(12))
def test_elements_behind_the_title_are_the_same_however_many_are_asked_for(seed: int) -> None:
    dice = random.Random(seed)
    index = PageIndex(_page(dice))
    title = dice.choice((None, index.by_tag["h1"][0]))
    whole = TitleContext(index, title).numbers_after()
    context = TitleContext(index, title)
    for _ in range(20):
        most = dice.randint(0, 2 * len(whole))
        assert context.numbers_after(most) == whole[:most]
        if dice.random() < 0.3:
            context.is_aside(dice.choice(index.elements))
    assert context.numbers_after() == whole
    assert context.elements(whole) == [index.elements[number] for number in whole]


@pytest.mark.parametrize("seed", range(12))
def test_asides_are_the_same_in_whichever_order_elements_are_asked(seed: int) -> None:
    dice = random.Random(seed)
    index = PageIndex(_page(dice))
    title = index.by_tag["h1"][0]
    context = TitleContext(index, title)
    around = {title, *title.iterancestors()}
    count = len(index.elements)
    assert context.numbers_after() == TitleContext(index, title).numbers_after()
    for element in dice.sample(index.elements, len(index.elements)):
        own = [e for e in (element, *element.iterancestors()) if e not in around]
        assert context.is_aside(element) == any(names_an_aside(e, index, count) for e in own)
