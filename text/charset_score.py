"""How much a text looks like one that a person wrote: what tells a right decoding from a wrong one."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

# Letters from the commonest to the rarest, by language; those after `|` are rare. Latin alphabets
# give their letters beyond ASCII alone, where order says little.
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
_WORD = re.compile(r"[^\W\d_]+")
_MARK_BY_LATIN = re.compile("[A-Za-z][\u200c-\u200f]|[\u200c-\u200f][A-Za-z]")
_IN_LATIN, _BEYOND_LATIN = re.compile("[\x00-\u024f]*$"), re.compile("[\u0250-\U0010ffff]*$")
_RUN_OF_ACCENTS = re.compile(r"[^\x00-\x7f]{3}")


def _weights(letters: str) -> dict[str, float]:
    common, _, rare = letters.partition("|")
    falling = {c: 1.0 if at < 12 else 0.85 if at < 24 else 0.6 for at, c in enumerate(common)}
    return dict.fromkeys(rare, 0.3) | falling


_WEIGHTS = {
    lang: dict.fromkeys(letters, 1.0) if lang in _LATIN else _weights(letters)
    for lang, letters in _LETTERS.items()
}


@dataclass(frozen=True, slots=True)
class DecodingScore:
    """`score` runs from about -2 (noise) to 1; `letters` beyond ASCII is what it rests upon."""

    score: float
    letters: int


def score_decoding(text: str) -> DecodingScore:
    """Judge by the characters beyond ASCII: known letters, kept case, one script to a word."""
    counted = Counter(_OUTSIDE.findall(text))
    letters = Counter({c: n for c, n in counted.items() if c.isalpha()})
    total = letters.total()
    oddities = sum(n for c, n in counted.items() if _is_odd(c))
    if not total:
        # Quotes, dashes and currency signs alone are how English uses the upper half.
        return DecodingScore(-2.0 if oddities else 0.7, 0)
    broken = _broken_words(text) + oddities
    return DecodingScore(_fit(letters, total) + _articles(text) - 2 * broken / total, total)


def _articles(text: str) -> float:
    """Every fifth Arabic word begins with the article, which a wrong code page spells otherwise."""
    words: list[str] = _WORD.findall(text)
    return min(0.1, sum(word.startswith("ال") for word in words) / len(words))


def _is_odd(character: str) -> bool:
    """Controls, the replacement character, symbols that no prose has beside its letters."""
    return not (character.isalpha() or character in _PUNCTUATION or _VOWEL_SIGNS.match(character))


def _fit(letters: Counter[str], total: int) -> float:
    """How well they are the letters of the language that they fit best."""
    numbers = np.array(list(letters.values()))
    return float((numbers @ np.array([_in_all(c) for c in letters])).max()) / total


@lru_cache(maxsize=4096)
def _in_all(character: str) -> tuple[float, ...]:
    return tuple(_weight(character, weights) for weights in _WEIGHTS.values())


def _weight(character: str, weights: dict[str, float]) -> float:
    if character in weights:
        return weights[character]
    lower = weights.get(character.lower())
    return -0.5 if lower is None else lower * 0.7


def _broken_words(text: str) -> int:
    """Letters in words that no language writes: scripts mixed, capitals inside, accents in a row."""
    return sum(map(_faults, _WORD.findall(text))) + 3 * len(_MARK_BY_LATIN.findall(text))


def _faults(word: str) -> int:
    if word.isascii():
        return 0
    is_latin, rest = word[0] < "\u0250", word[1:]
    if not (_IN_LATIN if is_latin else _BEYOND_LATIN).match(word):
        return len(word)
    faults = 0
    if rest != rest.lower():  # else no capital stands inside
        faults += sum(a.islower() and b.isupper() for a, b in pairwise(word))
    if is_latin:
        faults += len(word) == 1 and word.isupper()
        faults += 3 * len(_RUN_OF_ACCENTS.findall(word))
    return faults
