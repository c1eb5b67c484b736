"""Folding: texts in the one spelling in which they are compared, and the hash of that."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
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
PLANE = 0x10000


class _Letters(dict[int, int | str | None]):
    """For `str.translate`: what `of` gives for a character, asked once for each of the first plane."""

    def __init__(self, of: Callable[[str], int | str | None]) -> None:
        self._of = of

    def __missing__(self, code: int) -> int | str | None:
        letter = self._of(chr(code))
        if code < PLANE:
            self[code] = letter
        return letter


def _name_letter(character: str) -> int | str | None:
    code = ord(character)
    return None if unicodedata.combining(character) else _NAME_LETTERS.get(code, code)


_LETTERS_OF_NAMES = _Letters(_name_letter)


@lru_cache(maxsize=4096)
def fold_name(text: str) -> str:
    """`text` as names of months and the like are compared: without case, accents and hamza, digits
    and kinds of yeh and kaf in one form. Punctuation stays.
    """
    if text.isascii():
        return text.lower()
    decomposed = normal_form("NFKD", text.casefold())
    return normal_form("NFC", decomposed.translate(_LETTERS_OF_NAMES))


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
REMOVED, SPACE, UNSURE = 0, ord(" "), 0x110000  # the last is no code point
_LINE_END = ord("\n")
_ASCII = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_ASCII_LINES = f"{_ASCII[:_LINE_END]}\n{_ASCII[_LINE_END + 1 :]}"
_SHORT_CHARS = 120  # up to here an array costs more than a look-up for each character


# One text is folded for its hash, for the index of duplicates and for the search.
@lru_cache(maxsize=4)
def fold(text: str) -> str:
    """Letters and digits of `text` in one spelling, with one space between words."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    if len(text) <= _SHORT_CHARS:
        composed = normal_form("NFKC", text).casefold()
        return " ".join(composed.translate(_FOLDED_LETTERS).split())
    folded = fold_by(_codes_of_written(), with_double_s(text))
    return _fold_composed(normal_form("NFKC", text).casefold()) if folded is None else folded


def _fold_composed(text: str) -> str:
    folded = fold_by(_folded_codes(), text)
    return _fold_by_pattern(text) if folded is None else folded


def fold_by(table: NDArray[np.uint32], text: str) -> str | None:
    """`text` with each character of the first plane as the code point that `table` has for it; REMOVED
    goes, and one space is left of several. None for a text with characters of other planes, or with
    those that the table does not know alone.
    """
    codes = _codes(text)
    if codes is None:
        return None
    codes = table.take(codes)
    return None if codes.max() == UNSURE else _text(_squeeze_spaces(codes)).strip(" ")


# A page's lines are folded to be classified, cleaned and counted, and for the article's hash. Some 200, of
# 50 characters.
_MAX_KNOWN_LINES, _MAX_KNOWN_CHARS = 1000, 1000
_known_lines: dict[str, str] = {}


def fold_lines(lines: Sequence[str]) -> list[str]:
    """`fold` of each line, at the cost of one call: a page has hundreds of short lines. The last ones are
    remembered.
    """
    known = list(map(_known_lines.get, lines))
    missing = [line for line, folded in zip(lines, known, strict=True) if folded is None]
    new = dict(zip(missing, _fold_each(missing), strict=True)) if missing else {}
    _remember(new)
    pairs = zip(lines, known, strict=True)
    return [new[line] if folded is None else folded for line, folded in pairs]


def _remember(folded: dict[str, str]) -> None:
    """Other threads may do the same: nothing is expected to be there afterwards."""
    if len(_known_lines) + len(folded) > _MAX_KNOWN_LINES:
        _known_lines.clear()
    if len(folded) <= _MAX_KNOWN_LINES:
        short = {line: text for line, text in folded.items() if len(line) <= _MAX_KNOWN_CHARS}
        _known_lines.update(short)


def fold_paragraphs(paragraphs: Sequence[str]) -> str:
    """`fold` of the text that they are."""
    return " ".join(filter(None, fold_lines(paragraphs)))


