"""A text as shingles (a hash of every three words in a row) and numbers, and its sketch: the shingles
with the smallest hashes (FracMinHash).

The sketch is a fixed share of all shingles, so that two sketches share what their texts share, also
when one text is only a part of the other. Short texts get a few more, long ones not too many.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from math import sqrt
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from storage.article_rows import Row

Hashes = NDArray[np.uint64]
# Characters; shorter texts (a score, a correction, a stub) are alike by chance, and are not compared.
SHORTEST = 200

# A shingle's hash is a polynomial in its characters modulo 2^64: with prefix sums over the whole
# text, every shingle costs one subtraction and one product. The base is odd, so it can be divided by.
_BASE = 0x9E3779B97F4A7C15
_TABLE_SIZE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class TokenisedText:
    """`order`: the shingles in the order of the text; `shingles`: sorted and distinct."""

    folded: str
    order: Hashes
    shingles: Hashes


def tokenise(folded: str) -> TokenisedText:
    order = hashes(folded)
    return TokenisedText(folded, order, _distinct(order))


def hashes(folded: str) -> Hashes:
    """64 bits for every three words in a row; for all words where they are fewer."""
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


# A page of results has some hundred numbers; 40 000 would take 16 MB for each text that is remembered.
_MAX_NUMBERS = 1_000
_MAX_WORD_CHARS = 100


# More than the texts that one is compared with.
@lru_cache(maxsize=100)
def numbers(folded: str) -> dict[str, set[str]]:
    """The first numbers of a text by the two words before them."""
    words = [word[:_MAX_WORD_CHARS] for word in folded.split(" ")]
    by_words: dict[str, set[str]] = {}
    places = (at for at, word in enumerate(words) if word.isdigit())
    for at in islice(places, _MAX_NUMBERS):
        by_words.setdefault(" ".join(words[max(0, at - 2) : at]), set()).add(words[at])
    return by_words


def common(first: Hashes, second: Hashes) -> int:
    """How many shingles two sorted sets share."""
    if not len(first) or not len(second):
        return 0
    if len(first) < len(second):
        first, second = second, first
    positions = first.searchsorted(second)
    positions[positions == len(first)] = 0
    return int(np.count_nonzero(first[positions] == second))


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
    return _table(_TABLE_SIZE) if length <= _TABLE_SIZE else _table.__wrapped__(length)


@cache
def _table(length: int) -> tuple[Hashes, Hashes]:
    return _powers_of(_BASE, length), _powers_of(pow(_BASE, -1, 1 << 64), length)


def _powers_of(base: int, length: int) -> Hashes:
    powers = np.full(length, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


_SHARE = 1 << 60  # of 2^64: one in sixteen
_MIN_HASHES, _MAX_HASHES = 16, 96
# Standard deviations below the mean: one in some hundred pairs that are barely alike is missed.
_DEVIATIONS = 2.5
# SQLite stores an integer of 48 bits in six bytes; two of ten million shingles rarely meet there.
_SHIFT = 17


def sketch(shingles: Hashes) -> list[int]:
    """The hashes to index of sorted `shingles`, 47 bits each; 25 in the median article."""
    count = int(np.searchsorted(shingles, np.uint64(_SHARE)))
    chosen = shingles[: min(max(count, _MIN_HASHES), _MAX_HASHES)]
    short: list[int] = (chosen >> np.uint64(_SHIFT)).tolist()
    return list(dict.fromkeys(short))


@dataclass(frozen=True, slots=True)
class Sketched:
    """How many distinct shingles a text has, and how many of them the index lists."""

    size: int
    rows: int

    @property
    def reach(self) -> float:
        """The share of all possible hashes below the largest one in the sketch."""
        size = max(1, self.size)
        return min(max(_SHARE / 2**64, _MIN_HASHES / size), _MAX_HASHES / size)


def least_hits(first: Sketched, second: Sketched, shared: float) -> float:
    """How many hashes two sketches have in common, at least, when the share `shared` (to 1) of the
    shorter text's shingles, or more, is in the other text.
    """
    return min(_least(first, second, shared), _least(second, first, shared))


def _least(first: Sketched, second: Sketched, shared: float) -> float:
    probability = shared * min(first.size, second.size) / max(1, first.size)
    trials = first.rows * min(1.0, second.reach / first.reach)
    return trials * probability - _DEVIATIONS * sqrt(trials * probability * (1 - probability))


# Characters, of 2 000 usual articles. With their shingles they take up to 100 MB.
_MAX_CACHED_CHARS = 8_000_000
_cached_tokens: dict[int, TokenisedText] = {}
_cached_chars = 0
_cache_lock = Lock()


def fingerprint(row: Row) -> int:
    """63 bits of the hash of the folded text."""
    return int(row["text_hash"][:16], 16) >> 1


def tokenise_cached(fingerprint: int) -> TokenisedText | None:
    return _cached_tokens.get(fingerprint)


def cache_tokens(fingerprint: int, folded: str) -> TokenisedText:
    """Tokenise a text, or take it from the cache."""
    tokens = _cached_tokens.get(fingerprint) or tokenise(folded)
    put_tokens(fingerprint, tokens)
    return tokens


def put_tokens(fingerprint: int, tokens: TokenisedText) -> None:
    """Into the cache, as the most recently used; the least recently used ones are dropped."""
    global _cached_chars
    with _cache_lock:
        if _cached_tokens.pop(fingerprint, None) is None:
            _cached_chars += len(tokens.folded)
        _cached_tokens[fingerprint] = tokens
        while _cached_chars > _MAX_CACHED_CHARS and len(_cached_tokens) > 1:
            _cached_chars -= len(_cached_tokens.pop(next(iter(_cached_tokens))).folded)
