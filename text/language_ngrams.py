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

from text.language_draws import SEED, Draws

# The languages told apart by n-grams; others have a script or letters of their own.
CYRILLIC = "bg mk ru uk"
DEVANAGARI = "hi mr ne"
LATIN = (
    "af ca cs cy da de en es et fi fr hr hu id it lt lv nl no pl pt ro sk sl so sq sv sw tl tr vi"
)


_SPACES = re.compile(" {2,}")
_FIRST_NOT_LATIN = "\u0300"  # for langdetect
_normal = lru_cache(maxsize=4096)(NGram.normalize)


def choose_language(text: str, declared: str | None = None) -> str | None:
    """The language that the text is in, likeliest, or the `declared` one where it may be in that too: of
    two neighbours that both fit (da and no, cs and sk) the page declares the right one. None if no profile
    has its letters.
    """
    detector = _ArrayDetector(profiles(), declared)
    detector.append(text)
    try:
        names = [language.lang for language in detector.get_probabilities()]
    except LangDetectException:
        return None
    return declared if declared in names else next(iter(names), None)


@lru_cache(maxsize=1)
def profiles() -> DetectorFactory:
    """Takes half a second, once per process."""
    factory = DetectorFactory()
    factory.seed = SEED
    names, folder = f"{CYRILLIC} {DEVANAGARI} {LATIN}".split(), Path(PROFILES_DIRECTORY)
    factory.load_json_profile([(folder / name).read_text("utf-8") for name in sorted(names)])
    shares = factory.word_lang_prob_map
    factory.shares = np.array(list(shares.values()))
    factory.word_lang_prob_map = {
        _number(ngram): row for row, ngram in enumerate(shares) if ngram != " "
    }
    return factory


_CODE_BITS = 21


def _number(ngram: str) -> int:
    """Up to three characters in 63 bits; no n-gram of the profiles is 0."""
    number = 0
    for character in ngram:
        number = number << _CODE_BITS | ord(character)
    return number


def _numbers_of_ngrams(text: str) -> list[int]:
    """At each character of a text whose words one space or more parts: it, with the one before it, with
    the two before it, as `_number` has them; 0 inside a word in capitals. All at once: character by
    character it takes three times as long. No profile has an n-gram with a space in its middle.
    """
    written = np.frombuffer(f" {text}".encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = written.astype(np.int64)
    numbers = np.zeros((len(text), 3), np.int64)
    numbers[:, 0] = codes[1:]
    numbers[:, 1] = pairs = codes[:-1] << _CODE_BITS | codes[1:]
    numbers[1:, 2] = codes[:-2] << 2 * _CODE_BITS | pairs[1:]
    capitals = np.fromiter(map(str.isupper, text), bool, len(text))
    numbers[1:][capitals[1:] & capitals[:-1]] = 0
    return numbers.ravel().tolist()


# A trial takes some 45 draws.
_DRAWS_BETWEEN_CHECKS, _CHECKS_AT_ONCE = 5, 10


class _ArrayDetector(Detector):  # type: ignore[misc]
    """langdetect's detector without its loops over the languages, which take 5 ms per text. Of an n-gram
    it has the row in `shares`, a column per language. It ends when `declared` is known to be among the
    answers.
    """

    def __init__(self, factory: DetectorFactory, declared: str | None = None) -> None:
        super().__init__(factory)
        self.shares: NDArray[np.float64] = factory.shares
        self._declared = declared

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
        draws, rows = Draws(len(ngrams)), np.array(ngrams)
        total: NDArray[np.float64] = np.zeros(len(self.langlist))
        for _ in range(self.n_trial):
            total += self._trial(rows, draws)
            if self._is_declared_likely(total):
                break
        self.langprob = (total / self.n_trial).tolist()

    def _is_declared_likely(self, total: NDArray[np.float64]) -> bool:
        """Whether no further trial can take the declared language out of the answers. Mostly the first one
        is enough, which takes a seventh of the time.
        """
        if self._declared not in self.langlist:
            return False
        sum_of_declared = total[self.langlist.index(self._declared)]
        return bool(sum_of_declared / self.n_trial > self.PROB_THRESHOLD)

    def _extract_ngrams(self) -> list[int]:
        """Runs of one to three letters inside words that are not all capitals."""
        numbers = _numbers_of_ngrams("".join(map(_normal, self.text)))
        rows = map(self.word_lang_prob_map.get, numbers)
        return [row for row in rows if row is not None]

    def _trial(self, ngrams: NDArray[np.intp], draws: Draws) -> NDArray[np.float64]:
        """Draw n-grams until one language is all but certain: after the first, and after each five more."""
        weight = (self.alpha + draws.gauss() * self.ALPHA_WIDTH) / self.BASE_FREQ
        checks, lead = self.ITERATION_LIMIT // _DRAWS_BETWEEN_CHECKS, 1
        probabilities: NDArray[np.float64] = np.ones(len(self.langlist))
        while True:
            most = min(checks, _CHECKS_AT_ONCE)
            chosen, ends = draws.choices(lead + _DRAWS_BETWEEN_CHECKS * most)
            count = (len(chosen) - lead) // _DRAWS_BETWEEN_CHECKS
            size = lead + _DRAWS_BETWEEN_CHECKS * count
            factors = self.shares.take(ngrams[chosen[:size]], axis=0)
            factors += weight
            groups = factors[lead:].reshape(count, _DRAWS_BETWEEN_CHECKS, -1)
            products = np.multiply.reduce(groups, axis=1)
            products /= np.maximum.reduce(products, axis=1)[:, None]
            products[0] *= factors[0] if lead else probabilities
            np.multiply.accumulate(products, axis=0, out=products)
            sums = np.add.reduce(products, axis=1)
            sure = np.maximum.reduce(products, axis=1) > self.CONV_THRESHOLD * sums
            last = int(sure.argmax()) if sure.any() else count - 1
            draws.skip(ends[lead + (last + 1) * _DRAWS_BETWEEN_CHECKS - 1])
            probabilities = products[last] / sums[last]
            checks, lead = checks - last - 1, 0
            if checks <= 0 or sure[last]:
                return probabilities
