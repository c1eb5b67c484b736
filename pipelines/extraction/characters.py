"""How many characters of each kind the texts of a page have, counted over all of them at once."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

# A sign of these scripts carries about what two letters of an alphabet do.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
_PUNCTUATION = re.compile(r"[.,،;؛:!?؟。，“”\"]")
_PLANE = 0x10000

Counts = NDArray[np.float64]
KINDS = ("space", "punctuation", "digit", "upper", "dense")


def counts(texts: Sequence[str]) -> dict[str, Counts]:
    """Of each kind a number for each of the texts, none of which is empty."""
    if not texts:
        return {kind: np.empty(0) for kind in KINDS}
    joined = "".join(texts).encode("utf-32-le", "replace")
    codes = np.minimum(np.frombuffer(joined, np.uint32), _PLANE)
    lengths = np.fromiter(map(len, texts), np.intp, len(texts))
    starts = np.concatenate(([0], np.cumsum(lengths[:-1])))
    marks = _table()[codes]
    return {
        kind: np.add.reduceat(marks >> bit & 1, starts, dtype=np.float64)
        for bit, kind in enumerate(KINDS)
    }


@cache
def _table() -> NDArray[np.uint8]:
    """Of each character of the first plane the kinds it is of, a bit each; beyond, none."""
    kinds = [_kinds(chr(code)) for code in range(_PLANE)]
    return np.array([*kinds, 0], np.uint8)


def _kinds(character: str) -> int:
    found = (
        character == " ",
        _PUNCTUATION.match(character),
        character.isdecimal(),
        character.isupper(),
        _DENSE.match(character),
    )
    return sum(1 << bit for bit, is_one in enumerate(found) if is_one)
