"""The names in a byline: persons and departments, without what stands around them (introductions,
dates, places, roles, tags, buttons). What counts as such is in `rules/authors.toml`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from pipelines.cleaning.credit_lines import agency
from pipelines.metadata.author_rules import EDGES, IDEOGRAPHS, JOIN, NameContext, rules
from pipelines.metadata.name_faults import fault_of_name, names_newsroom
from pipelines.metadata.name_surroundings import (
    PART_END,
    without_dates,
    without_introduction,
    without_other_credits,
    without_role,
)
from pipelines.metadata.raw_metadata import plain_text
from text.folding import fold_name
from text.folding import fold_phrase as fold

_MAX_LINE_CHARS = 300
_ADDRESS = re.compile(r"https?:|www\.|[\w.]@[\w.]|^/|\.(?:com|net|org|html?)/", re.IGNORECASE)
_HANDLE = re.compile(r"(?:^|\s)@\w{1,40}")
_IDEOGRAPHIC_LABEL = re.compile(r"\s[\u3400-\u9fff]{2,4}[:：].*")
# Only where both sides have two words or more.
_DOUBTFUL_JOIN = re.compile(r"\s(?:et|y|e|i|și|with|avec|mit|im Gespräch mit)\s", re.IGNORECASE)


@dataclass(slots=True)
class Names:
    """The names of a line in its order, and why its other parts are none, as words for a person.
    `newsroom`: of those parts the ones that name the site or its editors.
    """

    names: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    newsroom: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return self.faults[0] if self.faults else "no name in it"


def names_in(line: str, context: NameContext, *, is_link: bool = False) -> Names:
    """`is_link`: the line is the text of a link to an author's page, where an account's name counts."""
    found = Names()
    text = _HANDLE.sub(" ", plain_text(line, _MAX_LINE_CHARS))
    if _ADDRESS.search(text):
        found.faults.append("an address")
        return found
    for part in _parts(text, context):
        fault = fault_of_name(part, context, is_link=is_link) if part else ""
        if fault is None:
            found.names.append(part)
        else:
            found.faults += [fault] if fault else []
            if fault and names_newsroom(part, context):
                found.newsroom.append(part)
    _drop_places(found, text)
    return found


def _drop_places(found: Names, line: str) -> None:
    """A single word beside a longer name is a place («دمشق - سالم الحداد»), and so is one beside the
    site's name («أبوظبي - البيان»).
    """
    names = found.names
    if any(len(name.split()) > 1 for name in names):
        found.names = [n for n in names if not _is_one_word(n)]
        found.faults += ["a place"] * (len(names) - len(found.names))
    elif len(names) == 1 and found.faults and " - " in line:
        found.names, found.faults = [], ["a place", *found.faults]


def _is_one_word(name: str) -> bool:
    is_acronym = name.isascii() and name.isupper() and len(name) <= 5
    return not (len(name.split()) > 1 or is_acronym or IDEOGRAPHS.fullmatch(name) or agency(name))


def _parts(text: str, context: NameContext) -> Iterator[str]:
    for section in PART_END.split(without_dates(text)):
        part = without_introduction(section.strip(EDGES), context)
        part = without_other_credits(_IDEOGRAPHIC_LABEL.sub("", part))
        for name in _joined_names(part):
            bare = without_role(without_introduction(_without_join(name), context)).strip(EDGES)
            yield from _ideographic_names(bare) or [bare]


def _without_join(name: str) -> str:
    """`and Bob Roe`, behind a comma, without the `and`."""
    match = JOIN.match(f" {name}")
    return name[match.end() - 1 :] if match and name.count(" ") > 1 else name


def _ideographic_names(text: str) -> list[str]:
    """The names of `伊琳 李清芬`, up to a word that is none."""
    words = text.split()
    if len(words) < 2 or not all(IDEOGRAPHS.fullmatch(word) for word in words):
        return []
    return list(takewhile(lambda w: len(w) < 5 and fold(w) not in rules().others, words))


def _joined_names(part: str) -> list[str]:
    names = JOIN.split(part)
    doubtful = [piece for name in names for piece in _DOUBTFUL_JOIN.split(name)]
    if len(doubtful) > len(names) and all(map(_stands_alone, doubtful)):
        names = doubtful
    return [name for joined in names for name in _split_at_waw(joined)]


def _stands_alone(name: str) -> bool:
    return len(name.split()) > 1 or agency(name) is not None


def _split_at_waw(text: str) -> list[str]:
    """«سالم الحداد وهند الزين» are two, «سالم وليد الحداد» is one."""
    words = text.split()
    for at in range(2, len(words) - 1):
        word = words[at]
        is_joined = word.startswith("و") and len(word) > 3
        if is_joined and fold_name(word) not in rules().names_with_waw:
            return [" ".join(words[:at]), *_split_at_waw(" ".join((word[1:], *words[at + 1 :])))]
    return [text]
