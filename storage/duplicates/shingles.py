"""A text as shingles (a hash of every three words in a row) and numbers, and its sketch: the
shingles whose hashes are smallest, the same ones in every text (FracMinHash).

A fixed share of all shingles, so that two sketches share what their texts share, also when one text
is only a part of the other. Short texts get a few more, long ones not too many.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from storage.article_rows import Row

Hashes = NDArray[np.uint64]

# A shingle's hash is a polynomial in its characters modulo 2^64: with prefix sums over the whole
# text, every shingle costs one subtraction and one product. The base is odd, so it can be divided by.
_BASE = 0x9E3779B97F4A7C15
_TABLED = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class TokenisedText:
    """`order`: the shingles as they are read; `shingles`: the same, sorted, each once."""

    folded: str
    order: Hashes
    shingles: Hashes


def tokenise(folded: str) -> TokenisedText:
    order = hashes(folded)
    return TokenisedText(folded, order, _distinct(order))


def hashes(folded: str) -> Hashes:
    """64 bits for each three words in a row; for all of them where there are fewer."""
    if not folded:
        return np.empty(0, np.uint64)
    codes = np.frombuffer(folded.encode("utf-32-le"), np.uint32)
    powers, inverses = _powers(len(codes))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * powers[: len(codes)], out=sums[1:])
    spaces = np.flatnonzero(codes == ord(" "))
    starts = np.concatenate(([0], spaces + 1))
    ends = np.append(spaces, len(codes))
    fewer = min(2, len(starts) - 1)
    starts, ends = starts[: len(starts) - fewer], ends[fewer:]
    return _mixed((sums[ends] - sums[starts]) * inverses[starts])


@lru_cache(maxsize=1000)
def numbers(folded: str) -> dict[str, set[str]]:
    """What numbers a text has, by the two words before them."""
    words = folded.split(" ")
    found: dict[str, set[str]] = {}
    for at, word in enumerate(words):
        if word.isdigit():
            found.setdefault(" ".join(words[max(0, at - 2) : at]), set()).add(word)
    return found


def common(one: Hashes, other: Hashes) -> int:
    """How many shingles two sorted sets share."""
    if not len(one) or not len(other):
        return 0
    if len(one) < len(other):
        one, other = other, one
    places = one.searchsorted(other)
    places[places == len(one)] = 0
    return int(np.count_nonzero(one[places] == other))


def _distinct(order: Hashes) -> Hashes:
    """As `numpy.unique`, which takes twice as long."""
    ordered = np.sort(order)
    is_first = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def _mixed(sums: Hashes) -> Hashes:
    """Every bit of the result depends on every bit of the sum (the finaliser of SplitMix64)."""
    sums ^= sums >> np.uint64(30)
    sums *= np.uint64(0xBF58476D1CE4E5B9)
    sums ^= sums >> np.uint64(27)
    sums *= np.uint64(0x94D049BB133111EB)
    return sums ^ (sums >> np.uint64(31))


def _powers(length: int) -> tuple[Hashes, Hashes]:
    return _table(_TABLED) if length <= _TABLED else _table.__wrapped__(length)


@cache
def _table(length: int) -> tuple[Hashes, Hashes]:
    return _powers_of(_BASE, length), _powers_of(pow(_BASE, -1, 1 << 64), length)


def _powers_of(base: int, length: int) -> Hashes:
    powers = np.full(length, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


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


# Some 10 KB each.
_MOST_CACHED = 2000
_wordings: dict[int, TokenisedText] = {}


def fingerprint(row: Row) -> int:
    """63 bits of the hash of the folded text."""
    return int(row["text_hash"][:16], 16) >> 1


def tokenise_cached(fingerprint: int) -> TokenisedText | None:
    return _wordings.get(fingerprint)


def cache_tokens(fingerprint: int, folded: str) -> TokenisedText:
    """The wording of a text, kept for the comparisons to come; the oldest is forgotten."""
    found = _wordings.pop(fingerprint, None) or tokenise(folded)
    _wordings[fingerprint] = found
    if len(_wordings) > _MOST_CACHED:
        del _wordings[next(iter(_wordings))]
    return found
