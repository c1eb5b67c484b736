"""Words that mark one set of texts against another, by the number of texts that have them.

Texts are counted, not occurrences: a word that one text has fifty times marks that text, not the set.
The figures are the log-likelihood ratio G2 (Dunning 1993; Rayson and Garside 2000), which says how sure a
difference is and grows with the sets, and the log ratio (Hardie 2014), which says how large it is.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from text.folding import fold

_MAX_TEXT_CHARS = 100_000
_MIN_WORD_CHARS = 2
# For one word, p < 0.0001 with one degree of freedom; of 10 000 words one passes by chance.
CRITICAL_G2 = 15.13
# In fewer texts it may be one event's word.
MIN_TEXTS = 5
# A word in this share of both sets' texts is one of the language: measured, without lists.
COMMON_SHARE = 0.2


@dataclass(slots=True)
class WordCounts:
    """In how many of `texts` each folded word is."""

    texts: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.texts += 1
            self.counts.update(set(fold(text[:_MAX_TEXT_CHARS]).split()))

    def leave_out(self, words: Iterable[str]) -> None:
        """Without these words: what was sought marks what was found."""
        for word in words:
            del self.counts[word]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A folded word, with the numbers of texts of both sets that have it. `log_ratio`: how often the share
    in the one set is double that in the other, below 0 where it is the smaller one.
    """

    word: str
    own: int
    other: int
    own_share: float
    other_share: float
    log_likelihood: float
    log_ratio: float


def log_likelihood(own: int, other: int, own_size: int, other_size: int) -> float:
    """G2 of a word that is in `own` of `own_size` texts, and in `other` of `other_size`, over the four
    cells of the table: twice the sum of O ln(O / E).
    """
    total = own_size + other_size
    having = own + other
    cells = [
        (own, own_size * having),
        (other, other_size * having),
        (own_size - own, own_size * (total - having)),
        (other_size - other, other_size * (total - having)),
    ]
    return max(0.0, 2 * sum(o * math.log(o * total / e) for o, e in cells if o))


def log_ratio(own: int, other: int, own_size: int, other_size: int) -> float:
    """The binary logarithm of the ratio of the shares; half a text stands for none."""
    return math.log2(((own or 0.5) / own_size) / ((other or 0.5) / other_size))


def keywords(own: WordCounts, other: WordCounts, limit: int) -> tuple[list[Keyword], list[Keyword]]:
    """The words that mark `own`, and those that mark `other`, the surest first. The shares and ratios of
    the second list are those of `other`.
    """
    if not own.texts or not other.texts:
        return [], []
    return _marking(own, other)[:limit], _marking(other, own)[:limit]


def _marking(own: WordCounts, other: WordCounts) -> list[Keyword]:
    found = []
    for word, count in own.counts.items():
        if count < MIN_TEXTS or len(word) < _MIN_WORD_CHARS or word.isdecimal():
            continue
        sizes = count, other.counts.get(word, 0), own.texts, other.texts
        shares = count / own.texts, sizes[1] / other.texts
        if shares[0] <= shares[1] or min(shares) >= COMMON_SHARE:
            continue
        if (g2 := log_likelihood(*sizes)) >= CRITICAL_G2:
            found.append(Keyword(word, *sizes[:2], *shares, g2, log_ratio(*sizes)))
    return sorted(found, key=lambda keyword: (-keyword.log_likelihood, keyword.word))


def spellings(words: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """How each folded word is mostly written in the texts; a word that they do not have stays folded."""
    written: dict[str, Counter[str]] = {word: Counter() for word in words}
    for text in texts:
        for piece in text[:_MAX_TEXT_CHARS].split():
            word = _stripped(piece)
            if (folded := _folded(word)) in written:
                written[folded][word] += 1
    return {
        word: max(forms, key=lambda form: (forms[form], form)) if forms else word
        for word, forms in written.items()
    }


def _stripped(piece: str) -> str:
    """Without the punctuation around it."""
    start, end = 0, len(piece)
    while start < end and not piece[start].isalnum():
        start += 1
    while end > start and not (piece[end - 1].isalnum() or _is_mark(piece[end - 1])):
        end -= 1
    return piece[start:end]


def _is_mark(character: str) -> bool:
    return "\u064b" <= character <= "\u0652"


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word[:64])
