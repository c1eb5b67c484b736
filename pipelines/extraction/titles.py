"""What a block has in common with the page's title and with its description of itself."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import Measures
from pipelines.extraction.tree_index import Numbers
from text.folding import fold

LONGEST_TITLE, _LONGEST_LEAD = 400, 1500
_SHORTEST_LEAD = 40
_BEFORE, _AFTER, _NO_HEADING = -20, 60, -99


def title_columns(
    measures: Measures, at: Numbers, folded: Sequence[str], title: frozenset[str], lead: str
) -> dict[str, NDArray[np.float64]]:
    """`folded` are the beginnings of the blocks `at`, `title` the folded words of the page's,
    `lead` folded too.
    """
    heading = _heading(measures, title)
    texts = [measures.texts[number] for number in at.tolist()]
    shared = [_shared(*pair, title) for pair in zip(texts, folded, strict=True)]
    after = at - heading if heading is not None else np.full(len(at), _NO_HEADING)
    return {
        "title_share": np.array([share for share, _ in shared]),
        "is_title": np.array([float(same) for _, same in shared]),
        "after_heading": np.clip(after, _BEFORE, _AFTER).astype(float)
        if heading is not None
        else after.astype(float),
        "is_lead": np.array([_lead(*pair, lead) for pair in zip(texts, folded, strict=True)]),
    }


def _shared(text: str, folded: str, title: frozenset[str]) -> tuple[float, bool]:
    """The share of the block's words that the title has, and whether they are the title."""
    words = set(folded.split()) if len(text) <= LONGEST_TITLE else set()
    if not words:
        return 0.0, False
    common = len(words & title)
    same = common >= 0.8 * len(words) and len(words) >= 0.5 * len(title)
    return common / len(words), same


def _lead(text: str, folded: str, lead: str) -> float:
    """How much of the page's description the block is, when one begins as the other does but for
    the last three characters.
    """
    if min(len(lead), len(folded)) < _SHORTEST_LEAD or len(text) > _LONGEST_LEAD:
        return 0.0
    if folded[: _SHORTEST_LEAD - 3] != lead[: _SHORTEST_LEAD - 3]:
        return 0.0
    short, long = sorted((fold(text), lead), key=len)
    return len(short) / len(long) if long.startswith(short[:-3]) else 0.0


def _heading(measures: Measures, title: frozenset[str]) -> int | None:
    """The last `h1` that shares half of its words with the page's title."""
    found = None
    for at in np.flatnonzero(measures.tags == "h1").tolist():
        words = set(fold(measures.texts[at]).split())
        if words and len(words & title) >= 0.5 * len(words):
            found = at
    return found
