"""The script of a text, and the language where letters alone tell it."""

import re
from collections import Counter
from functools import lru_cache

from pipelines.dates.months import WORD

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
