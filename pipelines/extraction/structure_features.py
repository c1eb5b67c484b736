"""Features of a block's place among the structures of its page: the list, table or run of entries it
belongs to, how far up it meets the prose before and behind it, and what else is marked up as it is.
"""

import re

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.blocks import hidden_elements
from pipelines.extraction.story_features import Headings, innermost, story_columns, story_context
from pipelines.extraction.tree_index import Numbers

_LISTS = frozenset(("ul", "ol", "dl", "table"))
# An element with this share of the page's prose lays the page out, whatever its tag says.
_MAX_PROSE_SHARE = 0.8
_FAR = 13.0
_HEADINGS = frozenset(("h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th", "tr"))
_MAX_DATE_CHARS = 80
_NUMBER = re.compile(r"\d+")


class Structures:
    """Of each block: `lists`, the number of its outermost list or table (-1: none), `hidden`, whether
    a browser would not show it, `likeness`, the number of its markup, the same for all blocks with
    the same tags and classes, and `articles`, the number of the innermost `article` around it (-1: none).
    """

    def __init__(self, stats: BlockStats) -> None:
        index = stats.index
        self.lists, self.hidden = _outermost_lists(stats), _hidden(stats)
        self.articles = innermost(stats, "article")
        self.headings = Headings(stats)
        parents, tags, names = index.parent_list, index.tags, index.names
        signatures: dict[tuple[object, ...], int] = {}
        self.likeness = np.array(
            [
                signatures.setdefault(
                    (tags[at], names[at][0], tags[parents[at]], names[parents[at]][0]),
                    len(signatures),
                )
                for at in stats.where.tolist()
            ],
            dtype=np.intp,
        )


def _outermost_lists(stats: BlockStats) -> Numbers:
    index, prose, ends = stats.index, stats.prose_within, stats.index.end_list
    limit = _MAX_PROSE_SHARE * stats.all_prose
    outermost = np.full(len(index.elements), -1, dtype=np.intp)
    behind = 0
    for at in index.numbers_of(*_LISTS):
        if at >= behind and prose[at] < limit:
            behind = ends[at]
            outermost[at:behind] = at
    return outermost[stats.where]


def _hidden(stats: BlockStats) -> NDArray[np.bool_]:
    index, ends = stats.index, stats.index.end_list
    hidden = np.zeros(len(index.elements), dtype=bool)
    behind = 0
    for at in sorted(_hiding(stats)):
        if at >= behind:
            behind = ends[at]
            hidden[at:behind] = True
    return hidden[stats.where]


def _hiding(stats: BlockStats) -> set[int]:
    """The numbers of the elements that hide what they hold, from readers or from screen readers."""
    marked = stats.index.marked.items()
    silent = [number for number, marks in marked if marks.get("aria-hidden") == "true"]
    return {*silent, *hidden_elements(stats.index)}


def structure_columns(
    stats: BlockStats, at: Numbers, structures: Structures, headline: int | None
) -> Columns:
    """A number for each of the blocks `at`, from the page alone; `headline` is the position of its own."""
    tags = [stats.tags[number] for number in at.tolist()]
    prose = stats.prose > 0
    same = np.bincount(structures.likeness, stats.prose)
    texts = [stats.texts[number] for number in at.tolist()]
    colon = np.array([text.endswith((":", "：")) for text in texts], dtype=float)
    return (
        _list_columns(stats, at, structures.lists)
        | {
            "is_heading": np.array([tag in _HEADINGS for tag in tags], dtype=float),
            "is_cell": np.array([tag in _CELLS for tag in tags], dtype=float),
            "is_quote": np.array([tag == "blockquote" for tag in tags], dtype=float),
            "hidden": structures.hidden[at].astype(float),
            "colon": colon,
            "colon_before": np.concatenate(([0.0], colon[:-1])),
            "ellipsis": np.array([text.endswith(("…", "...")) for text in texts], dtype=float),
            "dated": np.array([_count_numbers(text) for text in texts]),
            "like_prose": (same[structures.likeness] / stats.all_prose)[at],
        }
        | {f"prose_{name}": column for name, column in meeting(stats, at, prose).items()}
        | story_columns(stats, at, headline, structures.headings, structures.articles)
    )


def _count_numbers(text: str) -> float:
    """How many numbers a short line has: a date has two or three."""
    return float(len(_NUMBER.findall(text))) if len(text) < _MAX_DATE_CHARS else -1.0


