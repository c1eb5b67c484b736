"""Variants of labelled pages: what is added to the article is in the page, what is added beside it is none
of it, and the same page gives the same variant.
"""

import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement

from benchmarks.data.augmented_pages import augment
from pipelines.extraction.blocks import blocks
from pipelines.extraction.parse_html import body_of, parse_html
from text.folding import fold

PARAGRAPHS = [
    f"Sentence {number} of the story says that the council met on Monday evening in the old house. "
    f"It went on for {number} hours, and the members were tired at the end of it."
    for number in range(12)
]
OTHER = [
    f"Another site's paragraph {number} about a ferry line and its boats." for number in range(9)
]


def page() -> tuple[HtmlElement, list[HtmlElement]]:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    tree = parse_html(
        f"<html><body><main><article><h1>Council</h1><div class='t'>{text}</div></article>"
        "</main><footer>Imprint</footer></body></html>"
    )
    assert tree is not None
    return tree, list(tree.iter("p"))


@pytest.mark.parametrize("seed", range(60))
def test_a_variant_holds_what_was_added(seed: int) -> None:
    tree, paragraphs = page()
    added = augment(paragraphs, seed, other=OTHER)
    shown = {fold(block.text) for block in blocks(body_of(tree))}
    # Cells of a row, and lines that a block joins, are found as a part.
    joined = "\n".join(shown)
    assert [line for line in added if fold(line) not in joined] == []
    again, same = page()
    assert augment(same, seed, other=OTHER) == added
    assert lxml_html.tostring(again) == lxml_html.tostring(tree)


def test_most_variants_have_something_added() -> None:
    assert sum(bool(augment(page()[1], seed)) for seed in range(60)) > 45


def test_the_next_story_is_none_of_the_article() -> None:
    found = 0
    for seed in range(60):
        tree, paragraphs = page()
        added = augment(paragraphs, seed, other=OTHER)
        shown = [block.text for block in blocks(body_of(tree))]
        found += any(text in OTHER for text in shown)
        assert not set(added) & set(OTHER)
    assert 10 < found < 50
