"""Where the page's article ends because another one begins: a second headline with a text of its own,
in elements that the first one has no part in.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.story_features import Headings
from pipelines.extraction.tree_index import Numbers

_MIN_HEADLINE_CHARS, _MIN_STORY_CHARS, _MIN_LINKED = 15, 200, 0.5
# Of what is kept, in the story that has the page's headline.
_MIN_SHARE = 0.5


def other_stories(
    stats: BlockStats,
    headings: Headings,
    articles: Numbers,
    headline: int | None,
    kept: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Flags for the blocks that belong to another story than the one below the page's own headline (its
    position). `articles` has the number of the `article` element around each block (-1: none), `kept`
    flags those that the classifier takes for text.
    """
    other = np.zeros(len(stats), dtype=bool)
    if headline is None or not kept.any():
        return other
    bounds = stats.index.ends
    where = stats.where
    for at in _rivals(stats, headings, articles, headline):
        start = _outermost_without(stats, int(where[at]), int(where[headline]))
        inside = (start <= where) & (where < bounds[start])
        if _is_story(stats, inside, kept, at) and not _is_part_of_text(stats, start, inside, kept):
            other |= inside & (np.arange(len(stats)) >= at)
    return other


def _rivals(
    stats: BlockStats, headings: Headings, articles: Numbers, headline: int
) -> Sequence[int]:
    """Other headings as high as the headline, with an `article` of their own, a date or a link: without
    any of them it may be a section of the text (1 829 and 988 characters of two articles in 800).
    """
    level = headings.level[headline]
    high = (headings.level <= level) & (stats.size >= _MIN_HEADLINE_CHARS)
    high[headline] = False
    high &= (
        ((articles >= 0) & (articles != articles[headline]))
        | headings.dated
        | (stats.linked >= _MIN_LINKED)
    )
    texts = stats.texts
    return [at for at in np.flatnonzero(high).tolist() if texts[at] != texts[headline]]


def _outermost_without(stats: BlockStats, number: int, other: int) -> int:
    """The outermost element around `number` that does not hold `other`."""
    parents, ends = stats.index.parents, stats.index.ends
    while True:
        parent = int(parents[number])
        if parent == number or parent <= other < ends[parent]:
            return number
        number = parent


def _is_story(
    stats: BlockStats, inside: NDArray[np.bool_], kept: NDArray[np.bool_], at: int
) -> bool:
    behind = inside & (np.arange(len(stats)) > at)
    own = float(stats.prose[behind].sum())
    within, all_kept = float(stats.size[inside & kept].sum()), float(stats.size[kept].sum())
    return own >= _MIN_STORY_CHARS and within < _MIN_SHARE * all_kept


def _is_part_of_text(
    stats: BlockStats, start: int, inside: NDArray[np.bool_], kept: NDArray[np.bool_]
) -> bool:
    """Whether it stands among the paragraphs of the text: in the element that holds most of them."""
    rest: Numbers = stats.parents[kept & ~inside]
    if not len(rest):
        return True
    numbers, counts = np.unique(rest, return_counts=True)
    body = int(numbers[counts.argmax()])
    return bool(body <= start < stats.index.ends[body])
