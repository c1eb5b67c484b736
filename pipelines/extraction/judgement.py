"""How sure it is, for each block of a page, that it is the article's text."""

from collections.abc import Sequence

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from pipelines.extraction.features import features, with_witness
from pipelines.extraction.forest import shipped_forests
from pipelines.extraction.general import agreement, general_text
from pipelines.extraction.measures import Measured, candidates, measure
from pipelines.extraction.page import lead_of, title_of

__all__ = ["KEEP", "MOST_DOUBT", "doubt", "judge", "measure"]

# Cross-validated over sites, .45 to .55 score the same (see benchmarks/train_forest.py).
KEEP = 0.5
# The general extractor costs more than all the rest of a judgement. Asked only where the page
# leaves this much doubt, one page in five, it helps as much as when it is always asked.
MOST_DOUBT = 0.3


def judge(measured: Sequence[Measured], tree: HtmlElement, document: str) -> list[float]:
    """For each block the probability (0 to 1) that it is text of the article in `document`."""
    chosen = candidates(measured)
    sure = [0.0] * len(measured)
    if not chosen:
        return sure
    rows = features(measured, chosen, title_of(tree), lead_of(tree))
    judged = shipped_forests()["alone"].judge(rows)
    if doubt(judged, [measured[at].size for at in chosen]) > MOST_DOUBT:
        asked = agreement([measured[at] for at in chosen], general_text(document))
        witnessed = with_witness(rows, asked)
        judged = shipped_forests()["witness"].judge(witnessed)
        if judged.max() < KEEP:  # 2 of 484 pages: what the general extractor found is all there is
            judged = np.array(asked, dtype=np.float64)
    for at, probability in zip(chosen, judged.tolist(), strict=True):
        sure[at] = probability
    return sure


def doubt(judged: NDArray[np.float64], sizes: Sequence[int]) -> float:
    """The size of what is undecided, in parts of what is kept; endless when nothing is."""
    size = np.array(sizes)
    kept = float(size[judged >= KEEP].sum())
    undecided = float((size * (1 - np.abs(2 * judged - 1))).sum())
    return undecided / kept if kept else float("inf")
