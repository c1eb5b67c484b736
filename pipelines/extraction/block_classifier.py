"""Forests of decision trees, kept as data (`forests.json`), judging all blocks of a page at once."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.features import Columns, Rows, table
from pipelines.extraction.tree_index import Numbers

# Levels down, after each of which only those go on that have not reached a leaf.
_STAGES = (3, 2, 2, 2, 1000)
_SLICE = 512  # rows at once: all trees' places in them stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Forest:
    """Nodes of all trees in flat arrays; the right child stands behind the left one, a leaf is
    its own left child and no number is beyond its threshold. `roots` has a node per tree, `depth`
    is the longest way from a root to a leaf, `names` are the columns that the features number.
    """

    names: tuple[str, ...]
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    left: NDArray[np.intp]
    value: NDArray[np.float32]
    depth: int

    def judge(self, columns: Columns) -> NDArray[np.float64]:
        """For each row of the columns the probability (0 to 1) that its block is the article's."""
        rows = table(columns, self.names)
        scores = [self._score(rows[at : at + _SLICE]) for at in range(0, len(rows), _SLICE)]
        return np.asarray(1.0 / (1.0 + np.exp(-np.concatenate(scores))))

    def _score(self, rows: Rows) -> NDArray[np.float64]:
        numbers = rows.ravel()
        starts = np.repeat(np.arange(len(rows)) * rows.shape[1], len(self.roots))
        at = np.tile(self.roots, len(rows))
        on: Numbers = np.arange(len(at))
        for levels in _STAGES:
            at[on] = self._down(at[on], starts[on], numbers, min(levels, self.depth))
            on = on[self.left.take(at[on]) != at[on]]
            if not len(on):
                break
        leaves = self.value.take(at).reshape(len(rows), -1)
        return np.asarray(leaves.sum(axis=1, dtype=np.float64))

    def _down(self, at: Numbers, starts: Numbers, numbers: Rows, levels: int) -> Numbers:
        """The nodes reached from the nodes `at`; a row's numbers begin at its `starts`."""
        for _ in range(levels):
            beyond = numbers.take(starts + self.feature.take(at)) > self.threshold.take(at)
            at = self.left.take(at) + beyond
        return at


@lru_cache(maxsize=1)
def shipped_forests() -> dict[str, Forest]:
    """`first` judges by the page; `second` by what the first made of the blocks around as well;
    `witness` knows what the general extractor kept.
    """
    return {name: forest(trees) for name, trees in _shipped()["forests"].items()}


def expected() -> dict[str, float]:
    """F1 on sites that the shipped forests have not seen, cross-validated when they were trained:
    of `all` languages, and of some.
    """
    return dict(_shipped()["expected"])


def _shipped() -> dict[str, Any]:
    text = resources.files("pipelines.extraction").joinpath("forests.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def forest(trees: dict[str, Any]) -> Forest:
    return Forest(
        names=tuple(trees["names"]),
        roots=np.array(trees["roots"], dtype=np.intp),
        feature=np.array(trees["feature"], dtype=np.intp),
        threshold=np.array(
            [np.inf if cut is None else cut for cut in trees["threshold"]], dtype=np.float32
        ),
        left=np.array(trees["left"], dtype=np.intp),
        value=np.array(trees["value"], dtype=np.float32),
        depth=int(trees["depth"]),
    )
