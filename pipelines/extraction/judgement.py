"""How sure it is, for each block of a page, that it is the article's text."""

from collections.abc import Sequence

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from pipelines.extraction.block_classifier import shipped_forests
from pipelines.extraction.block_stats import Measures
from pipelines.extraction.context import context
from pipelines.extraction.features import features, with_witness
from pipelines.extraction.general import agreement, general_text
from pipelines.extraction.parse_html import lead_of, title_of

# Cross-validated over sites, .45 to .55 score the same (see benchmarks/train_forest.py).
KEEP = 0.5
# The general extractor costs more than all the rest of a judgement. Asked only where the page
# leaves this much doubt, one page in twenty, it helps as much as when it is asked of every second.
MOST_DOUBT = 0.95


def judge(measures: Measures, tree: HtmlElement, document: str) -> list[float]:
    """For each block the probability (0 to 1) that it is text of the article in `document`."""
    chosen = measures.candidates()
    sure = [0.0] * len(measures)
    if not chosen:
        return sure
    at = np.array(chosen, dtype=np.intp)
    forests = shipped_forests()
    columns = features(measures, chosen, title_of(tree), lead_of(tree))
    first = forests["first"].judge(columns)
    judged = forests["second"].judge(columns | context(measures, at, first))
    if doubt(judged, measures.size[at]) > MOST_DOUBT:
        asked = agreement(measures.folded(chosen), general_text(document))
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
