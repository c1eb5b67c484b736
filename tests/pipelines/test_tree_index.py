"""A page's columns agree with a walk over its tree."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from line_counter import count_lines_run
from lxml.html import HtmlElement

from items import Site
from pipelines.extraction.block_stats import BlockStats, count_characters
from pipelines.extraction.blocks import blocks
from pipelines.extraction.extract import extract_page
from pipelines.extraction.markup_features import FAR, GROUPS, MarkupFeatures
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.tree_index import TreeIndex

TAGS = ("div", "p", "section", "span", "article", "li")
CLASSES = ("", "share-bar", "entry-content", "related posts", "sidebar", "x1")


def pages() -> st.SearchStrategy[str]:
    texts = st.sampled_from(["قال الوزير إن الخطة جاهزة.", "Read more", "12 34", ""])
    return st.recursive(
        texts,
        lambda inner: st.builds(
            lambda tag, name, parts: f'<{tag} class="{name}">{" ".join(parts)}</{tag}>',
            st.sampled_from(TAGS),
            st.sampled_from(CLASSES),
            st.lists(inner, max_size=4),
        ),
        max_leaves=12,
    )


def tree_of(page: str) -> HtmlElement:
    tree = parse_html(f"<html><body><div>{page}</div></body></html>")
    assert tree is not None
    return tree


@given(pages())
def test_numbers_follow_the_tree(page: str) -> None:
    index = TreeIndex(tree_of(page))
    for number, element in enumerate(index.elements):
        above = list(element.iterancestors())
        assert index.depths[number] == len(above)
        assert index.ends[number] - number == sum(1 for _ in element.iter())
        chain = index.chain(np.array([number]), len(above) + 3)[0].tolist()
        root = [index.tree] * 3
        assert [index.elements[at] for at in chain] == [element, *above, *root][: len(chain)]


@given(pages())
def test_elements_of_tags_are_those_of_a_walk(page: str) -> None:
    index = TreeIndex(tree_of(page))
    for tags in (("p",), ("li", "div", "p"), ("video",)):
        assert index.elements_of(*tags) == list(index.tree.iter(*tags))


@given(pages())
def test_the_size_within_an_element_is_that_of_its_blocks(page: str) -> None:
    tree = tree_of(page)
    page_blocks = blocks(body_of(tree))
    if page_blocks:
        stats = BlockStats(page_blocks, TreeIndex(tree))
        for number, element in enumerate(stats.index.elements):
            inside = set(element.iter())
            size = sum(len(block.text) for block in page_blocks if block.element in inside)
            assert stats.size_within[number] == size


@given(pages())
def test_the_nearest_of_a_group_is_the_first_on_the_way_up(page: str) -> None:
    tree = tree_of(page)
    page_blocks = blocks(body_of(tree))
    if page_blocks:
        stats, share = BlockStats(page_blocks, TreeIndex(tree)), GROUPS.index("share")
        for row, block in enumerate(page_blocks):
            names = [e.get("class") for e in (block.element, *block.element.iterancestors())]
            steps = [at for at, name in enumerate(names) if name == "share-bar"]
            assert stats.markup.near[row, share] == min([*steps, FAR])
            assert stats.markup.count[row, share] == len(steps)


def test_rows_are_in_the_order_of_the_elements_asked_for() -> None:
    index = TreeIndex(tree_of('<nav class="menu"><p>one</p></nav><p>two</p>'))
    first, second = (at for at, tag in enumerate(index.tags) if tag == "p")
    where = np.array([second, first, second])
    markup = MarkupFeatures(index, where, index.lineage(where))
    assert markup.near[:, GROUPS.index("navigation")].tolist() == [FAR, 1, FAR]


@given(st.lists(st.text(min_size=1), min_size=1))
def test_characters_are_counted_text_by_text(texts: list[str]) -> None:
    counts = count_characters(texts)
    first_plane = [[c for c in text if c < "\U00010000"] for text in texts]
    assert counts["space"].tolist() == [text.count(" ") for text in texts]
    assert counts["digit"].tolist() == [sum(map(str.isdecimal, text)) for text in first_plane]
    assert counts["upper"].tolist() == [sum(map(str.isupper, text)) for text in first_plane]


def test_the_cost_grows_with_the_page_and_no_faster() -> None:
    def work(count: int) -> int:
        shut = "</div>" * 40
        inner = "".join(
            f'<div class="a{at % 9}"><p>قال المتحدث رقم {at} إن الخطة جاهزة.</p></div>'
            for at in range(count)
        )
        page = f"{'<div>' * 40}{inner}{shut}"
        tree = tree_of(page)
        return count_lines_run(lambda: extract_page(tree, blocks(body_of(tree)), page, Site("x")))

    work(10)
    assert work(2000) <= 12 * work(200)
