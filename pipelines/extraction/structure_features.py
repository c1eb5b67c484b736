"""Features of a block's place among the structures of its page: the list, table or run of entries it
belongs to, how far up it meets the prose before and behind it, and what else is marked up as it is.
"""

import re

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.blocks import has_hidden_name, hides
from pipelines.extraction.story_features import Headings, innermost, story_columns, story_context
from pipelines.extraction.tree_index import Numbers, TreeIndex

_LISTS = frozenset(("ul", "ol", "dl", "table"))
# An element with this share of the page's prose lays the page out, whatever its tag says.
_MAX_PROSE_SHARE = 0.8
_MAX_STEPS = 12
_FAR = 13.0
_HEADINGS = ("h3", "h4", "h5", "h6")
_CELLS = ("td", "th", "tr")


class Structures:
    """Of each block: `lists`, the number of its outermost list or table (-1: none), `hidden`, whether
    a browser would not show it, `likeness`, the number of its markup, the same for all blocks with
    the same tags and classes, and `articles`, the number of the innermost `article` around it (-1: none).
    """

    def __init__(self, stats: BlockStats) -> None:
        index = stats.index
        self.lists, self.hidden = _from_above(stats)
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


def _from_above(stats: BlockStats) -> tuple[Numbers, NDArray[np.bool_]]:
    index, prose = stats.index, stats.prose_within
    limit = _MAX_PROSE_SHARE * stats.all_prose
    parents, tags = index.parent_list, index.tags
    lists, hidden = {0: -1}, {0: False}
    for at in stats.lineage[0].tolist():
        above = parents[at]
        own = lists[above]
        lists[at] = at if own < 0 and tags[at] in _LISTS and prose[at] < limit else own
        hidden[at] = hidden[above] or _is_hidden(index, at)
    where = stats.where.tolist()
    return (
        np.array([lists[at] for at in where], dtype=np.intp),
        np.array([hidden[at] for at in where], dtype=bool),
    )


def _is_hidden(index: TreeIndex, number: int) -> bool:
    names, marks = index.names[number][0], index.marked.get(number)
    return bool(marks and _marks_hide(marks)) or bool(names and has_hidden_name(names[:500]))


def _marks_hide(marks: dict[str, str]) -> bool:
    """Whether a browser does not show the element, or it says so to screen readers."""
    return hides(marks.get("hidden"), marks.get("style")) or marks.get("aria-hidden") == "true"


def structure_columns(
    stats: BlockStats, at: Numbers, structures: Structures, headline: int | None
) -> Columns:
    """A number for each of the blocks `at`, from the page alone; `headline` is the position of its own."""
    tags = stats.tags[at]
    prose = stats.prose > 0
    same = np.bincount(structures.likeness, stats.prose)
    texts = [stats.texts[number] for number in at.tolist()]
    colon = np.array([text.endswith((":", "：")) for text in texts], dtype=float)
    return (
        _list_columns(stats, at, structures.lists)
        | {
            "is_heading": np.isin(tags, _HEADINGS).astype(float),
            "is_cell": np.isin(tags, _CELLS).astype(float),
            "is_quote": (tags == "blockquote").astype(float),
            "hidden": structures.hidden[at].astype(float),
            "colon": colon,
            "colon_before": np.concatenate(([0.0], colon[:-1])),
            "ellipsis": np.array([text.endswith(("…", "...")) for text in texts], dtype=float),
            "dated": np.array([_digits(text) for text in texts]),
            "like_prose": (same[structures.likeness] / stats.all_prose)[at],
        }
        | {f"prose_{name}": column for name, column in meeting(stats, at, prose).items()}
        | story_columns(stats, at, headline, structures.headings, structures.articles)
    )


def _digits(text: str) -> float:
    """How many numbers a short line has: a date has two or three."""
    return float(len(re.findall(r"\d+", text))) if len(text) < 80 else -1.0


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
    where, ends = stats.where, stats.index.ends
    places = np.flatnonzero(anchors)
    columns: Columns = {}
    if not len(places):
        return {
            name: np.full(len(at), _FAR)
            for name in ("up_before", "up_after", "down_before", "down_after")
        }
    before = np.searchsorted(places, at, side="left") - 1
    after = np.searchsorted(places, at, side="right")
    for name, nearest, exists in (
        ("before", places[np.maximum(before, 0)], before >= 0),
        ("after", places[np.minimum(after, len(places) - 1)], after < len(places)),
    ):
        up = _steps(stats.index.chain(where[at], _MAX_STEPS), where[nearest], ends)
        down = _steps(stats.index.chain(where[nearest], _MAX_STEPS), where[at], ends)
        columns[f"up_{name}"] = np.where(exists, up, _FAR)
        columns[f"down_{name}"] = np.where(exists, down, _FAR)
    return columns


def _steps(chain: Numbers, other: Numbers, ends: Numbers) -> NDArray[np.float64]:
    """Steps along each row of `chain` up to the first element that holds `other`."""
    holds = (chain <= other[:, None]) & (other[:, None] < ends[chain])
    steps: NDArray[np.float64] = (~holds).sum(axis=1).astype(float)
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
