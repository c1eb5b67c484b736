"""The language of a text, as ISO 639-1: by its letters where they tell, else by n-grams.
Always the same answer for the same text.
"""

import re
from collections import Counter
from functools import lru_cache

from text.folding import WORD
from text.language_ngrams import CYRILLIC, DEVANAGARI, LATIN, profiles, rank_languages

# Scripts that (on news sites) write one language.
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
_SEVERAL = {
    "kana": "\u3040-\u30ff",
    "han": "\u3400-\u4dbf\u4e00-\u9fff",
    "arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "cyrillic": "\u0400-\u052f",
    "devanagari": "\u0900-\u097f",
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_RANGES = {name: re.compile(f"[{r}]") for name, r in (_ONE_LANGUAGE | _SEVERAL).items()}

# Letters that one language of a script has and its neighbours have not, and the share of the
# letters they must be. Sorani writes ە in every word; a name in an Arabic text may bring a پ.
_MARKS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "arabic": (
        ("ps", "ښځڅډړټږګۍ", 0.015),
        ("ug", "ۇۋڭۈ", 0.03),
        ("ku", "ەێۆڕڵ", 0.04),
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
}
_PERSIAN = "در به از که این را است می برای با آن یک شد های تا خود"
_PERSIAN_LETTERS = frozenset("پچگژ")
_PERSIAN_WORDS = frozenset(_PERSIAN.split())


# One text is asked for its letters, its language, and what its page may call it.
@lru_cache(maxsize=4)
def scripts(text: str) -> Counter[str]:
    """How many letters of each script; Han counts thrice, as a character is about a word."""
    found: Counter[str] = Counter()
    for character, times in Counter(text).items():
        if name := _script(character):
            found[name] += times
    found["han"] *= 3
    return +Counter({name: found[name] for name in _RANGES})


@lru_cache(maxsize=8192)
def _script(character: str) -> str | None:
    return next((name for name, letters in _RANGES.items() if letters.match(character)), None)


def by_letters(text: str) -> str | None:
    """ISO 639-1 code of the language, or None where the script leaves it open."""
    found = scripts(text)
    if not found:
        return None
    script, count = found.most_common(1)[0]
    if script in ("kana", "han"):
        return "ja" if found["kana"] * 20 > found["han"] else "zh"
    if script in _ONE_LANGUAGE:
        return script
    marked = _by_marks(text, script, count)
    return marked or (_arabic_or_persian(text) if script == "arabic" else None)


def _by_marks(text: str, script: str, count: int) -> str | None:
    text = text.lower()
    for language, letters, share in _MARKS.get(script, ()):
        if sum(map(text.count, letters)) >= share * count:
            return language
    return None


def _arabic_or_persian(text: str) -> str:
    """By the letters and small words of the one, the article and the ending of the other."""
    words = WORD.findall(text.replace("ي", "ی").replace("ك", "ک"))
    persian = sum(word in _PERSIAN_WORDS or not _PERSIAN_LETTERS.isdisjoint(word) for word in words)
    arabic = sum(word.startswith("ال") or word.endswith("ة") for word in words)
    return "fa" if persian > arabic else "ar"


_LONGEST = 300  # characters: 1 000 name the same language 365 times of 365, and cost .6 more
# Letters of a text, below which nothing can be said, by script and by n-grams,
_SHORTEST, _SHORTEST_BY_NGRAMS = 8, 12
# and below which the page's own word on its language counts.
_SURE, _SURE_BY_NGRAMS = 20, 60
_LINKS = re.compile(r"https?://\S{1,500}|\S{1,60}@\S{1,60}")

# Languages it does not know: their pages' own word is all there is.
_CYRILLIC_TOO = "sr be kk mn tg ky tt"
_LATIN_TOO = "is az uz ms eu gl ga ha bs mt lb ku eo zu xh"
_OF_SCRIPT = {
    "cyrillic": frozenset(f"{CYRILLIC} {_CYRILLIC_TOO}".split()),
    "devanagari": frozenset(DEVANAGARI.split()),
    "latin": frozenset(f"{LATIN} {_LATIN_TOO}".split()),
}
_ALIKE = tuple(frozenset(group.split()) for group in ("ar fa ur ku ps ug sd", "zh ja", "he yi"))
_UNKNOWN = frozenset(f"{_CYRILLIC_TOO} {_LATIN_TOO}".split())
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "fil": "tl", "ckb": "ku"} | {
    "kmr": "ku", "cmn": "zh", "yue": "zh", "arb": "ar", "ara": "ar", "pes": "fa", "fas": "fa",
    "per": "fa", "eng": "en", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "urd": "ur",
    "tur": "tr", "rus": "ru", "spa": "es",
}  # fmt: skip
_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_])")


def detect(text: str, hint: str | None = None) -> str | None:
    """Judge by the first 300 characters. `hint` is what the page declares; it decides for a
    short text of its script, and None is the answer for one too short without it.
    """
    text = text[: 2 * _LONGEST]
    if "@" in text or "://" in text:  # else the pattern looks in vain for .2 ms
        text = _LINKS.sub(" ", text)
    text = text[:_LONGEST]
    letters, hint, found = scripts(text).total(), language_code(hint or ""), by_letters(text)
    unsure = letters < (_SURE if found else _SURE_BY_NGRAMS)
    if hint and (unsure or (hint in _UNKNOWN and not found)) and hint in _possible(text, found):
        return hint
    if letters < (_SHORTEST if found else _SHORTEST_BY_NGRAMS):
        return None
    return found or _by_ngrams(text.lower() if text.isupper() else text, hint)


def language_code(tag: str) -> str | None:
    """`ar` of `ar-SY`, `AR_sy`, `ara`; None of what is no language tag."""
    match = _CODE.match(tag.strip().lower()[:40])
    return _SAME.get(match[0], match[0]) if match else None


def warm() -> None:
    """Load the profiles (half a second once a process) before the first page waits for them."""
    profiles()


def _possible(text: str, found: str | None) -> frozenset[str]:
    """Languages that the letters of a short text allow."""
    if found:
        return next((group for group in _ALIKE if found in group), frozenset({found}))
    script = next((name for name, _ in scripts(text).most_common(1)), "")
    return _OF_SCRIPT.get(script, frozenset())


def _by_ngrams(text: str, hint: str | None) -> str | None:
    names = rank_languages(text)
    # Two neighbours (da and no, cs and sk) that both fit: the page knows.
    return hint if hint in names else next(iter(names), None)
