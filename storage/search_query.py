"""A reader's words as an FTS5 expression over folded text, in any spelling.

Arabic writes the article, conjunctions and prepositions in one word with what follows. The index
has words as they stand; a word that is searched is taken as any of the forms it occurs in. Measured
in `benchmarks/search.py`: every prefixed form is found, and 98 % of what is found is one.
"""

import re

from text.folding import fold

_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_PROCLITICS = ("", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "كال")
# Two and more of them before a word with a suffix are too rare to be asked for.
_MORE_PROCLITICS = ("وب", "وبال", "ول", "ولل", "وك", "فب", "فل")
_ENCLITICS = ("", "ه", "ها", "هم", "نا", "ي", "يه", "ا", "ان", "ات", "ين", "ون")
_ONE_LETTER = "وفبكل"
# After `ال` these are no word with its article: `الله`, `الان`, `الما`.
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
# A word this long stands for all that begins with it; `علم*` would find `علماني` as well.
_LONG = 4
# What is left of a word without its first letter is a word by itself, if it is this long.
_LONG_REST = 5
# A question, not a pasted page: each word is a hundred for the index.
_MOST = 16
_ARABIC = re.compile("[\u0621-\u06ff]")
_PARTS = re.compile(r'(-?)"([^"]*)"?|(\S+)')


def expression(query: str) -> str:
    """All words of the query, in any order; `"two words"` as they stand, `-word` not at all.

    A query without a letter or digit finds nothing.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, word in _PARTS.findall(query)[:_MOST]:
        folded = fold(phrase or word)
        found = [f'"{folded}"'] if phrase and folded else list(map(_any_form, folded.split()))
        (unwanted if minus or word.startswith("-") else wanted).extend(found)
    if not wanted:
        return '""'
    together = " AND ".join(wanted)
    return f"({together}) NOT ({' OR '.join(unwanted)})" if unwanted else together


def matcher(query: str) -> re.Pattern[str]:
    """What fully matches a folded word of a text that the query (but its `-words`) asks for."""
    parts = _PARTS.findall(query)[:_MOST]
    asked = [phrase or word for minus, phrase, word in parts if not minus and word[:1] != "-"]
    patterns = {
        _pattern(form) for one in asked for word in fold(one).split() for form in _bares(word)
    }
    return re.compile("|".join(sorted(patterns)) or r"\b\B")


def _any_form(word: str) -> str:
    return f"({' OR '.join(form for bare in _bares(word) for form in _forms(bare))})"


def _pattern(bare: str) -> str:
    before, more = _before(bare)
    spellings, after = _shape(bare)
    word = f"(?:{'|'.join(spellings)})"
    if after is None:
        return f"(?:{'|'.join(before + more)}){word}.*"
    rare = [f"(?:{'|'.join(more)}){word}"] if more else []
    return "|".join([f"(?:{'|'.join(before)}){word}(?:{'|'.join(after)})", *rare])


def _forms(bare: str) -> list[str]:
    before, more = _before(bare)
    spellings, after = _shape(bare)
    if after is None:
        return [f'"{one}{spelling}"*' for one in before + more for spelling in spellings]
    forms = [f"{one}{spelling}" for spelling in spellings for one in before]
    rare = [f'"{one}{bare}"' for one in more]
    return [f'"{form}{ending}"' for form in forms for ending in after] + rare


def _bares(word: str) -> tuple[str, ...]:
    """The word without an article; and without its first letter, where that may be a word too."""
    bare = _bare(word)
    if bare == word and word[0] in _ONE_LETTER and len(word) > _LONG_REST:
        return bare, word[1:]
    return (bare,)


def _bare(word: str) -> str:
    for article in _ARTICLES:
        rest = word.removeprefix(article)
        if rest != word and len(rest) > 2:
            return rest
    two = word.removeprefix("ال")
    return two if len(two) == 2 and two not in _PARTICLES else word


def _before(bare: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What may stand before the word: those for any form of it, and those for it alone."""
    return (_PROCLITICS, _MORE_PROCLITICS) if _ARABIC.search(bare) else (("",), ())


def _shape(bare: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Its spellings, and what may follow them; None: anything."""
    # `والد*` would find every `والدول`, `والدفاع`: what looks like an article is none here.
    open_ended = len(bare) >= _LONG and not bare.startswith(_ARTICLES)
    if not _ARABIC.search(bare):
        return (bare,), None if open_ended else ("",)
    # Before a suffix the feminine ending is written as another letter.
    spellings = (bare, bare[:-1] + "ت") if bare.endswith("ه") and len(bare) >= _LONG else (bare,)
    if open_ended:
        return spellings, None
    return spellings, _ENCLITICS if len(bare) > 2 and not bare.startswith("ال") else ("",)
