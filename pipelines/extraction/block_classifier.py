"""The probability that a block of a page is the article's: by forests of decision trees
(`forests.json`), and by trafilatura where they are in doubt.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from pipelines.extraction.block_stats import BlockStats, Columns
from pipelines.extraction.context_features import context
from pipelines.extraction.features import features, with_witness
from pipelines.extraction.general_text import agreement, general_text
from pipelines.extraction.parse_html import lead_of, title_of
from pipelines.extraction.structure_features import Structures
from pipelines.extraction.tree_index import Numbers

_SLICE_ROWS = 64  # their answers to all questions fit in the processor's cache
_MAX_LEAVES = 64


@dataclass(frozen=True, slots=True)
class Forest:
    """The questions and leaves of all trees. A question is whether a `feature`, counting the columns in
    `names`, exceeds a `threshold`; it stands here once, though three trees or four ask it. `asked` has the
    numbers of the questions of all trees, as many of each tree as the largest has: the first of each tree
    comes before the second of any. Where the answer is yes, the tree's leaves that `out` has a bit for are
    out. Of those that remain, the first counts (QuickScorer): each question is asked of all rows at once,
    which takes a ninth of the time of going down the trees. `value` has a row per tree.
    """

    names: tuple[str, ...]
    feature: Numbers
    threshold: NDArray[np.float32]
    asked: Numbers
    out: NDArray[np.uint64]
    value: NDArray[np.float32]

    def predict(self, columns: Columns) -> NDArray[np.float64]:
        """For each row of the columns the probability (0 to 1) that its block is the article's."""
        table = np.array([columns[name] for name in self.names], dtype=np.float32)
        scores = [
            self._score(table[:, at : at + _SLICE_ROWS])
            for at in range(0, table.shape[1], _SLICE_ROWS)
        ]
        return np.asarray(1.0 / (1.0 + np.exp(-np.concatenate(scores))))

    def _score(self, table: NDArray[np.float32]) -> NDArray[np.float64]:
        (trees, most), rows = self.value.shape, table.shape[1]
        exceeds = table.take(self.feature, axis=0) > self.threshold
        # A product takes a third of the time of `np.where`.
        ruled_out = (exceeds.take(self.asked, axis=0) * self.out).reshape(-1, trees * rows)
        out = np.bitwise_or.reduce(ruled_out, axis=0).reshape(trees, rows)
        lowest = ~out & (out + out.dtype.type(1))
        leaves = np.frexp(lowest.astype(np.float32))[1] - 1
        values = self.value.ravel().take((leaves + most * np.arange(trees)[:, None]).T)
        return np.asarray(values.sum(axis=1, dtype=np.float64))


@lru_cache(maxsize=1)
def shipped_forests() -> dict[str, Forest]:
    """`first` reads the page's features, `second` also the first's probabilities for the blocks
    around, `witness` also which blocks trafilatura kept.
    """
    return {name: forest(trees) for name, trees in _shipped()["forests"].items()}


def expected() -> dict[str, float]:
    """F1 on sites that the shipped forests have not seen, cross-validated in training, through the whole
    refinement: of `all` languages together, and of some.
    """
    return dict(_shipped()["expected"])


