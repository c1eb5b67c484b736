"""Features of where one story of a page ends and another begins: the headings between the page's own
headline and a block, and whose `article` element it stands in.
"""

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.tree_index import Numbers

_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_MIN_HEADLINE_WORDS_CHARS = 15
_HEADINGS_BETWEEN = ("headlines_between", "linked_between", "dated_between")
_MAX_BLOCKS_SINCE, _MAX_HEADLINES = 60.0, 9.0
_NONE = -1.0
_NO_LEVEL = 9
# A byline or a date right below a heading is a story's.
_MAX_BYLINE_SIZE, _BYLINE_BLOCKS = 80, 3
_DATE = re.compile(r"\d{1,4}\D{1,12}\d{1,4}")


class Headings:
    """Of each block: `last`, the position of the last heading before it or the block's own (-1: none).
    Of each heading: its `level`, 1 to 6; `dated`, whether a short line with a date stands right below.
    """

    def __init__(self, stats: BlockStats) -> None:
        levels = [_LEVELS.get(tag, _NO_LEVEL) for tag in stats.tags]
        self.level = np.array(levels, dtype=np.intp)
        self.is_heading = self.level < _NO_LEVEL
        numbers = np.flatnonzero(self.is_heading)
        self.last = np.full(len(levels), -1, dtype=np.intp)
        self.last[numbers] = numbers
        self.last = np.maximum.accumulate(self.last)
        self.dated = np.zeros(len(levels), dtype=bool)
        for at, end in pairwise([*numbers.tolist(), len(levels)]):
            below = range(at + 1, min(end, at + 1 + _BYLINE_BLOCKS))
            self.dated[at] = any(
                stats.size[n] < _MAX_BYLINE_SIZE and _DATE.search(stats.texts[n]) for n in below
            )


def story_columns(
    stats: BlockStats, at: Numbers, headline: int | None, headings: Headings, articles: Numbers
) -> Columns:
    """A number for each of the blocks `at`; `headline` is the position of the page's own, `articles`
    has the number of the `article` element around each block of the page (-1: none).
    """
    last = headings.last[at]
    has_one = last >= 0
    nearest = np.maximum(last, 0)
    since = np.minimum(at - nearest, _MAX_BLOCKS_SINCE)
    rows = (stats.linked[nearest], headings.dated[nearest], np.log1p(stats.size[nearest]))
    linked, dated, size = np.where(has_one, rows, _NONE)
    return (
        {
            "since_heading": np.where(has_one, since, _MAX_BLOCKS_SINCE),
            "heading_level": np.where(has_one, headings.level[nearest], _NO_LEVEL).astype(float),
            "heading_linked": linked,
            "heading_dated": dated,
            "heading_size": size,
        }
        | _headline_columns(stats, at, headings, headline)
        | _article_columns(stats, at, headline, articles)
    )


def _headline_columns(
    stats: BlockStats, at: Numbers, headings: Headings, headline: int | None
) -> Columns:
    """How many headings as high as the headline, and higher than `h3`, stand between it and a block."""
    long = headings.is_heading & (stats.size >= _MIN_HEADLINE_WORDS_CHARS)
    level = headings.level[headline] if headline is not None else 1
    start = headline if headline is not None else 0
    of_kind = (headings.level <= level, stats.linked >= 0.5, headings.dated)
    so_far = np.cumsum(long & of_kind, axis=1)
    counts = np.minimum(so_far[:, at] - so_far[:, start, None], _MAX_HEADLINES)
    rows = np.where(at >= start, counts, _NONE)
    return dict(zip(_HEADINGS_BETWEEN, rows, strict=True))


def _article_columns(
    stats: BlockStats, at: Numbers, headline: int | None, articles: Numbers
) -> Columns:
    """Whether a block stands in the `article` element that has the headline, or most of the prose."""
    own = articles[at]
    prose = np.bincount(articles + 1, stats.prose, minlength=2)
    most = int(prose[1:].argmax()) if prose[1:].any() else -1
    of_headline = int(articles[headline]) if headline is not None else -1
    inside = own >= 0
    rows = (prose[own + 1] / stats.all_prose, own == of_headline, own == most)
    of_article, with_headline, with_most = np.where(inside, rows, _NONE)
    return {
        "articles": np.full(len(at), float(len(set(articles.tolist()) - {-1}))),
        "article_prose": of_article,
        "article_of_headline": with_headline,
        "article_of_most": with_most,
        "article_order": np.where(inside, np.sign(own - most), 0).astype(float),
    }


def innermost(stats: BlockStats, tag: str) -> Numbers:
    """For each block the number of the innermost element of a tag around it; -1: none."""
    ends, inside = stats.index.end_list, [-1]
    changes, inner = [0], [-1]

    def leave(before: int) -> None:
        while len(inside) > 1 and ends[inside[-1]] <= before:
            changes.append(ends[inside.pop()])
            inner.append(inside[-1])

    for number in stats.index.numbers_of(tag):
        leave(number)
        inside.append(number)
        changes.append(number)
        inner.append(number)
    leave(len(ends))
    last_change = np.searchsorted(changes, stats.where, side="right") - 1
    return np.array(inner, dtype=np.intp)[last_change]


def story_context(
    stats: BlockStats,
    at: Numbers,
    headings: Headings,
    articles: Numbers,
    first: NDArray[np.float64],
) -> Columns:
    """Columns from the first forest's probabilities, `first`, for the blocks `at`: of the last heading,
    and of all that stands between it and the next one.
    """
    of_block = np.full(len(stats), _NONE)
    of_block[at] = first
    last = headings.last[at]
    sections = last + 1
    mass = np.bincount(sections, first * stats.size[at])
    size = np.bincount(sections, stats.size[at])
    inner = articles[at] + 1
    of_article = np.bincount(inner, first * stats.size[at]) / np.maximum(
        1, np.bincount(inner, stats.size[at])
    )
    return {
        "first_heading": np.where(last >= 0, of_block[np.maximum(last, 0)], _NONE),
        "first_section": (mass / np.maximum(1, size))[sections],
        "first_article": np.where(inner > 0, of_article[inner], _NONE),
    }
