"""Folding: texts in the one spelling in which they are compared, and the hash of that."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from text.characters import normal_form

WORD = re.compile(r"[^\W\d_]+")
# What Arabic writes together with the word that follows: its article, behind conjunctions and prepositions
# too. Folded, the longest first.
ARABIC_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_NAME_LETTERS = str.maketrans(
    dict.fromkeys(
        "ءـ\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )
    | dict(zip("ٱىیېةەہھکګ٫،", "اييي" + "هههه" + "كك" + ".,", strict=True))
    | {ord(zero) + n: str(n) for zero in "٠۰०" for n in range(10)}
)


@lru_cache(maxsize=4096)
def fold_name(text: str) -> str:
    """`text` as names of months and the like are compared: without case, accents and hamza, digits
    and kinds of yeh and kaf in one form. Punctuation stays.
    """
    if text.isascii():
        return text.lower()
    decomposed = normal_form("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return normal_form("NFC", bare.translate(_NAME_LETTERS))


_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None}
    # Persian and Urdu keyboards write the same letters with other code points.
    | {"ک": "ك", "ی": "ي", "ے": "ي", "ہ": "ه", "ۀ": "ه", "ە": "ه"}
    | {"ـ": None}
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
)
# Tashkeel, Quranic marks, and invisible characters: zero-width, bidi marks, embeddings and
# isolates, soft hyphen, byte order mark.
_MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff"
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_NOT_WORD = re.compile(r"[\W_]+")
PLANE = 0x10000
REMOVED, SPACE = 0, ord(" ")
_LINE_END = ord("\n")
_ASCII = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))


# One text is folded for its hash, for the index of duplicates and for the search.
@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Letters and digits of `text` in one spelling, with one space between words."""
    if text.isascii():  # names and labels of a page, for which an array costs three times as much
        return " ".join(text.lower().translate(_ASCII).split())
    text = normal_form("NFKC", text).casefold()
    folded = fold_by(_folded_codes(), text)
    return _fold_by_pattern(text) if folded is None else folded


def fold_by(table: NDArray[np.uint32], text: str) -> str | None:
    """`text` with each character of the first plane as the code point that `table` has for it; REMOVED
    goes, and one space is left of several. None for a text with characters of other planes.
    """
    codes = _codes(text)
    return None if codes is None else _text(_squeeze_spaces(table[codes])).strip(" ")


def fold_lines(lines: Sequence[str]) -> list[str]:
    """`fold` of each line, at the cost of one call: a page has hundreds of short lines."""
    text = "\n".join(lines)
    if text.isascii():
        return [fold(line) for line in lines]
    text = normal_form("NFKC", text).casefold()
    codes = _codes(text)
    if codes is None or text.count("\n") != len(lines) - 1:
        return [fold(line) for line in lines]
    ends = codes == _LINE_END
    codes = _folded_codes()[codes]
    codes[ends] = _LINE_END
    return [line.strip(" ") for line in _text(_squeeze_spaces(codes)).split("\n")]


def _codes(text: str) -> NDArray[np.uint32] | None:
    """The code points; None when there are none, or when one is beyond the first plane."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes if codes.size and codes.max() < PLANE else None


def _squeeze_spaces(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    codes = codes[codes != REMOVED]
    spaces = codes == SPACE
    spaces[1:] &= spaces[:-1]
    if codes.size:
        spaces[0] = False
    kept: NDArray[np.uint32] = codes[~spaces]
    return kept


def _text(codes: NDArray[np.uint32]) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def text_hash(text: str) -> str:
    """128 bits of SHA-256 of the folded text, in hex."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:32]


def _fold_by_pattern(text: str) -> str:
    """`fold` of a composed, case-folded text, by patterns: a news article takes 180 µs this way and
    26 µs by the table.
    """
    return _NOT_WORD.sub(" ", _MARKS.sub("", text).translate(_LETTERS)).strip()


@cache
def _folded_codes() -> NDArray[np.uint32]:
    """For each character of the first plane the code point that it is folded to."""
    return np.array([folded_code(chr(code)) for code in range(PLANE)], np.uint32)


def folded_code(character: str) -> int:
    """The code point that `fold` has for this one; REMOVED, or SPACE between words."""
    letter = "" if _MARKS.match(character) else character.translate(_LETTERS)
    if not letter:
        return REMOVED
    return ord(letter) if letter.isalnum() else SPACE


@lru_cache(maxsize=4096)
def fold_phrase(phrase: str) -> str:
    """`fold`, cached for short texts that many pages share."""
    return fold(phrase)
