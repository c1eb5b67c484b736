"""How much a text looks like one that a person wrote: the score that a right decoding gets."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from text.folding import WORD

# Letters from the commonest to the rarest, by language; those after `|` are rare. Of Latin
# alphabets only the letters beyond ASCII, whose order does not matter.
_LETTERS = {
    "ar": "الينمورتبةعدسفهكقأحجىإشطصخضءذثزغئظؤآ|ٱـ",
    "fa": "ايیرندهموتبسشزکكگلخفقجعحآپصطچ|ضغذثئظژءأةؤىـ",
    "ur": "ایيرنکےہوملتسدبہگںپجھچٹشعقحفخئآزڑصطضآغ|ذڈثظژؤأةهكىـ",
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф|ъё",
    "uk": "оаинітреслвкудмпязьгбчхйжїцшющє|фґ",
    "bg": "аоеитнрсвлкдпмяъзгубчщжцйхшфю|ь",
    "el": "αοιετνσηυρπκμλςάίόέωδγήχθύώφβξ|ζψϊϋΐΰ",
    "he": "יוהלאתרבמשנדעקפםחגטסכצןךזףץ|",
    "fr": "éèàêçâîôûùëïœüÿæ",
    "de": "äöüßéèà",
    "es": "áéíóúñüçà",
    "pt": "ãçéáõíóêâúôàü",
    "it": "àèéìòù",
    "nordic": "åäöøæéü",
    "is": "áéíóúýþæöð",
    "tr": "ışğüöçâîû",
    "pl": "ąęćłńóśżź",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșțşţé",
    "south slavic": "čćšžđ",
}
_LATIN = frozenset(lang for lang, letters in _LETTERS.items() if letters[0] < "\u0250")
_PUNCTUATION = frozenset("“”‘’„‚«»‹›–—…•·،؛؟€£°§®©™×¿¡№\u00a0\u200c\u200d\u200e\u200f\ufeff")
_VOWEL_SIGNS = re.compile("[\u064b-\u0652\u0640]")
_OUTSIDE = re.compile(r"[^\x00-\x7f]")
_FORMAT_BY_LATIN = re.compile("[A-Za-z][\u200c-\u200f]|[\u200c-\u200f][A-Za-z]")
_IN_LATIN, _BEYOND_LATIN = re.compile("[\x00-\u024f]*$"), re.compile("[\u0250-\U0010ffff]*$")
_RUN_OF_ACCENTS = re.compile(r"[^\x00-\x7f]{3}")


def _weights(letters: str) -> dict[str, float]:
    common, _, rare = letters.partition("|")
    by_rank = {c: 1.0 if at < 12 else 0.85 if at < 24 else 0.6 for at, c in enumerate(common)}
    return dict.fromkeys(rare, 0.3) | by_rank


_WEIGHTS = {
    lang: dict.fromkeys(letters, 1.0) if lang in _LATIN else _weights(letters)
    for lang, letters in _LETTERS.items()
}


@dataclass(frozen=True, slots=True)
class DecodingScore:
    """`score` is from about -2 (noise) to 1; `letters` is the number of letters beyond ASCII, which
    it is made of.
    """

    score: float
    letters: int


def score_decoding(text: str) -> DecodingScore:
    """By the characters beyond ASCII: known letters, plausible case, one script per word."""
    counts = Counter(_OUTSIDE.findall(text))
    letters = Counter({c: n for c, n in counts.items() if c.isalpha()})
    total = letters.total()
    odd = sum(n for c, n in counts.items() if _is_odd(c))
    if not total:
        # English has only quotes, dashes and currency signs beyond ASCII.
        return DecodingScore(-2.0 if odd else 0.7, 0)
    faults = _word_faults(text) + odd
    return DecodingScore(
        _language_fit(letters, total) + _articles(text) - 2 * faults / total, total
    )


def _articles(text: str) -> float:
    """A bonus of up to .1 for Arabic's article: every fifth word begins with it, and a wrong code
    page spells it otherwise.
    """
    words: list[str] = WORD.findall(text)
    return min(0.1, sum(word.startswith("ال") for word in words) / len(words))


def _is_odd(character: str) -> bool:
    """Whether it is a control, the replacement character, or a symbol that prose does not have."""
    return not (character.isalpha() or character in _PUNCTUATION or _VOWEL_SIGNS.match(character))


def _language_fit(letters: Counter[str], total: int) -> float:
    """The letters' average weight in the language in which it is highest."""
    counts = np.array(list(letters.values()))
    return float((counts @ np.array([_weights_of(c) for c in letters])).max()) / total


@lru_cache(maxsize=4096)
def _weights_of(character: str) -> tuple[float, ...]:
    """The character's weight in each language."""
    return tuple(_weight(character, weights) for weights in _WEIGHTS.values())


def _weight(character: str, weights: dict[str, float]) -> float:
    if character in weights:
        return weights[character]
    lower = weights.get(character.lower())
    return -0.5 if lower is None else lower * 0.7


def _word_faults(text: str) -> int:
    """A penalty for words that no language has: mixed scripts, capitals inside, accents in a row."""
    return sum(map(_faults, WORD.findall(text))) + 3 * len(_FORMAT_BY_LATIN.findall(text))


def _faults(word: str) -> int:
    if word.isascii():
        return 0
    is_latin, rest = word[0] < "\u0250", word[1:]
    if not (_IN_LATIN if is_latin else _BEYOND_LATIN).match(word):
        return len(word)
    faults = 0
    if rest != rest.lower():  # it has a capital
        faults += sum(a.islower() and b.isupper() for a, b in pairwise(word))
    if is_latin:
        faults += len(word) == 1 and word.isupper()
        faults += 3 * len(_RUN_OF_ACCENTS.findall(word))
    return faults
