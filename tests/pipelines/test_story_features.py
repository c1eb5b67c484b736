"""What the columns say of where stories begin, and of the text that a page's data declare."""

import numpy as np
import pytest

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import blocks
from pipelines.extraction.declared_features import declared_columns, declared_neighbours
from pipelines.extraction.features import headline
from pipelines.extraction.parse_html import body_of, parse_html
from pipelines.extraction.story_features import Headings, innermost, story_columns, story_context
from pipelines.extraction.tree_index import index_tree
from text.folding import fold

TITLE = "The council rebuilds the sea wall"
LINE = "The members met on Monday evening in the old customs house by the harbour, {}."
PAGE = f"""<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>
<p>{LINE.format(1)}</p><h2>What comes next</h2><p>{LINE.format(2)}</p></article>
<article><h1><a href="/b">A ferry line returns to profit</a></h1><p>10/03/2026 09:15</p>
<p>{LINE.format(3)}</p></article><p>{LINE.format(4)}</p></body></html>"""


@pytest.fixture(name="stats")
def _stats() -> BlockStats:
    tree = parse_html(PAGE)
    assert tree is not None
    return BlockStats(blocks(body_of(tree)), index_tree(tree))


def of_line(stats: BlockStats, number: int) -> int:
    return stats.texts.index(LINE.format(number))


def test_headings_between_the_headline_and_a_block(stats: BlockStats) -> None:
    at = np.arange(len(stats))
    columns = story_columns(
        stats, at, headline(stats, TITLE), Headings(stats), innermost(stats, "article")
    )
    lines = [of_line(stats, number) for number in (1, 2, 3, 4)]

    def values(name: str) -> list[float]:
        return [float(columns[name][line]) for line in lines]

    assert values("headlines_between") == [0, 0, 1, 1]
    assert values("linked_between") == [0, 0, 1, 1]
    assert values("dated_between") == [0, 0, 1, 1]
    assert values("heading_level") == [1, 2, 1, 1]
    assert values("since_heading") == [1, 1, 2, 3]
    assert values("article_of_headline") == [1, 1, 0, -1]
    assert values("articles") == [2, 2, 2, 2]


def test_a_page_without_headline_or_headings(stats: BlockStats) -> None:
    at = np.arange(len(stats))
    columns = story_columns(stats, at, None, Headings(stats), innermost(stats, "article"))
    assert all(np.isfinite(column).all() and len(column) == len(at) for column in columns.values())


def test_what_the_first_forest_thinks_of_the_section(stats: BlockStats) -> None:
    at = np.arange(len(stats))
    first = np.zeros(len(stats))
    first[[of_line(stats, 1), of_line(stats, 2), 0]] = 1.0
    columns = story_context(stats, at, Headings(stats), innermost(stats, "article"), first)
    own, other = of_line(stats, 1), of_line(stats, 3)
    assert columns["first_heading"][own] == 1
    assert columns["first_heading"][other] == 0
    assert columns["first_article"][own] > 0.8 > 0.1 > columns["first_article"][other]


@pytest.mark.parametrize("separator", ["\n", " ", "", "\n\n"])
def test_blocks_in_the_text_that_data_declare(separator: str) -> None:
    body = separator.join(LINE.format(number) for number in range(4))
    folded = [fold(LINE.format(number)) for number in (0, 3, 7)] + ["short"]
    columns = declared_columns(folded, np.array([80.0, 80.0, 80.0, 5.0]), body)
    assert columns["declared"].tolist() == [1, 1, 0, 0.5]
    assert columns["declared_shown"][0] == pytest.approx(160 / 260, abs=0.1)
    around = declared_neighbours(columns)
    assert around["declared@-1"].tolist() == [-1, 1, 1, 0]
    assert around["declared@1"].tolist() == [1, 0, 0.5, -1]


def test_a_declared_word_is_no_text() -> None:
    columns = declared_columns(["a long enough line of text"], np.array([26.0]), "teaser")
    assert columns["declared"].tolist() == [-1]
