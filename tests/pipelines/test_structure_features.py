"""Places among a page's structures, against what a walk over the tree says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import blocks
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.structure_features import Structures, meeting, structure_columns
from pipelines.extraction.tree_index import index_tree

PROSE = (
    "The council of the town voted on Monday to rebuild the wall along the market before autumn."
)


def stats_of(body: str) -> BlockStats:
    tree = parse_html(f"<html><body>{body}</body></html>")
    assert tree is not None
    return BlockStats(blocks(body_of(tree)), index_tree(tree))


def columns_of(body: str) -> tuple[BlockStats, dict[str, list[float]]]:
    stats = stats_of(body)
    at = np.arange(len(stats))
    columns = structure_columns(stats, at, Structures(stats), None)
    return stats, {name: column.tolist() for name, column in columns.items()}


TREES = st.recursive(
    st.sampled_from([f"<p>{PROSE}</p>", "<p>word</p>", "<h2>Heading</h2>"]),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map(
        lambda parts: f"<div>{''.join(parts)}</div>"
    ),
    max_leaves=12,
)


def steps_up(element: HtmlElement, other: HtmlElement) -> int:
    around = {other, *other.iterancestors()}
    path = [element, *element.iterancestors()]
    return next(number for number, step in enumerate(path) if step in around)


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(TREES, st.integers(0, 2**12))
def test_where_a_block_meets_its_nearest_anchor(body: str, chosen: int) -> None:
    stats = stats_of(body)
    anchors = np.array([bool(chosen >> at & 1) for at in range(len(stats))])
    columns = meeting(stats, np.arange(len(stats)), anchors)
    elements = [block.element for block in stats.blocks]
    for at, element in enumerate(elements):
        before = [other for other in range(at) if anchors[other]]
        after = [other for other in range(at + 1, len(elements)) if anchors[other]]
        for name, nearest in (("before", before[-1:]), ("after", after[:1])):
            expected = [
                (steps_up(element, elements[other]), steps_up(elements[other], element))
                for other in nearest
            ] or [(13, 13)]
            found = columns[f"up_{name}"][at], columns[f"down_{name}"][at]
            assert found == tuple(min(steps, 13) for steps in expected[0])


def test_a_list_is_one_thing_and_a_layout_table_is_none() -> None:
    items = "".join(f"<li>item number {n}</li>" for n in range(4))
    stats, columns = columns_of(f"<p>{PROSE}</p><ul>{items}</ul><p>{PROSE}</p>")
    assert [round(np.expm1(value)) for value in columns["list_blocks"]] == [0, 4, 4, 4, 4, 0]
    assert columns["list_place"] == [-1.0, 0.0, 0.25, 0.5, 0.75, -1.0]
    stats, columns = columns_of(f"<table><tr><td><p>{PROSE}</p><p>{PROSE}</p></td></tr></table>")
    assert set(columns["list_blocks"]) == {0.0}
    assert len(stats) == 2


@pytest.mark.parametrize(
    "attribute",
    ["hidden", "style='display: none'", "style='DISPLAY:none'", "class='a sr-only'", "aria-hidden=true"],
)  # fmt: skip
def test_what_a_browser_does_not_show(attribute: str) -> None:
    _, columns = columns_of(f"<p>{PROSE}</p><div {attribute}><p>{PROSE}</p></div><p>{PROSE}</p>")
    assert columns["hidden"] == [0.0, 1.0, 0.0]


def test_blocks_that_are_marked_up_alike() -> None:
    _, columns = columns_of(
        f"<div class=a><p class=x>{PROSE}</p><p class=x>word</p></div><div class=b><p>{PROSE}</p></div>"
    )
    assert columns["like_prose"] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize("text", ["Prices:", "The prices of today：", "more …", "and so on..."])
def test_how_a_line_ends(text: str) -> None:
    _, columns = columns_of(f"<p>{text}</p><p>word</p>")
    ends_with_colon = text[-1] in ":："
    assert columns["colon"] == [float(ends_with_colon), 0.0]
    assert columns["colon_before"] == [0.0, float(ends_with_colon)]
    assert columns["ellipsis"] == [float(not ends_with_colon), 0.0]


NESTED = st.recursive(
    st.sampled_from([f"<p>{PROSE}</p>", "<p>word</p>", "<p><a href=x>a link</a></p>"]),
    lambda inner: st.tuples(
        st.sampled_from(["div", "div hidden", "ul", "article", 'div class="a Sr-Only"', "section"]),
        st.lists(inner, max_size=4),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0].split()[0]}>"),
    max_leaves=15,
)


@settings(max_examples=100, derandomize=True, database=None, deadline=None)
@given(NESTED)
def test_what_is_around_a_block_is_what_a_walk_up_finds(body: str) -> None:
    stats = stats_of(f"{body}<p>word</p>")
    structures, index = Structures(stats), stats.index
    for at, block in enumerate(stats.blocks):
        around = [block.element, *block.element.iterancestors()]
        lists = [
            index.at[step]
            for step in around
            if step.tag == "ul" and stats.prose_within[index.at[step]] < 0.8 * stats.all_prose
        ]
        articles = [index.at[step] for step in around if step.tag == "article"]
        hidden = [s for s in around if s.get("hidden") is not None or s.get("class")]
        assert structures.lists[at] == (lists[-1] if lists else -1)
        assert structures.articles[at] == (articles[0] if articles else -1)
        assert structures.hidden[at] == bool(hidden)
