"""The forms of a word that a search for it finds, in any spelling.

Arabic and Hebrew join the article, conjunctions and prepositions to the word that follows. The index has
words as they are written; a query's word stands for all the forms it occurs in. `browse/README.md` has
what `benchmarks/search.py` measures of them.
"""

import re
from dataclasses import dataclass

from text.folding import ARABIC_ARTICLES

_PROCLITICS = ("", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "كال")
# Two or more of them before a word with a suffix are too rare to search for.
_MORE_PROCLITICS = ("وب", "وبال", "ول", "ولل", "وك", "فب", "فل")
_ENCLITICS = ("", "ه", "ها", "هم", "نا", "ي", "يه", "ا", "ان", "ات", "ين", "ون")
_ONE_LETTER = "وفبكل"
# After `ال` these are not a word with its article: `الله`, `الان`, `الما`.
_PARTICLES = frozenset(
    [
        "له",
        "ان",
        "ما",
        "هم",
        "في",
        "من",
        "عن",
        "او",
        "ام",
        "لا",
        "لم",
        "لن",
        "هو",
        "هي",
        "به",
        "بل",
        "كم",
        "قد",
        "اي",
        "يا",
    ]
)
_HEBREW_PROCLITICS = (
    *("", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "ומ", "וכ", "וש", "שה", "שב", "מה"),
    *("כש", "כשה", "של"),
)
# Of a word of three letters, which has too many that begin with it.
_HEBREW_ENCLITICS = ("", "ים", "ות", "י")
_HEBREW_LETTERS = 3
_FINAL_LETTERS = str.maketrans("ךםןףץ", "כמנפצ")
# Letters. A word this long stands for all that begin with it; `علم*` would find `علماني` as well.
_PREFIX_LETTERS = 4
# Syllables. Korean joins particles to the word before them: `서울에서`.
_PREFIX_SYLLABLES = 2
# Letters. What is left of a word without its first letter may be a word itself, if it is this long.
_REST_LETTERS = 5
_ARABIC = re.compile("[\u0621-\u06ff]")
_HEBREW = re.compile("[\u05d0-\u05ea]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
# Persian writes a verb's prefix and a noun's plural joined, apart, or with an invisible space between.
_PERSIAN_BEFORE = ("نمي", "مي")
_PERSIAN_AFTER = ("هايي", "هاي", "ها", "ترين", "تر")
# Letters of what stands beside them.
_PERSIAN_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Form:
    """Tokens that stand side by side; `open_ended`: the last one may go on."""

    tokens: tuple[str, ...]
    open_ended: bool = False


def forms_of(word: str) -> tuple[Form, ...]:
    """All forms of a folded word."""
    found = [form for bare in _bares(word) for form in _forms(bare)]
    return tuple(dict.fromkeys([*found, *_apart(word)]))


def phrase_forms(tokens: tuple[str, ...], *, open_ended: bool = False) -> tuple[Form, ...]:
    """A phrase as it stands, and behind what Arabic and Hebrew join to its first word: `لمجلس الأمن`. A
    single quoted word is that form alone.
    """
    first, others = tokens[0], tokens[1:]
    starts = [first]
    if others and _ARABIC.search(first):
        bare = first.removeprefix("ال")
        before = _ONE_LETTER if bare == first else ("وال", "بال", "كال", "فال", "لل", "ولل", "وبال")
        starts += [start + bare for start in before]
    elif others and _HEBREW.search(first):
        starts += [start + first for start in _HEBREW_PROCLITICS if start]
    return tuple(Form((start, *others), open_ended) for start in starts)


def joined(word: str, following: str) -> str | None:
    """Two words of a query that may stand as one, as Persian prefixes and endings do."""
    is_verb = word in _PERSIAN_BEFORE and len(following) >= _PERSIAN_LETTERS
    is_plural = following in _PERSIAN_AFTER and len(word) >= _PERSIAN_LETTERS
    return word + following if is_verb or is_plural else None


def _apart(word: str) -> list[Form]:
    """The word written as two."""
    found = []
    for before in _PERSIAN_BEFORE:
        if word.startswith(before) and len(word) - len(before) >= _PERSIAN_LETTERS:
            found.append(Form((before, word.removeprefix(before))))
            break
    for after in _PERSIAN_AFTER:
        if word.endswith(after) and len(word) - len(after) >= _PERSIAN_LETTERS:
            found.append(Form((word.removesuffix(after), after)))
            break
    return found


def _forms(bare: str) -> list[Form]:
    if _HEBREW.search(bare):
        return _hebrew_forms(bare)
    before, more = _before(bare)
    spellings, after = _shape(bare)
    if after is None:
        return [Form((f"{start}{word}",), True) for start in before + more for word in spellings]
    words = [f"{start}{word}{end}" for word in spellings for start in before for end in after]
    return [Form((word,)) for word in [*words, *(f"{start}{bare}" for start in more)]]


def _hebrew_forms(bare: str) -> list[Form]:
    open_ended = len(bare) >= _PREFIX_LETTERS
    words = _hebrew_spellings(bare) if open_ended else [bare]
    if len(bare) == _HEBREW_LETTERS:
        words = [bare, *(bare.translate(_FINAL_LETTERS) + end for end in _HEBREW_ENCLITICS)]
    return [Form((start + word,), open_ended) for word in words for start in _HEBREW_PROCLITICS]


def _hebrew_spellings(bare: str) -> list[str]:
    """Before a suffix the last letter is another: `ארגון` `ארגונים`, `ממשלה` `ממשלת`, `נשיאים` `נשיאי`."""
    if bare.endswith("ה"):
        return [bare, bare[:-1] + "ת", bare[:-1] + "ות"]
    construct = bare[:-1] if bare.endswith("ים") and len(bare) > _PREFIX_LETTERS else bare
    return [bare, construct.translate(_FINAL_LETTERS)]


def _bares(word: str) -> tuple[str, ...]:
    """The word without an article, and without its first letter where that may be a word too."""
    if word[0] in "הו" and len(word) > _HEBREW_LETTERS:
        return word, word[1:]
    bare = _bare(word)
    if bare == word and word[0] in _ONE_LETTER and len(word) > _REST_LETTERS:
        return bare, word[1:]
    return (bare,)


def _bare(word: str) -> str:
    for article in ARABIC_ARTICLES:
        rest = word.removeprefix(article)
        if rest != word and len(rest) > 2:
            return rest
    two = word.removeprefix("ال")
    return two if len(two) == 2 and two not in _PARTICLES else word


def _before(bare: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Prefixes of the word: those of any form of it, and those of the bare word alone."""
    return (_PROCLITICS, _MORE_PROCLITICS) if _ARABIC.search(bare) else (("",), ())


def _shape(bare: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The word's spellings, and the suffixes they may have; None: any."""
    # `والد*` would find every `والدول`, `والدفاع`, where the first letters are an article.
    letters = _PREFIX_SYLLABLES if _HANGUL.search(bare) else _PREFIX_LETTERS
    open_ended = len(bare) >= letters and not bare.startswith(ARABIC_ARTICLES)
    if not _ARABIC.search(bare):
        return (bare,), None if open_ended else ("",)
    # Before a suffix the feminine ending is another letter.
    spellings = (
        (bare, bare[:-1] + "ت") if bare.endswith("ه") and len(bare) >= _PREFIX_LETTERS else (bare,)
    )
    if open_ended:
        return spellings, None
    return spellings, _ENCLITICS if len(bare) > 2 and not bare.startswith("ال") else ("",)
