"""What a first judgement of all blocks tells about each: a second one reads it beside the rest.

Whether a paragraph is the article's depends on whether those around it are: where what was
judged text lies thick, the doubtful is text.
"""

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import Measures
from pipelines.extraction.features import MASS_STEPS, Columns, moved, steps_to
from pipelines.extraction.tree_index import Numbers

_OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
_STEPS = 8
_SURE = 0.7
_NEVER = 99.0
_WINDOW = 7


def context(measures: Measures, at: Numbers, first: NDArray[np.float64]) -> Columns:
    """Columns for the blocks `at`, whose probabilities by the first judgement are `first`."""
    size = measures.size[at]
    mass = first * size
    total = float(mass.sum()) or 1.0
    reached = np.cumsum(mass) / total
    return (
        _held(measures, at, mass, total)
        | {f"first@{offset}": moved(first, offset) for offset in _OFFSETS}
        | {
            "first": first,
            "first_before": reached - mass / total,
            "first_after": 1 - reached,
            "sure_before": _since(first > _SURE),
            "sure_after": _since(first[::-1] > _SURE)[::-1],
            "first_row": _by_row(measures.rows[at], mass, size),
            "first_around": _around(mass) / np.maximum(1, _around(size)),
            "first_total": np.full(len(at), np.log1p(total)),
        }
    )


def _held(measures: Measures, at: Numbers, mass: NDArray[np.float64], total: float) -> Columns:
    """What the ancestors hold: of all that was judged text, and of their own text."""
    outline, where = measures.outline, measures.where[at]
    chain = outline.chain(where, _STEPS)
    held = outline.held(where, mass)[chain]
    own = held / np.maximum(1, outline.held(where, measures.size[at])[chain])
    return (
        {f"first_mass_{step}": held[:, step] / total for step in range(MASS_STEPS)}
        | {f"first_share_{step}": own[:, step] for step in range(MASS_STEPS)}
        | {f"first_{name}": steps_to(held / total, least) for name, least in _PARTS}
    )


_PARTS = (("half", 0.5), ("most", 0.9))


def _since(sure: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each block how many lie between it and the last sure one before it."""
    places = np.arange(len(sure))
    last = np.maximum.accumulate(np.where(sure, places, -1))
    before = np.concatenate(([-1], last[:-1]))
    return np.where(before < 0, _NEVER, np.minimum(places - before - 1, _NEVER))


def _by_row(
    rows: Numbers, mass: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (
        np.bincount(rows, mass)[rows] / np.maximum(1, np.bincount(rows, size))[rows]
    )
    return found


def _around(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over a window of blocks."""
    half = _WINDOW // 2
    so_far = np.concatenate(([0.0], np.cumsum(amounts)))
    places = np.arange(len(amounts))
    ends = np.minimum(places + half + 1, len(amounts))
    found: NDArray[np.float64] = so_far[ends] - so_far[np.maximum(places - half, 0)]
    return found
