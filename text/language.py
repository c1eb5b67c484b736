"""The language of a text, as ISO 639-1; always the same answer for the same text."""

import re

from pipelines.text.scripts import by_letters, scripts
from text.language_ngrams import CYRILLIC, DEVANAGARI, LATIN, profiles, ranked

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
    names = ranked(text)
    # Two neighbours (da and no, cs and sk) that both fit: the page knows.
    return hint if hint in names else next(iter(names), None)
