"""The language of a text, as ISO 639-1: by its letters where they suffice, else by n-grams.
Deterministic.
"""

import re
from collections import Counter
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from text.folding import PLANE, WORD
from text.language_codes import language_code
from text.language_ngrams import CYRILLIC, DEVANAGARI, LATIN, choose_language, profiles

# Scripts that, on news sites, are one language's.
_ONE_LANGUAGE = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "hy": "\u0530-\u058f",
    "ka": "\u10a0-\u10ff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "am": "\u1200-\u137f",
    "si": "\u0d80-\u0dff",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
}
_SHARED_SCRIPTS = {
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u4dbf\u4e00-\u9fff",
    "arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "cyrillic": "\u0400-\u052f",
    "devanagari": "\u0900-\u097f",
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_RANGES = _ONE_LANGUAGE | _SHARED_SCRIPTS
_RANGE = re.compile("(.)-(.)")
_SCRIPTS = tuple(_RANGES)
_HAN = _SCRIPTS.index("han")

# Letters that one language of a script has and its neighbours do not, and the minimal share of all
# letters. Sorani has ە in every word; an Arabic text may have a پ in a name.
_DISTINCTIVE_LETTERS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "arabic": (
        ("ps", "ښځڅډړټږګۍ", 0.015),
        ("ug", "ۇۋڭۈ", 0.03),
        ("ckb", "ەێۆڕڵ", 0.04),
        ("sd", "ڪڻڀٿڄڃڏڦڙ", 0.02),
        ("ur", "ےںہھٹڈڑ", 0.03),
    ),
    "cyrillic": (
        ("be", "ў", 0.002),
        ("kk", "қңәғұ", 0.02),
        ("tg", "ҷӣӯҳ", 0.02),
        ("mn", "өү", 0.03),
        ("sr", "ћђџ", 0.003),
        ("mk", "ѓќѕ", 0.001),
        ("uk", "іїєґ", 0.02),
    ),
    # langdetect has no profile of these and takes them for Turkish.
    "latin": (
        ("az", "ə", 0.02),
        ("ku", "êîû", 0.03),
    ),
}
# Letters that a text must have besides: Breton, French and Vietnamese have ê and hardly a w or x.
_ALSO_NEEDED = {"ku": (("ê", 0.01), ("wxq", 0.02))}
_PERSIAN = "در به از که این را است می برای با آن یک شد های تا خود"
_PERSIAN_LETTERS = frozenset("پچگژ")
_PERSIAN_WORDS = frozenset(_PERSIAN.split())


