"""A text's sketch: the shingles whose hashes are smallest, the same ones in every text.

FracMinHash: a fixed share of all shingles, so that two sketches share what their texts share, also
when one text is only a part of the other. Short texts get a few more, long ones not too many.
"""

import numpy as np

from storage.duplicates.normalise import Hashes

_SHARE = 1 << 60  # of 2^64: one in sixteen
_LEAST, _MOST = 16, 96
# SQLite stores an integer of 48 bits in six bytes; two of ten million shingles rarely meet there.
_SHIFT = 17


def sketch(shingles: Hashes) -> list[int]:
    """The hashes to index of sorted `shingles`, 47 bits each; 25 in the median article."""
    count = int(np.searchsorted(shingles, np.uint64(_SHARE)))
    chosen = shingles[: min(max(count, _LEAST), _MOST)]
    kept: list[int] = (chosen >> np.uint64(_SHIFT)).tolist()
    return list(dict.fromkeys(kept))
