"""A reader's words as an FTS5 expression over folded text, in any spelling.

Arabic writes the article, conjunctions and prepositions in one word with what follows. The index
has words as they stand; a word that is searched is taken as any of the forms it occurs in. Measured
in `benchmarks/search.py`: every prefixed form is found, and 98 % of what is found is one.
"""

import re

from storage.folding import fold

_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_PROCLITICS = (
    *("", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ف", "فال", "ك", "كال"),
    *("وب", "وبال", "ول", "ولل", "وك", "فب", "فل"),
)
_ENCLITICS = ("", "ه", "ها", "هم", "نا", "ي", "يه", "ا", "ان", "ات", "ين", "ون", "يين")
_ONE_LETTER = "وفبكل"
# A word this long stands for all that begins with it; `علم*` would find `علماني` as well.
_LONG = 4
# What is left of a word without its first letter is a word by itself, if it is this long.
_LONG_REST = 5
_ARABIC = re.compile("[\u0621-\u06ff]")
_PARTS = re.compile(r'(-?)"([^"]*)"?|(\S+)')


def expression(query: str) -> str:
    """All words of the query, in any order; `"two words"` as they stand, `-word` not at all.

    A query without a letter or digit finds nothing.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, word in _PARTS.findall(query):
        folded = fold(phrase or word)
        found = [f'"{folded}"'] if phrase and folded else list(map(_any_form, folded.split()))
        (unwanted if minus or word.startswith("-") else wanted).extend(found)
    if not wanted:
        return '""'
    together = " AND ".join(wanted)
    return f"({together}) NOT ({' OR '.join(unwanted)})" if unwanted else together


def matcher(query: str) -> re.Pattern[str]:
    """What fully matches a folded word of a text that the query (but its `-words`) asks for."""
    words = (fold(phrase or word) for minus, phrase, word in _PARTS.findall(query) if not minus)
    patterns = {_pattern(word) for folded in words for word in folded.split()}
    return re.compile("|".join(sorted(patterns)) or r"\b\B")


def _pattern(word: str) -> str:
    bare = _bare(word) if _ARABIC.search(word) else word
    before = "|".join(_PROCLITICS) if _ARABIC.search(word) else ""
    spelling = f"{bare[:-1]}[هت]" if bare.endswith("ه") else bare
    after = ".*" if len(bare) >= _LONG else "|".join(_ENCLITICS)
    return f"(?:{before}){spelling}(?:{after})"


def _any_form(word: str) -> str:
    if not _ARABIC.search(word):
        return _starting(word) if len(word) >= _LONG else f'"{word}"'
    bare = _bare(word)
    forms = _forms(bare)
    if bare == word and word[0] in _ONE_LETTER and len(word) > _LONG_REST:
        forms += _forms(word[1:])
    return f"({' OR '.join(forms)})"


def _bare(word: str) -> str:
    """Without an article. Two letters after it are a word of their own (`الله`, `الان`)."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) > 2:
            return word.removeprefix(article)
    return word


def _forms(bare: str) -> list[str]:
    if len(bare) >= _LONG:
        # Before a suffix the feminine ending is written as another letter.
        spellings = (bare, bare[:-1] + "ت") if bare.endswith("ه") else (bare,)
        return [_starting(before + one) for before in _PROCLITICS for one in spellings]
    after = _ENCLITICS if len(bare) == _LONG - 1 else ("",)
    return [f'"{before}{bare}{ending}"' for before in _PROCLITICS for ending in after]


def _starting(word: str) -> str:
    return f'"{word}"*'
