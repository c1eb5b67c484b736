"""How likely each block of a page is the article's: forests of decision trees (`forests.json`), and
trafilatura where they are in doubt.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import trafilatura
from lxml.html import HtmlElement
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.features import (
    Columns,
    FeatureRows,
    context,
    features,
    table,
    with_witness,
)
from pipelines.extraction.parse_html import lead_of, title_of
from pipelines.extraction.tree_index import Numbers
from text.folding import fold_lines

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

    def _score(self, rows: FeatureRows) -> NDArray[np.float64]:
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

    def _down(self, at: Numbers, starts: Numbers, numbers: FeatureRows, levels: int) -> Numbers:
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


# trafilatura deletes U+200C, which glues Persian words: a private-use sign stands in for it.
_ZWNJ, _SENTINEL = "\u200c", "\ue00c"
_SURE_CHARS = 40


def general_text(document: str) -> str:
    """Trafilatura's text, a line a paragraph; empty when it finds none. Never with its
    `deduplicate`, whose state outlives the page.
    """
    found = trafilatura.extract(
        document.replace(_ZWNJ, _SENTINEL),
        include_comments=False,
        # Its own fallbacks cost as much again and, to a witness, add nothing (F1 .9485, .9489).
        fast=True,
        deduplicate=False,
    )
    return (found or "").replace(_SENTINEL, _ZWNJ)


def agreement(folded: Sequence[str], text: str) -> list[bool]:
    """For each folded block whether it stands in `text`: a whole line, or at length inside one."""
    lines = set(fold_lines(text.splitlines()))
    run = " \n ".join(sorted(lines))
    return [_stands(one, lines, run) for one in folded]


def _stands(folded: str, lines: set[str], run: str) -> bool:
    return bool(folded) and (folded in lines or (len(folded) >= _SURE_CHARS and folded in run))


# Cross-validated over sites, .45 to .55 score the same (see benchmarks/train_forest.py).
KEEP = 0.5
# The general extractor costs more than all the rest of a judgement. Asked only where the page
# leaves this much doubt, one page in twenty, it helps as much as when it is asked of every second.
MOST_DOUBT = 0.95


def classify_blocks(stats: BlockStats, tree: HtmlElement, document: str) -> list[float]:
    """For each block the probability (0 to 1) that it is text of the article in `document`."""
    chosen = stats.candidates()
    sure = [0.0] * len(stats)
    if not chosen:
        return sure
    at = np.array(chosen, dtype=np.intp)
    forests = shipped_forests()
    columns = features(stats, chosen, title_of(tree), lead_of(tree))
    first = forests["first"].judge(columns)
    judged = forests["second"].judge(columns | context(stats, at, first))
    if doubt(judged, stats.size[at]) > MOST_DOUBT:
        asked = agreement(stats.folded(chosen), general_text(document))
        judged = forests["witness"].judge(with_witness(columns, asked))
        if judged.max() < KEEP:  # 2 of 484 pages: what the general extractor found is all there is
            judged = np.array(asked, dtype=np.float64)
    for number, probability in zip(chosen, judged.tolist(), strict=True):
        sure[number] = probability
    return sure


def doubt(judged: NDArray[np.float64], sizes: NDArray[np.float64] | Sequence[float]) -> float:
    """The size of what is undecided, in parts of what is kept; endless when nothing is."""
    size = np.asarray(sizes)
    kept = float(size[judged >= KEEP].sum())
    undecided = float((size * (1 - np.abs(2 * judged - 1))).sum())
    return undecided / kept if kept else float("inf")
