"""Forests of decision trees, kept as data (`forests.json`), judging all blocks of a page at once."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.features import NAMES


@dataclass(frozen=True, slots=True)
class Forest:
    """Nodes of all trees in flat arrays; a leaf points to itself. `roots` has a node per tree,
    `depth` is the longest way from a root to a leaf.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    depth: int

    def judge(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """For each row of features the probability (0 to 1) that its block is the article's."""
        at = np.tile(self.roots, (len(rows), 1))
        lines = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = rows[lines, self.feature[at]] <= self.threshold[at]
            at = np.where(goes_left, self.left[at], self.right[at])
        score = self.value[at].sum(axis=1, dtype=np.float64)
        return np.asarray(1.0 / (1.0 + np.exp(-score)))


@lru_cache(maxsize=1)
def shipped_forests() -> dict[str, Forest]:
    """`alone` judges by the page; `witness` knows as well what the general extractor kept."""
    text = resources.files("pipelines.extraction").joinpath("forests.json").read_text("utf-8")
    data = json.loads(text)
    # The rows are laid out by position: a forest trained on other features would judge nonsense.
    if tuple(data["features"]) != NAMES:
        raise ValueError("forests.json was trained on other features: train it again")
    return {name: _forest(trees) for name, trees in data["forests"].items()}


def _forest(trees: dict[str, Any]) -> Forest:
    return Forest(
        roots=np.array(trees["roots"], dtype=np.int32),
        feature=np.array(trees["feature"], dtype=np.int32),
        threshold=np.array(trees["threshold"], dtype=np.float32),
        left=np.array(trees["left"], dtype=np.int32),
        right=np.array(trees["right"], dtype=np.int32),
        value=np.array(trees["value"], dtype=np.float32),
        depth=int(trees["depth"]),
    )
