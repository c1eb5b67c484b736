"""A made-up press, as much of it as is wanted: words and phrases as unevenly frequent as real ones,
numbers, and among ten articles one that another outlet has edited.
"""

import hashlib
import random
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from items import Article
from text.timestamps import later

_WORDS, _PHRASES = 60_000, 20_000
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_MEDIAN_WORDS, _SPREAD = 200, 0.7
# Of the places in a text, those where a stock phrase begins; half of the words are in one.
_PHRASE_SHARE = 0.12
_COPY_SHARE = 0.1
_LATEST = 3000
_START = "2026-01-01T00:00:00Z"


class Press:
    """Articles without end, the same ones for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self._seed = seed
        self._chance = random.Random(seed)
        self._dice = np.random.default_rng(seed)
        self._words = [self._word() for _ in range(_WORDS)]
        self._word_shares = _shares(_WORDS, flat=4)
        self._phrases = [
            " ".join(self._plain_words(self._chance.randint(3, 6))) for _ in range(_PHRASES)
        ]
        self._phrase_shares = _shares(_PHRASES, flat=200)
        self._latest: deque[str] = deque(maxlen=_LATEST)

    def articles(self, first: int = 0) -> Iterator[Article]:
        number = first
        while True:
            yield self.article(number)
            number += 1

    def article(self, number: int) -> Article:
        host = f"https://outlet{self._chance.randrange(200)}.example"
        text = self.text()
        return Article(
            id=hashlib.sha256(f"{self._seed} {number}".encode()).hexdigest()[:16],
            url=f"{host}/{number}",
            site=None,
            title=text[:60],
            paragraphs=tuple(text.split("\n\n")),
            published=later(_START, number * 20),
            language="ar",
        )

    def text(self) -> str:
        if self._latest and self._chance.random() < _COPY_SHARE:
            return self._edited(self._chance.choice(self._latest))
        length = int(np.clip(self._dice.lognormal(np.log(_MEDIAN_WORDS), _SPREAD), 45, 2500))
        text = self._new(length)
        self._latest.append(text)
        return text

    def _new(self, length: int) -> str:
        words = self._plain_words(length)
        for place in np.flatnonzero(self._dice.random(length) < _PHRASE_SHARE).tolist():
            words[place] = self._phrases[self._pick(self._phrase_shares)]
        for place in range(30, length, 60):
            words[place] = str(self._chance.randrange(1, 3000))
        breaks = range(50, length, 50)
        return "\n\n".join(
            " ".join(words[begin:end])
            for begin, end in zip((0, *breaks), (*breaks, length), strict=True)
        )

    def _edited(self, text: str) -> str:
        """A paragraph less, and some words replaced."""
        paragraphs = text.split("\n\n")
        if len(paragraphs) > 3:
            del paragraphs[self._chance.randrange(1, len(paragraphs))]
        words = " \n\n ".join(paragraphs).split(" ")
        for _ in range(len(words) // 30):
            place = self._chance.randrange(len(words))
            if words[place] != "\n\n":
                words[place] = self._words[self._chance.randrange(_WORDS)]
        return " ".join(words).replace(" \n\n ", "\n\n")

    def _plain_words(self, count: int) -> list[str]:
        places = np.searchsorted(self._word_shares, self._dice.random(count))
        return [self._words[place] for place in places.tolist()]

    def _pick(self, shares: NDArray[np.float64]) -> int:
        return int(np.searchsorted(shares, self._chance.random()))

    def _word(self) -> str:
        return "".join(self._chance.choices(_LETTERS, k=self._chance.randint(2, 8)))


def _shares(count: int, flat: int) -> NDArray[np.float64]:
    """Zipf's law, but for the first `flat` or so, which are about equally frequent; summed up."""
    shares: NDArray[np.float64] = np.cumsum(1 / (np.arange(count) + flat))
    return np.asarray(shares / shares[-1], np.float64)
