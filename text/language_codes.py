"""Codes and names of languages (ISO 639, BCP 47), brought to the codes that articles carry: `kmr` and
`Kurdish` are `ku` here, Sorani is `ckb`, `zh-TW` is `zh`, `iw` is `he`.
"""

import re
from functools import cache
from importlib import resources

from text.suggestions import did_you_mean

# What is written together here, or was renamed; ISO 639-3 codes of one language's varieties.
_ALIASES = {
    **dict.fromkeys(("nb", "nn", "nob", "nno"), "no"),
    **{"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "fil": "tl", "sh": "sr"},
    **{"ckb": "ckb", "kmr": "ku", "sdh": "ckb"},
    **dict.fromkeys(("cmn", "yue", "wuu", "hak", "nan", "lzh"), "zh"),
    **dict.fromkeys(("arb", "ary", "arz", "apc", "ajp", "acm", "afb", "aeb", "ars"), "ar"),
    **{"pes": "fa", "prs": "fa", "zsm": "ms", "swh": "sw", "azj": "az", "uzn": "uz", "khk": "mn"},
    **{"pbt": "ps", "pbu": "ps", "als": "sq", "ekk": "et", "lvs": "lv", "ydd": "yi"},
}
_NAMES = {"sorani": "ckb", "central kurdish": "ckb", "کوردی": "ckb", "سۆرانی": "ckb", "kurmanji": "ku", "عربي": "ar", "عربى": "ar", "انجليزي": "en", "إنجليزي": "en", "dari": "fa", "farsi": "fa", "filipino": "tl"} | {
    "mandarin": "zh", "cantonese": "zh",
}  # fmt: skip
_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_MAX_CHARS = 40


def language_code(tag: str) -> str | None:
    """`ar` for `ar-SY`, `AR_sy`, `ara`; None for what is no tag of a language that has a code."""
    match = _CODE.match(tag.strip().lower()[:_MAX_CHARS])
    return _codes().get(match[0]) if match else None


def language_of(word: str) -> str | None:
    """The code of what a person or another program calls a language, by tag or by name."""
    return language_code(word) or _names().get(word.strip().casefold()[:_MAX_CHARS])


def suggest_language(word: str) -> str:
    """`did you mean X?`, or "" where no code and no name is similar."""
    return did_you_mean(word.strip()[:_MAX_CHARS], [*_names(), *_codes()])


@cache
def _lines() -> tuple[tuple[list[str], list[str]], ...]:
    """Codes and names: of ISO 639-1 and 639-2, and of CLDR in English and in the language itself."""
    text = resources.files("text").joinpath("language_codes.txt").read_text("utf-8")
    lines = (line.partition(": ") for line in text.splitlines())
    return tuple((codes.split(), names.split(", ")) for codes, _, names in lines)


@cache
def _codes() -> dict[str, str]:
    codes = {code: line[0] for line, _ in _lines() for code in line}
    return codes | _ALIASES


@cache
def _names() -> dict[str, str]:
    names = {name.casefold(): _codes()[line[0]] for line, known in _lines() for name in known}
    return names | _NAMES
