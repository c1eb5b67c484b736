"""Folding for the full-text index: `fold`, and beyond it accents, and tokens for scripts that write no
spaces between words. Hashes and duplicates compare by `fold` alone, which stays as it is.

A change needs a migration that builds the index anew.
"""

import re
import unicodedata
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from text.characters import normal_form
from text.folding import (
    PLANE,
    REMOVED,
    SPACE,
    UNSURE,
    codes_of_written,
    fold,
    fold_by,
    folded_code,
    with_double_s,
)

# Accents, niqqud and cantillation, Syriac points, and marks of other blocks for any letter. The vowel
# signs of Indic scripts and of Thai are marks too, but no reader leaves them out: they stay.
_MARKS = (
    *((0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2)),
    *((0x05C4, 0x05C5), (0x05C7, 0x05C7), (0x0711, 0x0711), (0x0730, 0x074A), (0x1AB0, 0x1AFF)),
    *((0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F)),
)
# Letters that have no decomposition, or whose marks make another letter: `й` is none of `и` (`мой`,
# `мои`), nor `ї` of `і`, nor `ў` of `у`; of the Cyrillic ones only `ё` is written without its dots.
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ð": "d", "ß": "ss"}
_LETTERS |= {"æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n", "ё": "е", "ѐ": "е", "ѝ": "и", "ς": "σ"}
# Kurdish and Urdu keyboards have letters of their own for sounds that Arabic ones write so.
_LETTERS |= {"ھ": "ه", "ێ": "ي", "ۆ": "و", "ڕ": "ر", "ڵ": "ل", "ۇ": "و", "ې": "ي"}
_LETTERS |= {"ں": "ن", "ڪ": "ك", "ۓ": "ي", "ۂ": "ه", "ۃ": "ه"}
_ACCENTED = ("LATIN ", "GREEK ")
# Thai and Lao, Khmer, Myanmar, kana, Han: every character is a token, and a word a phrase of them.
_SPACELESS = (
    r"\u0e01-\u0e4e\u0e80-\u0ecd\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u309d-\u309f"
    r"\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_ONE_TOKEN = re.compile(f"([{_SPACELESS}])")
# `צה"ל` is one word.
_IN_HEBREW_WORD = re.compile(
    r"(?<=[\u05d0-\u05ea])[\"'\u05f3\u05f4\u201d\u2019](?=[\u05d0-\u05ea])"
)
_LONGER = {letter: spelt for letter, spelt in _LETTERS.items() if len(spelt) > 1}
_LONGER_LETTER = re.compile(f"[{''.join(_LONGER)}]")
_UNLIKE_MOST = re.compile(f"[\u05d0-\u05ea{''.join(_LONGER)}{_SPACELESS}]")


def fold_for_search(text: str) -> str:
    """Letters and digits of `text` as the index has them, with one space between words."""
    if text.isascii():
        return fold(text)
    # A third of the time of composing.
    folded = fold_by(_codes_of_written(), with_double_s(text))
    return _fold_composed(normal_form("NFKC", text).casefold()) if folded is None else folded


def _fold_composed(text: str) -> str:
    if _UNLIKE_MOST.search(text):  # one scan tells it for nearly all texts
        text = _LONGER_LETTER.sub(lambda letter: _LONGER[letter[0]], text)
        text = _ONE_TOKEN.sub(r" \1 ", _IN_HEBREW_WORD.sub("", text))
    folded = fold_by(_codes(), text)
    return _fold_letters(text) if folded is None else folded


def is_spaceless(token: str) -> bool:
    """Whether a folded token is a character of a script without spaces between words."""
    return _ONE_TOKEN.fullmatch(token) is not None


def _fold_letters(text: str) -> str:
    """A text with characters beyond the first plane."""
    codes = (_code(char) for char in text)
    return " ".join("".join(chr(code) for code in codes if code != REMOVED).split())


@cache
def _codes_of_written() -> NDArray[np.uint32]:
    return codes_of_written(lambda char: UNSURE if _UNLIKE_MOST.match(char) else _code(char))


@cache
def _codes() -> NDArray[np.uint32]:
    """For each character of the first plane the code point that the index has for it."""
    return np.array([_code(chr(code)) for code in range(PLANE)], np.uint32)


@cache
def _marks() -> frozenset[int]:
    return frozenset(code for first, last in _MARKS for code in range(first, last + 1))


@lru_cache(maxsize=1024)  # all of a plane are asked for once, and would take 8 MB
def _code(char: str) -> int:
    if ord(char) in _marks():
        return REMOVED
    folded = folded_code(_LETTERS.get(char, char)[0])
    if folded == SPACE and unicodedata.category(char) in ("Mn", "Mc"):
        return ord(char)
    if folded in (REMOVED, SPACE):
        return folded
    letter = chr(folded)
    if unicodedata.name(letter, "").startswith(_ACCENTED):
        letter = unicodedata.normalize("NFD", letter)[0]
        letter = _LETTERS.get(letter, letter)[0]
    return ord(letter)
