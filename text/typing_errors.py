"""What a word that nobody writes may have been meant to be: words one or two slips away, each with how
likely the slip is, and the word on another keyboard.

A slip's weight is a natural logarithm of how often it is made, relative to a letter changed to any
other; they are of the order of what studies of typing find, and a search ranks by them beside how many
stories a word has.
"""

from collections.abc import Iterator
from itertools import pairwise

# Letters in the folded spelling. A group has one sound, or one shape but for its dots.
_CONFUSED = (
    *("ضظ", "ذزد", "ثستص", "صس", "قغك", "تط", "دض", "حه", "جغ", "عا", "هت", "حخج", "بتثني", "رز"),
    *("فق", "وؤ", "ie", "ea", "ao", "ou", "ck", "kq", "sz", "cs", "vf", "vw", "yi", "mn", "bp"),
    *("הח", "טת", "כק", "אע", "סש", "בו", "כח", "ιη", "οω", "ευ", "ιυ"),
    *("td", "gj", "ие", "оа", "дт", "бп", "гк", "зс", "шщ", "ъь"),
)
# Rows of keys, each key over the one beside it in the next row.
_KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ءرويهوزظ"),
    ("קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"),
    ("ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
)
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "אבגדהוזחטיכלמנסעפצקרשתםןץףך",
)
_CONFUSION, _SWAP, _DOUBLE, _NEIGHBOUR, _MISSING, _EXTRA, _ANY = 4.0, 3.5, 3.5, 2.5, 2.5, 1.5, 0.0
# The first letter is seldom wrong, and seldom overlooked.
_FIRST_LETTER = -1.5
# Letters. Below, too many words are two slips away.
_TWO_SLIPS = 6
_MAX_CHARS = 24
_MAX_LIKELY, _MAX_TWICE = 48, 1200

# The keys of a US keyboard, and what other layouts have on them.
_US = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_LAYOUTS = (
    # Arabic (101); the key of `b` has two letters.
    "ذضصثقفغعهخحجدشسيبلاتنمكطئءؤر\0ىةوزظ",
    # Persian (ISIRI 9147).
    "\0ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو./",
    # Russian.
    "ёйцукенгшщзхъфывапролджэячсмитьбю.",
    # Hebrew (SI-1452).
    ";/'קראטוןםפ][שדגכעיחלךף,זסבהנמצתץ.",
)
_TWO_LETTERS = {"لا": "b"}


def one_slip(word: str) -> dict[str, float]:
    """Folded words one slip from the folded `word`, by the weight of the likeliest such slip."""
    found: dict[str, float] = {}
    word = word[:_MAX_CHARS]
    for candidate, weight in _slips(word):
        if candidate and candidate != word and weight > found.get(candidate, -9.0):
            found[candidate] = weight
    return found


def two_slips(word: str) -> dict[str, float]:
    """Words two slips away, the likeliest thousand or so; empty for a short word."""
    if len(word) < _TWO_SLIPS:
        return {}
    first = sorted(one_slip(word).items(), key=lambda item: (-item[1], item[0]))[:_MAX_LIKELY]
    found: dict[str, float] = {}
    for once, weight in first:
        for twice, second in one_slip(once).items():
            if second > _ANY and weight + second > found.get(twice, -9.0):
                found[twice] = weight + second
    found.pop(word, None)
    likeliest = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MAX_TWICE]
    return dict(likeliest)


def other_layouts(typed: str) -> list[str]:
    """What the same keys write on other keyboards: `lhvldk` and `اثممخ`. Empty for a text that another
    keyboard could not have written.
    """
    typed = typed.lower()[:_MAX_CHARS]
    found = []
    for layout in _LAYOUTS:
        to_other = {
            key: "لا" if letter == "\0" and key == "b" else letter
            for key, letter in zip(_US, layout, strict=True)
        }
        if typed.isascii():
            written = [to_other.get(key, key) for key in typed]
        else:
            keys = {letter: key for key, letter in to_other.items()}
            for two, key in _TWO_LETTERS.items():
                typed = typed.replace(two, key) if two[0] in keys else typed
            written = [keys.get(letter, letter) for letter in typed]
        text = "".join(written).replace("\0", "")
        if len(text) > 1 and all(char.isalpha() for char in text) and text != typed:
            found.append(text)
    return list(dict.fromkeys(found))


def _slips(word: str) -> Iterator[tuple[str, float]]:
    alphabet = next((letters for letters in _ALPHABETS if set(word) & set(letters)), "")
    for at in range(len(word) + 1):
        before, letter, after = word[:at], word[at : at + 1], word[at + 1 :]
        first = _FIRST_LETTER if at == 0 else 0.0
        if letter:
            is_double = letter in (before[-1:], after[:1])
            yield before + after, (_DOUBLE if is_double else _EXTRA) + first
            for other in alphabet:
                yield before + other + after, _changed(letter, other) + first
        if after:
            yield before + after[0] + letter + after[1:], _SWAP + first
        for other in alphabet:
            is_double = other in (before[-1:], letter)
            yield before + other + letter + after, (_DOUBLE if is_double else _MISSING) + first


def _changed(letter: str, other: str) -> float:
    if frozenset((letter, other)) in _CONFUSED_PAIRS:
        return _CONFUSION
    return _NEIGHBOUR if frozenset((letter, other)) in _NEIGHBOURS else _ANY


_CONFUSED_PAIRS = {frozenset((a, b)) for group in _CONFUSED for a in group for b in group if a != b}
_NEIGHBOURS = {frozenset(pair) for rows in _KEYBOARDS for row in rows for pair in pairwise(row)} | {
    frozenset(pair)
    for rows in _KEYBOARDS
    for upper, lower in pairwise(rows)
    for shift in (0, 1)
    for pair in zip(upper[shift:], lower, strict=False)
}
