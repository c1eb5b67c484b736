"""langdetect's n-grams with all languages computed at once: the same draws, the same answer, in a
fifth of the time.
"""

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
    for ngram, shares in factory.word_lang_prob_map.items():
        factory.word_lang_prob_map[ngram] = np.array(shares)
    return factory


class _ArrayDetector(Detector):  # type: ignore[misc]
    """langdetect's detector without its loops over the languages, which take 5 ms per text."""

    def _detect_block(self) -> None:
        self.cleaning_text()
        ngrams = self._extract_ngrams()
        if not ngrams:
            raise LangDetectException(0, "no letters that the profiles know")
        self.random.seed(self.seed)
        trials = [self._trial(ngrams) for _ in range(self.n_trial)]
        self.langprob = list(map(float, np.mean(trials, axis=0)))

    def _extract_ngrams(self) -> list[str]:
        """Runs of one to three letters inside words that are not all capitals."""
        known, ngrams = self.word_lang_prob_map, []
        run, is_capitals = " ", False
        for character in map(_normal, self.text):
            before = run[-1]
            if before == " ":
                run, is_capitals = " ", False
                if character == " ":
                    continue
            run = run[-2:] + character
            is_capitals = character.isupper() and (is_capitals or before.isupper())
            if not is_capitals:
                for start in _STARTS[len(run)]:
                    ngram = run[start:]
                    if ngram in known and ngram != " ":
                        ngrams.append(ngram)
        return ngrams

    def _trial(self, ngrams: list[str]) -> NDArray[np.float64]:
        """Draw n-grams until one language is all but certain."""
        alpha = self.alpha + self.random.gauss(0.0, 1.0) * self.ALPHA_WIDTH
        weight, draw, shares = alpha / self.BASE_FREQ, self.random.choice, self.word_lang_prob_map
        probabilities = np.full(len(self.langlist), 1.0 / len(self.langlist))
        for step in range(self.ITERATION_LIMIT + 1):
            probabilities *= shares[draw(ngrams)] + weight
            if step % 5 == 0:
                probabilities /= probabilities.sum()
                if probabilities.max() > self.CONV_THRESHOLD:
                    break
        return probabilities
