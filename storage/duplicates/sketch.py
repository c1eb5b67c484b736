"""A text's sketch: the shingles whose hashes are smallest, the same ones in every text.

FracMinHash: a fixed share of all shingles, so that two sketches share what their texts share, also
when one text is only a part of the other. Short texts get a few more, long ones not too many.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from storage.duplicates.shingles import Hashes

_SHARE = 1 << 60  # of 2^64: one in sixteen
_LEAST, _MOST = 16, 96
# Standard deviations below the mean: one in some hundred pairs that are barely alike is passed over.
_DEVIATIONS = 2.5
# SQLite stores an integer of 48 bits in six bytes; two of ten million shingles rarely meet there.
_SHIFT = 17


def sketch(shingles: Hashes) -> list[int]:
    """The hashes to index of sorted `shingles`, 47 bits each; 25 in the median article."""
    count = int(np.searchsorted(shingles, np.uint64(_SHARE)))
    chosen = shingles[: min(max(count, _LEAST), _MOST)]
    kept: list[int] = (chosen >> np.uint64(_SHIFT)).tolist()
    return list(dict.fromkeys(kept))


@dataclass(frozen=True, slots=True)
class Sketched:
    """A text's different shingles, and those of them that are in its sketch."""

    size: int
    rows: int

    @property
    def reach(self) -> float:
        """Of all possible hashes, the share below the largest one in the sketch."""
        return min(max(_SHARE / 2**64, _LEAST / max(1, self.size)), _MOST / max(1, self.size))


def least_hits(one: Sketched, other: Sketched, shared: float) -> float:
    """How many hashes two sketches have in common, at least, when of the shorter text's shingles
    `shared` (a part of 1) or more are in the other text.
    """
    return min(_least(one, other, shared), _least(other, one, shared))


def _least(one: Sketched, other: Sketched, shared: float) -> float:
    part = shared * min(one.size, other.size) / max(1, one.size)
    tried = one.rows * min(1.0, other.reach / one.reach)
    return tried * part - _DEVIATIONS * sqrt(tried * part * (1 - part))
