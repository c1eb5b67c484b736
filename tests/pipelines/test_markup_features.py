"""What class names, ids and tags around a block say of it."""

import pytest

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import blocks
from pipelines.extraction.markup_features import FAR, GROUPS
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.tree_index import index_tree


def groups_of(attributes: str) -> set[str]:
    """The groups that an element of these attributes is of."""
    tree = parse_html(f"<html><body><div {attributes}><p>word</p></div></body></html>")
    assert tree is not None
    markup = BlockStats(blocks(body_of(tree)), index_tree(tree)).markup
    near = dict(zip(GROUPS, markup.near[0].tolist(), strict=True))
    assert set(near.values()) <= {1, FAR}
    return {group for group, steps in near.items() if steps == 1}


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        *(("more", {"related"}), ("x-more_y", {"related"}), ("moreover", set())),
        *(("ads", {"advert"}), ("ad", {"advert"}), ("adss", set()), ("adverts", {"advert"})),
        *(("relat", {"related"}), ("relation", {"related"}), ("rela", set()), ("unrelated", set())),
        *(("related:hover", set()), ("relatedخبر", {"related"}), ("related\u0301", set())),
        *(("sideBar", {"navigation"}), ("MenuItem", {"navigation"}), ("MENUITEM", {"navigation"})),
        # A word may be of two groups by its beginning, and an element by two of its words.
        *(("photos comments", {"caption", "comment_form"}), ("newsletter", {"subscription", "content"})),
        *(("entry-content", {"content", "body"}), ("x entry-content", {"content", "body"})),
        *(("x-entry-content", {"content"}), ("entry-content_2", {"content", "body"})),
        *(("artikelen", {"body"}), ("article__content", {"content", "body"}), ("richText", {"content", "body"})),
    ],
)  # fmt: skip
@pytest.mark.parametrize("attribute", ["class", "id"])
def test_what_a_name_is_about(attribute: str, names: str, groups: set[str]) -> None:
    assert groups_of(f'{attribute}="{names}"') == groups


def test_class_and_id_are_read_together_and_not_beyond_300_characters() -> None:
    assert groups_of('class="share" id="menu"') == {"share", "navigation"}
    assert groups_of(f'class="{"x " * 140}share" id="menu"') == {"share", "navigation"}
    assert groups_of(f'class="{"x " * 147}share" id="menu"') == {"share"}
    assert groups_of(f'class="{"x " * 150}share" id="menu"') == set()


@pytest.mark.parametrize("attribute", ["itemprop", "property"])
def test_a_property_marks_the_body(attribute: str) -> None:
    assert groups_of(f'{attribute}="articleBody"') == {"body", "body_property"}
    assert groups_of(f'{attribute}="headline"') == set()
