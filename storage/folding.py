"""Texts compared for sameness: folded to one spelling, and the hash of what is left."""

import hashlib
import re
import unicodedata
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ء": None}
    # Persian and Urdu keyboards write the same letters with other code points.
    | {"ک": "ك", "ی": "ي", "ے": "ي", "ہ": "ه", "ۀ": "ه", "ە": "ه"}
    | {"ـ": None}
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
)
# Tashkeel, Quranic marks, and the invisible: zero-width, bidi marks, embeddings and isolates,
# soft hyphen, byte order mark.
_MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08ff"
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_OTHER = re.compile(r"[\W_]+")
_PLANE = 0x10000
_GONE, _SPACE = 0, ord(" ")


# One text is folded for its hash, for the index of duplicates and for the search.
@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Letters and digits of `text` in one spelling, words parted by one space."""
    text = unicodedata.normalize("NFKC", text).casefold()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if codes.size == 0 or codes.max() >= _PLANE:
        return _fold_by_pattern(text)
    codes = _table()[codes]
    codes = codes[codes != _GONE]
    spaces = codes == _SPACE
    spaces[1:] &= spaces[:-1]
    if codes.size:
        spaces[0] = False
    folded: str = codes[~spaces].tobytes().decode("utf-32-le", "surrogatepass")
    return folded.strip(" ")


def text_hash(text: str) -> str:
    """128 bits of SHA-256 of the folded text, as hex: equal texts up to spelling share it."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:32]


def _fold_by_pattern(text: str) -> str:
    """What `fold` does once letters are composed, said plainly; a news article takes 180 µs this
    way and 26 µs by the table.
    """
    return _OTHER.sub(" ", _MARKS.sub("", text).translate(_LETTERS)).strip()


@cache
def _table() -> NDArray[np.uint32]:
    """Of each character of the first plane, what becomes of it."""
    return np.array([_becomes(chr(code)) for code in range(_PLANE)], np.uint32)


def _becomes(character: str) -> int:
    letter = "" if _MARKS.match(character) else character.translate(_LETTERS)
    if not letter:
        return _GONE
    return ord(letter) if letter.isalnum() else _SPACE