def _shipped() -> dict[str, Any]:
    text = resources.files("pipelines.extraction").joinpath("forests.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def forest(trees: dict[str, Any]) -> Forest:
    """From the nodes of all trees in flat lists. A right child is next to its left one; a leaf is its
    own left child. `roots` has a node per tree. Raises ValueError for a tree of more than 64 leaves.
    """
    laid_out = [_lay_out(root, trees["left"]) for root in trees["roots"]]
    most = max(len(leaves) for _, leaves in laid_out)
    if most > _MAX_LEAVES:
        raise ValueError(f"a tree of {most} leaves; {_MAX_LEAVES} can be told apart")
    kind: type[np.unsignedinteger[Any]] = np.uint32 if most <= 32 else np.uint64
    size = (max(1, most - 1), len(laid_out))
    asked, out = np.zeros(size, dtype=np.intp), np.zeros(size, dtype=kind)
    value = np.zeros((len(laid_out), most), dtype=np.float32)
    # A question that a smaller tree lacks rules nothing out, whatever its answer is.
    numbers: dict[tuple[int, float], int] = {(0, math.inf): 0}
    for tree, (questions, leaves) in enumerate(laid_out):
        value[tree, : len(leaves)] = [trees["value"][leaf] for leaf in leaves]
        for at, (node, begin, end) in enumerate(questions):
            question = (trees["feature"][node], trees["threshold"][node])
            asked[at, tree] = numbers.setdefault(question, len(numbers))
            out[at, tree] = kind((1 << end) - (1 << begin))
    feature, threshold = (list(column) for column in zip(*numbers, strict=True))
    return Forest(
        tuple(trees["names"]),
        np.array(feature, dtype=np.intp),
        np.array(threshold, dtype=np.float32).reshape(-1, 1),
        asked.ravel(),
        out.reshape(-1, 1),
        value,
    )


def _lay_out(root: int, left: Sequence[int]) -> tuple[list[tuple[int, int, int]], list[int]]:
    """A tree's questions and its leaves from left to right. Of a question its node, and where the leaves
    that a `yes` rules out begin and end.
    """
    questions: list[tuple[int, int, int]] = []
    leaves: list[int] = []

    def visit(node: int) -> None:
        if left[node] == node:
            leaves.append(node)
            return
        begin = len(leaves)
        visit(left[node])
        questions.append((node, begin, len(leaves)))
        visit(left[node] + 1)

    visit(root)
    return questions, leaves


# Cross-validated over domains and measured block by block, on two sets: .4 F1 .9492 and .9480, .45 .9492
# and .9505, .5 .9485 and .9522. The lower, the less is lost.
KEEP = 0.45
# trafilatura costs more than all the rest of a classification. Asked where the page leaves this much
# doubt, one page in eight, it helps as much as when it is asked for each (F1 of the second set .9478
# where it is asked for 2 %, .9505 for 12 %, .9508 for all), and its mean with the second forest more than
# alone (.9492 of the first set, .9474).
MAX_DOUBT = 0.3


def classify_blocks(
    stats: BlockStats,
    structures: Structures,
    tree: HtmlElement,
    document: str,
    declared: str = "",
) -> list[float]:
    """For each block the probability (0 to 1) that it is text of the article in `document`, whose data
    declare the text `declared`.
    """
    chosen = stats.candidates()
    probabilities = [0.0] * len(stats)
    if not chosen:
        return probabilities
    at = np.array(chosen, dtype=np.intp)
    forests = shipped_forests()
    columns = features(stats, chosen, title_of(tree), lead_of(tree), structures, declared)
    first = forests["first"].predict(columns)
    columns |= context(stats, at, first, structures)
    predicted = forests["second"].predict(columns)
    if doubt(predicted, stats.size[at]) > MAX_DOUBT:
        agreed = agreement(stats.folded(chosen), general_text(document))
        witness = forests["witness"].predict(with_witness(columns, agreed))
        predicted = (predicted + witness) / 2
        if predicted.max() < KEEP:  # 2 of 484 pages: trafilatura's text is all there is
            predicted = np.array(agreed, dtype=np.float64)
    for number, probability in zip(chosen, predicted.tolist(), strict=True):
        probabilities[number] = probability
    return probabilities


def doubt(
    probabilities: NDArray[np.float64], sizes: NDArray[np.float64] | Sequence[float]
) -> float:
    """The size of what is undecided by that of what is kept; infinite when nothing is kept."""
    size = np.asarray(sizes)
    kept = float(size[probabilities >= KEEP].sum())
    undecided = float((size * (1 - np.abs(2 * probabilities - 1))).sum())
    return undecided / kept if kept else float("inf")
