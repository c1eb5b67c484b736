"""The probability that a block of a page is the article's: by forests of decision trees
(`forests.json`), and by trafilatura where they are in doubt.
"""

import json
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

_WORD_ROWS = 64  # bits of a word
_MAX_LEAVES = 64
_ALL, _NONE = np.uint64(2**64 - 1), np.uint64(0)


@dataclass(frozen=True, slots=True)
class Forest:
    """The questions and leaves of all trees. A question is whether a `feature`, counting the columns in
    `names`, exceeds a `threshold`; it stands here once, though three trees or four ask it. Its answers for
    64 rows are the bits of a word, and so are the rows that reach a node: all trees are gone down at once,
    a step for each of `levels`, in four fifths of the time that asking row by row takes (QuickScorer, a
    ninth of going down the trees for each row).

    The nodes that are reached are numbered: the roots; of each level the right children, the left ones; at
    last one that no row reaches. `levels` has the nodes that ask, `asked` the numbers of their questions,
    level by level. `leaves` has those of all trees by their place, as many of each tree as a power of two,
    and `value` a row per tree.
    """

    names: tuple[str, ...]
    feature: Numbers
    threshold: NDArray[np.float32]
    levels: tuple[Numbers, ...]
    asked: Numbers
    leaves: Numbers
    value: NDArray[np.float32]

    def predict(self, columns: Columns) -> NDArray[np.float64]:
        """For each row of the columns the probability (0 to 1) that its block is the article's."""
        rows, (trees, most) = len(columns[self.names[0]]), self.value.shape
        words = -(-rows // _WORD_ROWS)
        table = np.zeros((len(self.names), words * _WORD_ROWS), dtype=np.float32)
        table[:, :rows] = [columns[name] for name in self.names]
        reached = self._reached(self._answers(table, words))
        places = self._places(reached.take(self.leaves, axis=0))[:, :rows]
        values = self.value.ravel().take(places + most * np.arange(trees)[:, None])
        return np.asarray(1.0 / (1.0 + np.exp(-values.sum(axis=0, dtype=np.float64))))

    def _answers(self, table: NDArray[np.float32], words: int) -> NDArray[np.uint64]:
        """Of each question a row of words."""
        answers = np.empty((len(self.feature), words), dtype=np.uint64)
        for word in range(words):  # 64 rows fit in the processor's cache
            part = table[:, word * _WORD_ROWS : (word + 1) * _WORD_ROWS]
            exceeds = part.take(self.feature, axis=0) > self.threshold
            answers[:, word] = np.packbits(exceeds.ravel()).view(np.uint64)
        return answers

    def _reached(self, answers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Of each node the rows that come to it."""
        answers = answers.take(self.asked, axis=0)
        begin, end = 0, len(self.value)
        reached = np.empty((end + 2 * len(answers) + 1, answers.shape[1]), dtype=np.uint64)
        reached[:end], reached[-1] = _ALL, _NONE
        for level in self.levels:
            size = len(level)
            here, right = reached.take(level, axis=0), reached[end : end + size]
            np.bitwise_and(here, answers[begin : begin + size], out=right)
            np.bitwise_xor(here, right, out=reached[end + size : end + 2 * size])
            begin, end = begin + size, end + 2 * size
        return reached

    def _places(self, leaves: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """For each tree and row the place of the one leaf that is reached, its bits from the highest: is it
        in the second half of the leaves, in that half's second half, …
        """
        trees = len(self.value)
        leaves = leaves.reshape(len(leaves) // trees, -1)
        places = np.zeros(leaves.shape[1] * _WORD_ROWS, dtype=np.uint8)
        while len(leaves) > 1:
            half = len(leaves) // 2
            bits = np.bitwise_or.reduce(leaves[half:], axis=0)
            places <<= 1
            places |= np.unpackbits(bits.view(np.uint8))
            leaves = leaves[:half] | leaves[half:]
        return places.reshape(trees, -1)


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
    left, roots = trees["left"], trees["roots"]
    leaves = [_leaves(root, left) for root in roots]
    most = max(map(len, leaves))
    if most > _MAX_LEAVES:
        raise ValueError(f"a tree of {most} leaves; {_MAX_LEAVES} can be told apart")
    levels, numbers = _levels(roots, left)
    asking = [node for level in levels for node in level]
    questions: dict[tuple[int, float], int] = {}
    asked = [
        questions.setdefault((trees["feature"][node], trees["threshold"][node]), len(questions))
        for node in asking
    ]
    places = np.full((1 << (most - 1).bit_length(), len(roots)), len(numbers), dtype=np.intp)
    value = np.zeros((len(roots), most), dtype=np.float32)
    for tree, nodes in enumerate(leaves):
        places[: len(nodes), tree] = [numbers[node] for node in nodes]
        value[tree, : len(nodes)] = [trees["value"][node] for node in nodes]
    return Forest(
        tuple(trees["names"]),
        np.array([feature for feature, _ in questions], dtype=np.intp),
        np.array([[threshold] for _, threshold in questions], dtype=np.float32).reshape(-1, 1),
        tuple(np.array([numbers[node] for node in level], dtype=np.intp) for level in levels),
        np.array(asked, dtype=np.intp),
        places.ravel(),
        value,
    )


def _leaves(root: int, left: Sequence[int]) -> list[int]:
    """A tree's leaves from left to right."""
    leaves, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if left[node] == node:
            leaves.append(node)
        else:
            waiting += (left[node] + 1, left[node])
    return leaves


def _levels(roots: Sequence[int], left: Sequence[int]) -> tuple[list[list[int]], dict[int, int]]:
    """The nodes of all trees that ask, by their depth, and the numbers of all nodes as `Forest` has them."""
    numbers = {root: number for number, root in enumerate(roots)}
    levels: list[list[int]] = []
    level = list(roots)
    while asking := [node for node in level if left[node] != node]:
        levels.append(asking)
        level = [left[node] + 1 for node in asking] + [left[node] for node in asking]
        for node in level:
            numbers[node] = len(numbers)
    return levels, numbers


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
