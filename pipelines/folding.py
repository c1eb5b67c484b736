"""Folding: the spelling of a text that comparisons use, so that every spelling of a word is one."""

import re
import unicodedata
from functools import lru_cache

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


def fold(text: str) -> str:
    """Letters and digits of `text` in one spelling, words parted by one space."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return _OTHER.sub(" ", _MARKS.sub("", text).translate(_LETTERS)).strip()


@lru_cache(maxsize=4096)
def fold_phrase(phrase: str) -> str:
    """`fold` for the phrases of rules, which come back for every line."""
    return fold(phrase)
