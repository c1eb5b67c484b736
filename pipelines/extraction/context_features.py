"""Features from a first pass: the probabilities that it gave the blocks around a block, its ancestors,
its row, its list and its story.
"""

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.features import MASS_STEPS, MAX_STEPS, around, steps_to
from pipelines.extraction.structure_features import Structures, structure_context
from pipelines.extraction.tree_index import Numbers

_CONTEXT_OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
_SURE = 0.7
_MAX_SINCE_SURE = 99.0  # blocks; also when there is no sure one
_WINDOW_BLOCKS = 7


def context(
    stats: BlockStats, at: Numbers, first: NDArray[np.float64], structures: Structures
) -> Columns:
    """Columns from the first forest's probabilities, `first`, for the blocks `at`."""
    size = stats.size[at]
    mass = first * size
    total = float(mass.sum()) or 1.0
    reached = np.cumsum(mass) / total
    return (
        _ancestor_columns(stats, at, mass, total)
        | structure_context(stats, at, structures, first, _SURE)
        | around({"first": first}, _CONTEXT_OFFSETS)
        | {
            "first": first,
            "first_before": reached - mass / total,
            "first_after": 1 - reached,
            "sure_before": _blocks_since(first > _SURE),
            "sure_after": _blocks_since(first[::-1] > _SURE)[::-1],
            "first_row": _row_average(stats.rows[at], mass, size),
            "first_around": _window_sums(mass) / np.maximum(1, _window_sums(size)),
            "first_total": np.full(len(at), np.log1p(total)),
        }
    )


def _ancestor_columns(
    stats: BlockStats, at: Numbers, mass: NDArray[np.float64], total: float
) -> Columns:
    """The mass within the ancestors, by that of the page and by the size of their own text."""
    index, where = stats.index, stats.where[at]
    above = stats.ancestors[:MAX_STEPS, at]
    within = index.sum_within(where, mass)[above]
    share = within / total
    own = within / np.maximum(1, index.sum_within(where, stats.size[at])[above])
    return (
        {f"first_mass_{step}": share[step] for step in range(MASS_STEPS)}
        | {f"first_share_{step}": own[step] for step in range(MASS_STEPS)}
        | {f"first_{name}": steps_to(share, least) for name, least in _SHARES}
    )


_SHARES = (("half", 0.5), ("most", 0.9))


def _blocks_since(sure: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each block how many lie between it and the last sure one before it."""
    positions = np.arange(len(sure))
    last = np.maximum.accumulate(np.where(sure, positions, -1))
    before = np.concatenate(([-1], last[:-1]))
    since = np.minimum(positions - before - 1, _MAX_SINCE_SURE)
    return np.where(before < 0, _MAX_SINCE_SURE, since)


def _row_average(
    rows: Numbers, mass: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each block the average probability of its row, weighted by size."""
    average: NDArray[np.float64] = (
        np.bincount(rows, mass)[rows] / np.maximum(1, np.bincount(rows, size))[rows]
    )
    return average


def _window_sums(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over a window of blocks."""
    half = _WINDOW_BLOCKS // 2
    so_far = np.concatenate(([0.0], np.cumsum(amounts)))
    positions = np.arange(len(amounts))
    ends = np.minimum(positions + half + 1, len(amounts))
    sums: NDArray[np.float64] = so_far[ends] - so_far[np.maximum(positions - half, 0)]
    return sums
