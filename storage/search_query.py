"""A reader's query as an FTS5 expression over folded text, in any spelling.

Arabic joins the article, conjunctions and prepositions to the word that follows. The index has words
as they are written; a query's word stands for all the forms it occurs in. Measured by
`benchmarks/search.py`: every prefixed form is found, and 98 % of what is found is one.
"""

import re

from text.folding import fold

_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "ال", "لل")
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
# Letters. A word this long stands for all that begin with it; `علم*` would find `علماني` as well.
_PREFIX_LETTERS = 4
# Letters. What is left of a word without its first letter may be a word itself, if it is this long.
_REST_LETTERS = 5
# A query, not a pasted page: the index looks up a hundred forms of each word. One part may be many words
# (`a+b+c`), and a word any length.
_MAX_PARTS, _MAX_WORDS, _MAX_QUERY_CHARS = 16, 32, 2000
_MAX_WORD_CHARS = 64
_ARABIC = re.compile("[\u0621-\u06ff]")
_PARTS = re.compile(r'(-?)"([^"]*)"?|(\S+)')


def expression(query: str) -> str:
    """All words of the query, in any order; `"two words"` as a phrase, `-word` excluded.

    A query without a letter or digit finds nothing.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    room = _MAX_WORDS
    for minus, phrase, word in _parts(query):
        words = _words(phrase or word)[:room]
        room -= len(words)
        terms = [f'"{" ".join(words)}"'] if phrase and words else list(map(_any_form, words))
        (unwanted if minus or word.startswith("-") else wanted).extend(terms)
    if not wanted:
        return '""'
    all_wanted = " AND ".join(wanted)
    return f"({all_wanted}) NOT ({' OR '.join(unwanted)})" if unwanted else all_wanted


def matcher(query: str) -> re.Pattern[str]:
    """Fully matches each folded word of a text that the query, without its `-words`, finds."""
    wanted = [
        phrase or word for minus, phrase, word in _parts(query) if not minus and word[:1] != "-"
    ]
    words = [word for part in wanted for word in _words(part)][:_MAX_WORDS]
    patterns = {_pattern(bare) for word in words for bare in _bares(word)}
    return re.compile("|".join(sorted(patterns)) or r"\b\B")


def _parts(query: str) -> list[tuple[str, str, str]]:
    return _PARTS.findall(query[:_MAX_QUERY_CHARS])[:_MAX_PARTS]


def _words(part: str) -> list[str]:
    return [word[:_MAX_WORD_CHARS] for word in fold(part).split()]


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
        return [f'"{prefix}{spelling}"*' for prefix in before + more for spelling in spellings]
    forms = [f"{prefix}{spelling}" for spelling in spellings for prefix in before]
    rare = [f'"{prefix}{bare}"' for prefix in more]
    return [f'"{form}{ending}"' for form in forms for ending in after] + rare


def _bares(word: str) -> tuple[str, ...]:
    """The word without an article, and without its first letter where that may be a word too."""
    bare = _bare(word)
    if bare == word and word[0] in _ONE_LETTER and len(word) > _REST_LETTERS:
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
    """Prefixes of the word: those of any form of it, and those of the bare word alone."""
    return (_PROCLITICS, _MORE_PROCLITICS) if _ARABIC.search(bare) else (("",), ())


def _shape(bare: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """The word's spellings, and the suffixes they may have; None: any."""
    # `والد*` would find every `والدول`, `والدفاع`, where the first letters are an article.
    open_ended = len(bare) >= _PREFIX_LETTERS and not bare.startswith(_ARTICLES)
    if not _ARABIC.search(bare):
        return (bare,), None if open_ended else ("",)
    # Before a suffix the feminine ending is another letter.
    spellings = (
        (bare, bare[:-1] + "ت") if bare.endswith("ه") and len(bare) >= _PREFIX_LETTERS else (bare,)
    )
    if open_ended:
        return spellings, None
    return spellings, _ENCLITICS if len(bare) > 2 and not bare.startswith("ال") else ("",)
