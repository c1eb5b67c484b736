"""From a folded text to what is compared: a hash of every three words in a row, and its numbers."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

# A shingle's hash is a polynomial in its characters modulo 2^64: with prefix sums over the whole
# text, every shingle costs one subtraction and one product. The base is odd, so it can be divided by.
_BASE = 0x9E3779B97F4A7C15
_TABLED = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """`order`: the shingles as they are read; `shingles`: the same, sorted, each once."""

    folded: str
    order: Hashes
    shingles: Hashes


def wording(folded: str) -> Wording:
    order = hashes(folded)
    return Wording(folded, order, _distinct(order))


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