def _list_columns(stats: BlockStats, at: Numbers, lists: Numbers) -> Columns:
    chosen = lists[at]
    inside = chosen >= 0
    keys = np.where(lists >= 0, lists, len(stats.index.elements))
    blocks = np.bincount(keys)
    sizes, linked = np.bincount(keys, stats.size), np.bincount(keys, stats.size * stats.linked)
    sentences = np.bincount(keys, stats.sentence.astype(float))
    own = keys[at]
    number = np.maximum(1, blocks[own])
    starts = np.full(len(blocks), len(lists))
    np.minimum.at(starts, keys, np.arange(len(lists)))
    return {
        "list_blocks": np.where(inside, np.log1p(number), 0.0),
        "list_size": np.where(inside, np.log1p(sizes[own] / number), 0.0),
        "list_linked": np.where(inside, linked[own] / np.maximum(1, sizes[own]), -1.0),
        "list_sentences": np.where(inside, sentences[own] / number, -1.0),
        "list_place": np.where(inside, (at - starts[own]) / number, -1.0),
        "list_prose": np.where(inside, stats.prose_within[np.maximum(chosen, 0)], 0.0)
        / stats.all_prose,
    }


def meeting(stats: BlockStats, at: Numbers, anchors: NDArray[np.bool_]) -> Columns:
    """Steps from each of the blocks `at` up to the element where it meets the nearest of `anchors` (a
    flag for each block of the page) before it and behind it, and from that one up to the same element.
    """
    places = np.flatnonzero(anchors)
    names = ("up_before", "down_before", "up_after", "down_after")
    if not len(places):
        return {name: np.full(len(at), _FAR) for name in names}
    before = np.searchsorted(places, at, side="left") - 1
    after = np.searchsorted(places, at, side="right")
    # Both ways at once: twice the rows cost less than twice the calls.
    blocks = np.concatenate((at, at))
    nearest = places[np.concatenate((np.maximum(before, 0), np.minimum(after, len(places) - 1)))]
    exists = np.concatenate((before >= 0, after < len(places)))
    steps = (_steps(stats, blocks, nearest), _steps(stats, nearest, blocks))
    # By side, then by way: a new training draws its columns in this order.
    rows = np.where(exists, steps, _FAR).reshape(2, 2, len(at)).swapaxes(0, 1).reshape(4, len(at))
    return dict(zip(names, rows, strict=True))


def _steps(stats: BlockStats, blocks: Numbers, others: Numbers) -> Numbers:
    """Steps from each of the blocks up to the first element that holds its other one."""
    above, other = stats.ancestors[:, blocks], stats.where[others]
    holds = (above <= other) & (other < stats.index.ends[above])
    steps: Numbers = (~holds).sum(axis=0)
    return steps


def structure_context(
    stats: BlockStats,
    at: Numbers,
    structures: Structures,
    first: NDArray[np.float64],
    sure: float,
) -> Columns:
    """Columns from the first forest's probabilities, `first`, for the blocks `at`."""
    anchors = np.zeros(len(stats), dtype=bool)
    anchors[at] = first > sure
    mass = first * stats.size[at]
    total = float(mass.sum()) or 1.0
    own = structures.likeness[at]
    of_likeness, size_of_likeness = np.bincount(own, mass), np.bincount(own, stats.size[at])
    rest = size_of_likeness[own] - stats.size[at]
    lists = structures.lists[at]
    keys = np.where(lists >= 0, lists, len(stats.index.elements))
    of_list = np.bincount(keys, mass) / np.maximum(1, np.bincount(keys, stats.size[at]))
    before, after = _around_lists(keys, first)
    inside = lists >= 0
    return {
        "first_like": (of_likeness[own] - mass) / total,
        "first_like_average": np.where(
            rest > 0, (of_likeness[own] - mass) / np.maximum(1, rest), -1.0
        ),
        "first_list": np.where(inside, of_list[keys], -1.0),
        "first_before_list": np.where(inside, before[keys], -1.0),
        "first_after_list": np.where(inside, after[keys], -1.0),
        **{f"sure_{name}": column for name, column in meeting(stats, at, anchors).items()},
        **story_context(stats, at, structures.headings, structures.articles, first),
    }


def _around_lists(
    keys: Numbers, first: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each list the probability of the block before it and of the one behind it."""
    count = int(keys.max()) + 1
    before, after = np.full(count, -1.0), np.full(count, -1.0)
    starts, ends = np.full(count, len(keys)), np.full(count, -1)
    positions = np.arange(len(keys))
    np.minimum.at(starts, keys, positions)
    np.maximum.at(ends, keys, positions)
    has_before = (starts > 0) & (starts < len(keys))
    before[has_before] = first[starts[has_before] - 1]
    has_after = (ends >= 0) & (ends < len(keys) - 1)
    after[has_after] = first[ends[has_after] + 1]
    return before, after
