"""Lines of the text, right below the headline, that hold the writer's name and the day, or an introduction,
and nothing else: «سالم الحداد – 15 نوفمبر 2026», `By Ann Lee | 15 November 2026`. Pages that are written by
hand have no other byline.
"""

import re

from pipelines.dates.date_lines import dated_parts
from pipelines.metadata.author_names import names_in
from pipelines.metadata.author_rules import EDGES, NameContext, folded_words, rules
from pipelines.metadata.name_faults import is_organisation
from pipelines.metadata.name_surroundings import introduction_in, without_dates
from text.folding import fold_name
from text.sentences import ends_as_sentence

_MAX_CHARS, _MAX_WORDS = 120, 16
_MIN_NAME_WORDS, _MAX_NAME_WORDS = 2, 4
# What may stand beside a name in a byline.
_BESIDE = frozenset({"a place", "a role, no name", "a date", ""})
# Letters with Arabic's vowel signs, `O'Brien`, `J.`
_LETTERS = re.compile(r"(?:[^\W\d_]|[\u064b-\u0652'’·-])++\.?")
_PARTICLES = frozenset(
    {"de", "del", "della", "van", "von", "der", "den", "la", "le", "bin", "al", "el", "da", "di"}
    | {"dos", "du", "ten", "y", "i"}
)


def byline_names(line: str, context: NameContext, author: str | None) -> tuple[str, ...]:
    """The names in a byline; none where the line is anything else. `author`: the article's, as far as it
    is known: his name is one, however it is written.
    """
    text = line.strip()
    if len(text) > _MAX_CHARS or len(text.split()) > _MAX_WORDS or ends_as_sentence(text):
        return ()
    is_dated = bool(dated_parts(text))
    if not (is_dated or introduction_in(text, context)):
        return ()
    found = names_in(text, context)
    if not found.names or not _BESIDE.issuperset(found.faults):
        return ()
    is_known = {fold_name(name) for name in found.names} <= _folded_names(author or "")
    if not is_known and not (is_dated and all(_is_person(name, context) for name in found.names)):
        return ()
    return tuple(found.names) if _accounts_for(text, found.names, context) else ()


def _folded_names(author: str) -> set[str]:
    return {fold_name(name.strip(EDGES)) for name in author.replace("،", ",").split(",")}


def _is_person(name: str, context: NameContext) -> bool:
    """As strictly as a line without a label needs it: «الشأن المحلي» and `World News` are sections."""
    words = name.split()
    folded = set(folded_words(name))
    if not _MIN_NAME_WORDS <= len(words) <= _MAX_NAME_WORDS or is_organisation(name, context):
        return False
    if fold_name(words[0]) in rules().languages_of:
        return False  # `Von Nora`, whose introduction was not told from it
    if words[0].startswith("ال") or not folded.isdisjoint(rules().section_words):
        return False
    if not folded.isdisjoint(rules().outlet_words):
        return False
    return all(_is_written_as_name(word) for word in words)


def _is_written_as_name(word: str) -> bool:
    if not _LETTERS.fullmatch(word):
        return False
    return word.lower() in _PARTICLES or word[0].isupper() or word[0].lower() == word[0].upper()


def _accounts_for(text: str, names: list[str], context: NameContext) -> bool:
    """Whether the names are most of the line's words that are no date's: what `names_in` leaves out behind
    a role or another credit may be a sentence.
    """
    words = folded_words(without_dates(text))
    known = sum(len(name.split()) for name in names)
    label = len(folded_words(introduction_in(text, context)))
    return len(words) - known - label <= max(known, 3)
