"""The names in a byline: persons and departments, without what stands around them (introductions,
dates, places, roles, tags, buttons). What counts as such is in `rules/authors.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any

from pipelines.cleaning.credit_lines import agency
from pipelines.dates.date_lines import is_date_line, label
from pipelines.dates.names import in_calendar
from pipelines.dates.relative import AGE_WORDS, AGO
from pipelines.dates.time_of_day import MERIDIEMS
from pipelines.dates.time_zones import ABBREVIATIONS
from pipelines.metadata.raw_metadata import plain_text
from text.folding import fold_name
from text.folding import fold_phrase as fold

MAX_CHARS = 80  # of a name
_MAX_LINE_CHARS = 300
_MAX_WORDS = 7
_MAX_INTRODUCTION_WORDS = 6
_MAX_IDEOGRAPHS = 10  # of a person or a department
# Arabic words with their vowel signs, `Ph.D`, `O'Brien`.
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u064b-\u0652])*+(?:[.'’-][^\W\d_]+)*+")
_ADDRESS = re.compile(r"https?:|www\.|[\w.]@[\w.]|^/|\.(?:com|net|org|html?)/", re.IGNORECASE)
_HANDLE = re.compile(r"(?:^|\s)@\w{1,40}")
# An account's name: one word of lower-case Latin letters, or one with digits, dots, underscores.
_ACCOUNT = re.compile(r"[a-z0-9_.-]+$|\w*+[._]\w+$|\w*\d\w*$")
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff·]+")
_IDEOGRAPHIC_INTRODUCTION = re.compile(
    r"^[^\w]{0,4}[\u3400-\u9fff· ]{0,14}(?:记者|記者|作者|撰文|通讯员|文)[:：/|\s]+"
)
_IDEOGRAPHIC_LABEL = re.compile(r"\s[\u3400-\u9fff]{2,4}[:：].*")
_PART_END = re.compile(r"\s*(?:[،,;؛|•·\u3001]|(?<!\d)/(?!\d))\s*|\s+[-–—]{1,2}\s+|\s+(?:&|\+)\s+")
# Names are joined by these words; the second group only where both sides have two words or more.
_JOIN = re.compile(r"\s(?:and|und|و|och|og|en|oraz|und|и|ve|וגם)\s", re.IGNORECASE)
_DOUBTFUL_JOIN = re.compile(r"\s(?:et|y|e|i|și|with|avec|mit|im Gespräch mit)\s", re.IGNORECASE)
_EDGES = " .:،,-–—()[]{}\"'«»“”‘’*|•·_~>"


def _phrases(values: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(_folded_words(value)) for value in values)


def _folded_words(text: str) -> list[str]:
    return [fold_name(m[0]) for m in _WORD.finditer(text)]


@dataclass(frozen=True, slots=True)
class _Rules:
    introductions: frozenset[tuple[str, ...]]
    other_credits: frozenset[tuple[str, ...]]
    by_language: dict[str, frozenset[str]]
    roles: frozenset[str]
    modifiers: frozenset[str]
    degrees: frozenset[str]
    others: frozenset[str]
    towns: frozenset[str]
    names_with_waw: frozenset[str]
    outlet_words: frozenset[str]


@cache
def _rules() -> _Rules:
    text = resources.files("pipelines.rules").joinpath("authors.toml").read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    parts, by_language = data["parts"], data["introductions_by_language"]
    return _Rules(
        _phrases(data["introductions"]),
        _phrases(data["other_credits"]),
        {code: frozenset(map(fold_name, words)) for code, words in by_language.items()},
        frozenset(map(fold_name, parts["roles"])),
        frozenset(map(fold_name, parts["role_modifiers"])),
        frozenset(parts["degrees"]),
        frozenset(map(fold, parts["others"])),
        frozenset(map(fold, parts["towns"])),
        frozenset(map(fold_name, parts["names_with_waw"])),
        frozenset(map(fold_name, parts["outlet_words"])),
    )


@dataclass(frozen=True, slots=True)
class NameContext:
    """What is known of the page: the site's names and its sections' (folded), its language,
    its host.
    """

    own_names: frozenset[str] = frozenset()
    language: str | None = None
    host: str = ""


@dataclass(slots=True)
class Names:
    """The names of a line in its order, and why its other parts are none, as words for a person."""

    names: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

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
        fault = _fault(part, context, is_link=is_link) if part else ""
        if fault is None:
            found.names.append(part)
        else:
            found.faults += [fault] if fault else []
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
    return not (len(name.split()) > 1 or is_acronym or _IDEOGRAPHS.fullmatch(name) or agency(name))


def _parts(text: str, context: NameContext) -> Iterator[str]:
    for section in _PART_END.split(without_dates(text)):
        part = without_introduction(section.strip(_EDGES), context)
        part = _without_other_credits(_IDEOGRAPHIC_LABEL.sub("", part))
        for name in _joined_names(part):
            bare = _without_role(without_introduction(name, context)).strip(_EDGES)
            yield from _ideographic_names(bare) or [bare]


def _ideographic_names(text: str) -> list[str]:
    """The names of `伊琳 李清芬`, up to a word that is none."""
    words = text.split()
    if len(words) < 2 or not all(_IDEOGRAPHS.fullmatch(word) for word in words):
        return []
    return list(takewhile(lambda w: len(w) < 5 and fold(w) not in _rules().others, words))


def _joined_names(part: str) -> list[str]:
    names = _JOIN.split(part)
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
        if is_joined and fold_name(word) not in _rules().names_with_waw:
            return [" ".join(words[:at]), *_split_at_waw(" ".join((word[1:], *words[at + 1 :])))]
    return [text]


def without_introduction(text: str, context: NameContext) -> str:
    """`text` behind «بقلم:», `By`, `Written by`, whatever their order."""
    text = _IDEOGRAPHIC_INTRODUCTION.sub("", text)
    for _ in range(3):
        end = _introduction_end(text, context)
        if not end:
            break
        text = text[end:].lstrip(" \t:：-–—/.|")
    return text


def introduction_in(line: str, context: NameContext) -> str:
    """The introduction that the line, or a part of it, begins with, up to its colon; ""."""
    if match := _IDEOGRAPHIC_INTRODUCTION.match(line):
        return match[0].rstrip() + ":"
    if end := _introduction_end(line, context):
        return line[: end + 1] if line[end : end + 1] in (":", "：") else line[:end]
    for part in _PART_END.split(without_dates(line))[1:4] if ":" in line else ():
        end = _introduction_end(part, context)
        if end and part[end : end + 1] in (":", "："):
            return part[: end + 1]
    return ""


def _introduction_end(text: str, context: NameContext) -> int:
    spans = [m.span() for m in _words(text, _MAX_INTRODUCTION_WORDS)]
    if not spans or any(c.isalnum() for c in text[: spans[0][0]]):
        return 0
    words = [fold_name(text[start:end]) for start, end in spans]
    for count in range(len(words), 0, -1):
        if tuple(words[:count]) in _rules().introductions:
            return spans[count - 1][1]
    start, end = spans[0]
    languages = [c for c, known in _rules().by_language.items() if words[0] in known]
    rest = text[end:].lstrip()
    introduces = (
        rest.startswith((":", "："))
        or (text[start].islower() and " " in rest)
        or (context.language in languages and " " in rest and not text[start:end].isupper())
    )
    return end if languages and introduces else 0


def _words(text: str, count: int) -> Iterator[re.Match[str]]:
    for at, match in enumerate(_WORD.finditer(text)):
        if at == count:
            return
        yield match


def _without_other_credits(text: str) -> str:
    """`Ann Lee Illustration by Jo Roe` without the second half."""
    spans = [m.span() for m in _words(text, 14)]
    words = [fold_name(text[start:end]) for start, end in spans]
    for at in range(len(words)):
        for count in (1, 2, 3):
            phrase = tuple(words[at : at + count])
            if phrase in _rules().other_credits:
                return text[: spans[at][0]]
            # `Mar 6 Written By Ann Lee`, whose date is gone; `Posts by`
            if count == 2 and at and phrase[-1] == "by" and phrase in _rules().introductions:
                return text[spans[at + 1][1] :] if at < 3 else text[: spans[at][0]]
    return text


def _without_role(text: str) -> str:
    """`Howard Blume Staff Writer` without the role; a role alone stays, to be told as one."""
    words = text.split()
    bare = [fold_name(word.strip(_EDGES)) for word in words]
    for at in range(2, len(words)):
        begins = bare[at] in _rules().modifiers and _is_role(words[at + 1 :])
        if begins or _is_role(words[at : at + 1]):
            return " ".join(words[:at])
    return text


def _is_role(words: list[str]) -> bool:
    """Whether a role or a degree is among the first words."""
    is_shouted = all(word.isupper() for word in words)
    return any(
        fold_name(word.strip(_EDGES)) in _rules().roles
        or (word.strip(_EDGES) in _rules().degrees and not (is_shouted and len(words) > 1))
        for word in words[:3]
    )


def without_dates(text: str) -> str:
    """`text` with ` | ` in the place of each date, time and age."""
    if not any(c.isdigit() for c in text) and AGO.isdisjoint(_folded_words(text)):
        return text
    words = text.split()
    dated = _dated_words([fold_name(word.strip(_EDGES + "،")) for word in words])
    return " ".join("|" if is_dated else w for w, is_dated in zip(words, dated, strict=True))


_AFTER_DIGITS = (
    frozenset(ABBREVIATIONS)
    | AGE_WORDS
    | frozenset(word for text in MERIDIEMS for word in text.split())
)
_BEFORE_DATES = frozenset(
    map(fold_name, ["في", "on", "at", "am", "يوم", "تاريخ", "بتاريخ", "الساعة", "ساعة", "um", "le", "el", "la", "il", "den", "vom", "من", "posted", "published", "updated", "نشر", "نشرت", "تحديث", "آخر", "منذ", "قبل", "uhr", "last", "den", "of", "ב", "mo", "mi", "do", "fr", "sa", "so", "mon", "tue", "wed", "thu", "fri", "sat", "sun"])
)  # fmt: skip


def _dated_words(words: list[str]) -> list[bool]:
    """Which words are a date's: those with digits, months and weekdays beside them, what goes with
    times and ages.
    """
    dated = [("_" not in w and any(c.isdigit() for c in w)) or w in AGO for w in words]
    for at, word in enumerate(words):
        if at and dated[at - 1] and (_is_date_word(word) or word in ("at", "uhr", "в", "г")):
            dated[at] = True
    for at in range(len(words) - 2, -1, -1):
        has_month = any(map(in_calendar, words[at + 1 : at + 3]))
        is_month = in_calendar(words[at]) and (not has_month or len(words[at]) > 4)
        if dated[at + 1] and (is_month or words[at] in _BEFORE_DATES or words[at] in AGE_WORDS):
            dated[at] = True
    return dated


def _is_date_word(word: str) -> bool:
    return in_calendar(word) or word in _AFTER_DIGITS or (len(word) == 1 and word in "-–—|/·•,")


def _fault(name: str, context: NameContext, *, is_link: bool) -> str | None:
    """Why it is no name, None: it is one."""
    folded = fold(name)
    words = name.split()
    if not any(c.isalpha() for c in name):
        return "no name in it"
    if not 2 <= len(name) <= MAX_CHARS or len(words) > _MAX_WORDS or name.endswith("…"):
        return "too long or too short for a name"
    if name.startswith("#"):
        return "a tag"
    if folded in _rules().others or all(fold(word) in _rules().others for word in words):
        return "a button or a heading, no name"
    if folded in context.own_names and not _owns_the_site(folded, context.host):
        return "the site's own name or a section's"
    return _fault_of_words(name, words, is_link=is_link)


def _owns_the_site(folded: str, host: str) -> bool:
    """`Ann Lee` of `annlee.example`; `Gulf News` is an outlet's name."""
    words = folded.split()
    return (
        2 <= len(words) <= 3 and "".join(words) in host and _rules().outlet_words.isdisjoint(words)
    )


def _fault_of_words(name: str, words: list[str], *, is_link: bool) -> str | None:
    if fold(name) in _rules().towns:
        return "a place"
    if agency(name) is None and (_is_role(words[:2]) or _is_modified_role(words)):
        return "a role, no name"
    if _is_account(name, is_link=is_link) and agency(name) is None:
        return "an account, no name"
    if _JOIN.match(f" {words[0]} ") or (name.isascii() and len(words) > 1 and name.islower()):
        return "no name in it"
    if len(words) == 1 and _IDEOGRAPHS.fullmatch(name) and len(name) > _MAX_IDEOGRAPHS:
        return "too long or too short for a name"
    if len(words) <= 2 and label(name) is not None:
        return "a date"
    if is_date_line(name) or (len(words) == 1 and in_calendar(fold_name(name))):
        return "a date"
    return "mostly digits" if sum(c.isdigit() for c in name) > 2 else None


def _is_modified_role(words: list[str]) -> bool:
    return fold_name(words[0]) in _rules().modifiers and _is_role(words[1:3])


def _is_account(name: str, *, is_link: bool) -> bool:
    if len(name) == 2 and name.isascii() and not name.istitle():
        return True
    return bool(_ACCOUNT.match(name)) and not (is_link and name.isalpha())
