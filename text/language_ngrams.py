"""langdetect's n-grams with all languages computed at once: the same draws, the same answer, in a
fifth of the time.
"""

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from langdetect import LangDetectException
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.utils.ngram import NGram
from numpy.typing import NDArray

# The languages told apart by n-grams; others have a script or letters of their own.
CYRILLIC = "bg mk ru uk"
DEVANAGARI = "hi mr ne"
LATIN = (
    "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw tl tr vi"
)


_STARTS = {1: (0,), 2: (1, 0), 3: (2, 1, 0)}
_SPACES = re.compile(" {2,}")
_WORD = re.compile("[^ ]+ ?")
_FIRST_NOT_LATIN = "\u0300"  # for langdetect
_normal = lru_cache(maxsize=4096)(NGram.normalize)


def rank_languages(text: str) -> list[str]:
    """The languages that the text may be in, likeliest first; none if no profile has its letters."""
    detector = _ArrayDetector(profiles())
    detector.append(text)
    try:
        return [language.lang for language in detector.get_probabilities()]
    except LangDetectException:
        return []


@lru_cache(maxsize=1)
def profiles() -> DetectorFactory:
    """Takes half a second, once per process."""
    factory = DetectorFactory()
    factory.seed = 0
    names, folder = f"{CYRILLIC} {DEVANAGARI} {LATIN}".split(), Path(PROFILES_DIRECTORY)
    factory.load_json_profile([(folder / name).read_text("utf-8") for name in sorted(names)])
    shares = factory.word_lang_prob_map
    factory.shares = np.array(list(shares.values()))
    factory.word_lang_prob_map = {ngram: row for row, ngram in enumerate(shares) if ngram != " "}
    return factory


# The words of a language come again on each page of a site.
@lru_cache(maxsize=8192)
def _ngrams_of(word: str) -> tuple[int, ...]:
    """The rows of the n-grams of a word with the space behind it, if any."""
    known, ngrams = profiles().word_lang_prob_map.get, []
    run, is_capitals = " ", False
    for character in word:
        is_capitals = character.isupper() and (is_capitals or run[-1].isupper())
        run = run[-2:] + character
        if not is_capitals:
            rows = (known(run[start:]) for start in _STARTS[len(run)])
            ngrams += [row for row in rows if row is not None]
    return tuple(ngrams)


_DRAWS_BETWEEN_CHECKS = 5


class _ArrayDetector(Detector):  # type: ignore[misc]
    """langdetect's detector without its loops over the languages, which take 5 ms per text. Of an n-gram
    it has the row in `shares`, a column per language.
    """

    def __init__(self, factory: DetectorFactory) -> None:
        super().__init__(factory)
        self.shares: NDArray[np.float64] = factory.shares

    def append(self, text: str) -> None:
        """As langdetect's own, which goes through the text by characters."""
        if "http" in text:
            text = self.URL_RE.sub(" ", text)
        if "@" in text:
            text = self.MAIL_RE.sub(" ", text)
        if not text.isascii():
            text = NGram.normalize_vi(text)
        self.text += _SPACES.sub(" ", text[: self.max_text_length])

    def cleaning_text(self) -> None:
        """Leaves out Latin letters of a text in another script."""
        if max(self.text, default="") >= _FIRST_NOT_LATIN:
            super().cleaning_text()

    def _detect_block(self) -> None:
        self.cleaning_text()
        ngrams = self._extract_ngrams()
        if not ngrams:
            raise LangDetectException(0, "no letters that the profiles know")
        self.random.seed(self.seed)
        trials = [self._trial(ngrams) for _ in range(self.n_trial)]
        self.langprob = list(map(float, np.mean(trials, axis=0)))

    def _extract_ngrams(self) -> list[int]:
        """Runs of one to three letters inside words that are not all capitals."""
        words = _WORD.findall("".join(map(_normal, self.text)))
        return [row for word in words for row in _ngrams_of(word)]

    def _trial(self, ngrams: list[int]) -> NDArray[np.float64]:
        """Draw n-grams until one language is all but certain."""
        alpha = self.alpha + self.random.gauss(0.0, 1.0) * self.ALPHA_WIDTH
        weight = alpha / self.BASE_FREQ
        size = len(self.langlist)
        probabilities, factors = np.full(size, 1.0 / size), np.empty((_DRAWS_BETWEEN_CHECKS, size))
        draws = 1
        for _ in range(0, self.ITERATION_LIMIT + 1, _DRAWS_BETWEEN_CHECKS):
            rows = factors[:draws]
            # Any mode but the default writes to `out` without a copy.
            self.shares.take(self._draw(ngrams, draws), 0, rows, "clip")
            rows += weight
            rows[0] *= probabilities
            np.multiply.reduce(rows, axis=0, out=probabilities)
            probabilities /= np.add.reduce(probabilities)
            if np.maximum.reduce(probabilities) > self.CONV_THRESHOLD:
                break
            draws = _DRAWS_BETWEEN_CHECKS
        return probabilities

    def _draw(self, ngrams: list[int], draws: int) -> list[int]:
        """As many calls of `random.choice`, whose overhead is most of their cost."""
        count, getrandbits = len(ngrams), self.random.getrandbits
        bits = count.bit_length()
        chosen: list[int] = []
        while len(chosen) < draws:
            at = getrandbits(bits)
            if at < count:
                chosen.append(ngrams[at])
        return chosen
