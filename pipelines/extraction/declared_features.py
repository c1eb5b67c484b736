"""Features of which blocks stand in the text that the page's own data declare to be its article's."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.block_stats import Columns
from text.folding import fold

_MIN_BODY_CHARS = 200
# A shorter block stands in any text by chance.
_MIN_BLOCK_CHARS = 12
_NO_BODY, _UNKNOWN = -1.0, 0.5
# Of all searches for a block in the text: 500 blocks in a text of 100 000 characters.
_MAX_SEARCHED_CHARS = 50_000_000


def declared_columns(
    folded: Sequence[str], sizes: NDArray[np.float64], body: str
) -> dict[str, NDArray[np.float64]]:
    """For each block 1 or 0 for whether the declared text `body` has it, and how much of that text the
    page shows. `folded` are the folded beginnings of the blocks. -1 where no text is declared.
    """
    known = _without_spaces(fold(body)) if len(body) >= _MIN_BODY_CHARS else ""
    if not known:
        none = np.full(len(folded), _NO_BODY)
        return {"declared": none, "declared_shown": none, "declared_prose": none}
    searches = _MAX_SEARCHED_CHARS // len(known)
    found = np.array(
        [_is_in(block, known) if at < searches else _UNKNOWN for at, block in enumerate(folded)]
    )
    agreed = float(sizes[found == 1].sum())
    return {
        "declared": found,
        "declared_shown": np.full(len(folded), min(1.5, agreed / len(known))),
        "declared_prose": np.full(len(folded), agreed / max(1.0, float(sizes.sum()))),
    }


def _is_in(block: str, known: str) -> float:
    text = _without_spaces(block)
    return float(text in known) if len(text) >= _MIN_BLOCK_CHARS else _UNKNOWN


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def declared_neighbours(columns: Columns) -> Columns:
    """The same for the blocks before and behind."""
    declared = columns["declared"]
    edge = np.array([_NO_BODY])
    return {
        "declared@-1": np.concatenate((edge, declared[:-1])),
        "declared@1": np.concatenate((declared[1:], edge)),
    }