# `detect` counts a text's letters up to three times.
@lru_cache(maxsize=4)
def scripts(text: str) -> Counter[str]:
    """Letters by script; a Han character, which is about a word, counts three times."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    numbers = _script_numbers().take(np.minimum(codes, PLANE))
    counts = np.bincount(numbers, minlength=len(_RANGES)).tolist()
    counts[_HAN] *= 3
    return Counter({name: count for name, count in zip(_RANGES, counts, strict=False) if count})


@cache
def _script_numbers() -> NDArray[np.uint8]:
    """For each character of the first plane, and one beyond, the place of its script among all; one more
    for none.
    """
    numbers = np.full(PLANE + 1, len(_RANGES), np.uint8)
    for number, ranges in enumerate(_RANGES.values()):
        for first, last in _RANGE.findall(ranges):
            numbers[ord(first) : ord(last) + 1] = number
    return numbers


def _script(character: str) -> str | None:
    number = int(_script_numbers()[min(ord(character), PLANE)])
    return _SCRIPTS[number] if number < len(_SCRIPTS) else None


def by_letters(text: str) -> str | None:
    """ISO 639-1 code of the language; None when the script does not determine it."""
    counts = scripts(text)
    if not counts:
        return None
    script, count = counts.most_common(1)[0]
    if script in ("kana", "han"):
        return "ja" if counts["kana"] * 20 > counts["han"] else "zh"
    if script in _ONE_LANGUAGE:
        return script
    language = _by_distinctive_letters(text, script, count)
    return language or (_arabic_or_persian(text) if script == "arabic" else None)


def _by_distinctive_letters(text: str, script: str, count: int) -> str | None:
    text = text.lower()
    for language, letters, share in _DISTINCTIVE_LETTERS.get(script, ()):
        needed = ((letters, share), *_ALSO_NEEDED.get(language, ()))
        if all(sum(map(text.count, group)) >= least * count for group, least in needed):
            return language
    return None


def _arabic_or_persian(text: str) -> str:
    """By Persian's letters and function words, and by Arabic's article and ending."""
    words = WORD.findall(text.replace("ي", "ی").replace("ك", "ک"))
    persian = sum(word in _PERSIAN_WORDS or not _PERSIAN_LETTERS.isdisjoint(word) for word in words)
    arabic = sum(word.startswith("ال") or word.endswith("ة") for word in words)
    return "fa" if persian > arabic else "ar"


_MAX_CHARS = 300  # 1 000 give the same language 365 times of 365, and cost .6 more
_SAMPLES = 3  # from the beginning, the middle and the end: a long quotation is not the language
_MAX_CHARS_WEIGHED = 6000  # for the script that most letters have
# The letters that a text needs for any answer, by script and by n-grams,
_MIN_LETTERS, _MIN_LETTERS_BY_NGRAMS = 8, 12
# and those that it needs to overrule the page's declaration.
_SURE_LETTERS, _SURE_LETTERS_BY_NGRAMS = 20, 60
_LINKS = re.compile(
    r"https?://\S{1,500}|\S{1,60}@\S{1,60}|[@#]\w{1,60}|"
    r"\b(?:www\.)?[a-z0-9-]{1,60}\.(?:com|net|org|info|me|ly|co|tv|gov|edu|io|[a-z]{2})\b(?:/\S{0,200})?",
    re.IGNORECASE,
)
_DOMAIN_END = re.compile(r"\.[a-z]", re.IGNORECASE)  # of an address without a scheme

# Languages without a profile: only the page's declaration can name them.
_CYRILLIC_WITHOUT_PROFILE = "sr be kk mn tg ky tt"
_LATIN_WITHOUT_PROFILE = "is az uz ms eu gl ga ha bs mt lb ku eo zu xh"
_OF_SCRIPT = {
    "cyrillic": frozenset(f"{CYRILLIC} {_CYRILLIC_WITHOUT_PROFILE}".split()),
    "devanagari": frozenset(DEVANAGARI.split()),
    "latin": frozenset(f"{LATIN} {_LATIN_WITHOUT_PROFILE}".split()),
}
_SIMILAR = tuple(
    frozenset(group.split()) for group in ("ar fa ur ckb ku ps ug sd", "zh ja", "he yi")
)
_WITHOUT_PROFILE = frozenset(f"{_CYRILLIC_WITHOUT_PROFILE} {_LATIN_WITHOUT_PROFILE}".split())


def detect(text: str, hint: str | None = None) -> str | None:
    """The language of most of the text, by samples of 300 characters in all and without addresses,
    @names and #tags. `hint`, which the page declares, decides for a short text in the language's
    script; a text too short without it, or against it, has None.
    """
    text = _sample(text)
    letters, hint, language = scripts(text).total(), language_code(hint or ""), by_letters(text)
    is_short = letters < (_SURE_LETTERS if language else _SURE_LETTERS_BY_NGRAMS)
    hint_counts = is_short or (hint in _WITHOUT_PROFILE and not language)
    if hint and hint_counts and hint in _possible(text, language):
        return hint
    if letters < (_MIN_LETTERS if language else _MIN_LETTERS_BY_NGRAMS):
        return None
    if is_short and hint and not language:  # names in Latin letters on a page in another script
        return None
    return language or choose_language(text.lower() if text.isupper() else text, hint)


def _sample(text: str) -> str:
    size = _MAX_CHARS // _SAMPLES
    if len(text) <= 2 * _MAX_CHARS:
        return _without_links(text)[:_MAX_CHARS]
    starts = [len(text) * at // _SAMPLES for at in range(_SAMPLES)]
    pieces = [_without_links(text[start : start + 2 * size]) for start in starts]
    cut = [piece if at == 0 else piece.partition(" ")[2] for at, piece in enumerate(pieces)]
    sample = " ".join(piece[:size] for piece in cut)
    script = _main_script(text[:_MAX_CHARS_WEIGHED])
    if _main_script(sample) == script:
        return sample
    words = (w for w in text[:_MAX_CHARS_WEIGHED].split() if _script(w[0]) == script)
    return " ".join(words)[:_MAX_CHARS]


def _without_links(text: str) -> str:
    # A search without a match costs .2 ms.
    may_have = "@" in text or "#" in text or "://" in text or _DOMAIN_END.search(text)
    return _LINKS.sub(" ", text) if may_have else text


def _main_script(text: str) -> str | None:
    return next((name for name, _ in scripts(text).most_common(1)), None)


def warm() -> None:
    """Load the profiles (half a second, once per process) before the first page needs them."""
    profiles()


def _possible(text: str, language: str | None) -> frozenset[str]:
    """Languages that the letters of a short text allow. `language` is what `by_letters` gives."""
    if language:
        return next((group for group in _SIMILAR if language in group), frozenset({language}))
    return _OF_SCRIPT.get(_main_script(text) or "", frozenset())