def _fold_each(lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    if text.count("\n") != len(lines) - 1:
        return [fold(line) for line in lines]
    if text.isascii():
        return [" ".join(line.split()) for line in text.translate(_ASCII_LINES).split("\n")]
    folded = _fold_joined(_codes_of_written(), with_double_s(text))
    if folded is None:
        folded = _fold_joined(_folded_codes(), normal_form("NFKC", text).casefold())
    return [fold(line) for line in lines] if folded is None else folded


def _fold_joined(table: NDArray[np.uint32], text: str) -> list[str] | None:
    """The lines of `text` as `fold_by` has them."""
    written = _codes(text)
    if written is None:
        return None
    codes = table.take(written)
    if codes.max() == UNSURE:
        return None
    codes[written == _LINE_END] = _LINE_END
    return [line.strip(" ") for line in _text(_squeeze_spaces(codes)).split("\n")]


def with_double_s(text: str) -> str:
    """The one letter that is common, and that becomes two."""
    return text.replace("ß", "ss")


def _codes(text: str) -> NDArray[np.uint32] | None:
    """The code points, a space for each sign (an emoji) beyond the first plane; None when there are none,
    or when one beyond it is no sign.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if not codes.size or codes.max() < PLANE:
        return codes if codes.size else None
    is_beyond = codes >= PLANE
    if not all(map(_is_sign, set(codes[is_beyond].tolist()))):
        return None
    return np.where(is_beyond, np.uint32(SPACE), codes)


@lru_cache(maxsize=4096)
def _is_sign(code: int) -> bool:
    character = chr(code)
    is_itself = unicodedata.normalize("NFKC", character) == character
    return is_itself and unicodedata.category(character)[0] == "S" and not character.isalnum()


def _squeeze_spaces(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    codes = codes[codes != REMOVED]
    spaces = codes == SPACE
    spaces[1:] &= spaces[:-1]
    if codes.size:
        spaces[0] = False
    kept: NDArray[np.uint32] = codes[~spaces]
    return kept


def _text(codes: NDArray[np.uint32]) -> str:
    # All are of the first plane, and none is a surrogate. From UTF-32 it takes five times as long.
    return codes.astype("<u2").tobytes().decode("utf-16-le")


def text_hash(text: str) -> str:
    """128 bits of SHA-256 of the folded text, in hex."""
    return hash_of_folded(fold(text))


def hash_of_folded(folded: str) -> str:
    return hashlib.sha256(folded.encode()).hexdigest()[:32]


def _fold_by_pattern(text: str) -> str:
    """`fold` of a composed, case-folded text, by patterns: a news article takes 180 µs this way and
    26 µs by the table.
    """
    return _NOT_WORD.sub(" ", _MARKS.sub("", text).translate(_LETTERS)).strip()


@cache
def _codes_of_written() -> NDArray[np.uint32]:
    """For each character of the first plane the code point that it is folded to, whatever stands beside
    it; UNSURE where it may compose with the letter before it, is a mark that stays, or becomes several
    or one beyond the plane.
    A text of the others need not be composed: that takes four fifths of folding.
    """
    return codes_of_written(folded_code)


def codes_of_written(code_of: Callable[[str], int]) -> NDArray[np.uint32]:
    """For `fold_by`, whose text need not be composed and case-folded then: what `code_of` gives for each
    character of the first plane so treated, UNSURE where that depends on others or is not one code point
    of the plane.
    """
    codes = (_code_of_written(chr(code), code_of) for code in range(PLANE))
    return np.fromiter(codes, np.uint32, PLANE)


def _code_of_written(character: str, code_of: Callable[[str], int]) -> int:
    composed = unicodedata.normalize("NFKC", character)
    if composed[0] in _joining_characters():
        return UNSURE
    if unicodedata.combining(composed[0]):
        return REMOVED if code_of(character) == REMOVED and composed == character else UNSURE
    codes = [code for code in map(code_of, composed.casefold()) if code != REMOVED]
    if len(set(codes)) > 1 or (len(codes) > 1 and codes[0] != SPACE):
        return UNSURE
    code = codes[0] if codes else REMOVED
    return code if code < PLANE else UNSURE  # an ideograph for compatibility


@cache
def _joining_characters() -> frozenset[str]:
    """Those that compose with a letter before them: the second ones of canonical decompositions, and
    Hangul's vowels and final consonants.
    """
    written = (unicodedata.decomposition(chr(code)).split() for code in range(2 * PLANE))
    seconds = {
        chr(int(parts[1], 16)) for parts in written if len(parts) == 2 and parts[0][0] != "<"
    }
    return frozenset(seconds | set(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)))))


@cache
def _folded_codes() -> NDArray[np.uint32]:
    """For each character of the first plane of a composed, case-folded text the code point that it is
    folded to.
    """
    return np.array([folded_code(chr(code)) for code in range(PLANE)], np.uint32)


def _folded_letter(character: str) -> int | None:
    return folded_code(character) or None


_FOLDED_LETTERS = _Letters(_folded_letter)


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
