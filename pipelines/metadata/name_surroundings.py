"""What stands around the names in a byline: introductions, other credits, roles, dates."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.dates.names import in_calendar
from pipelines.dates.relative import AGE_WORDS, AGO
from pipelines.dates.time_of_day import MERIDIEMS
from pipelines.dates.time_zones import ABBREVIATIONS
from pipelines.metadata.author_rules import EDGES, WORD, NameContext, folded_words, rules
from text.folding import fold_name

_MAX_INTRODUCTION_WORDS = 6
PART_END = re.compile(r"\s*(?:[،,;؛|•·\u3001]|(?<!\d)/(?!\d))\s*|\s+[-–—]{1,2}\s+|\s+(?:&|\+)\s+")
_IDEOGRAPHIC_INTRODUCTION = re.compile(
    r"^[^\w]{0,4}[\u3400-\u9fff· ]{0,14}(?:记者|記者|作者|撰文|通讯员|文)[:：/|\s]+"
)


def without_introduction(text: str, context: NameContext) -> str:
    """`text` behind «بقلم:», `By`, `Written by`, whatever their order."""
    text = _IDEOGRAPHIC_INTRODUCTION.sub("", text)
    for _ in range(3):
        end = _introduction_end(text, context.language)
        if not end:
            break
        text = text[end:].lstrip(" \t:：-–—/.|")
    return text


def introduction_in(line: str, context: NameContext) -> str:
    """The introduction that the line, or a part of it, begins with, up to its colon; ""."""
    return _introduction_in(line, context.language)


# An element's line, of at most 160 characters, is that of those around it too.
@lru_cache(maxsize=512)
def _introduction_in(line: str, language: str | None) -> str:
    if not line.isascii() and (match := _IDEOGRAPHIC_INTRODUCTION.match(line)):
        return match[0].rstrip() + ":"
    if end := _introduction_end(line, language):
        return line[: end + 1] if line[end : end + 1] in (":", "：") else line[:end]
    if ":" not in line or not _may_introduce(line):  # as most lines with a time
        return ""
    for part in PART_END.split(without_dates(line))[1:4]:
        end = _introduction_end(part, language)
        if end and part[end : end + 1] in (":", "："):
            return part[: end + 1]
    return ""


def _may_introduce(line: str) -> bool:
    """Whether any word of the line begins an introduction."""
    words = map(fold_name, WORD.findall(line))
    return any(word in rules().languages_of or word in rules().first_words for word in words)


def _introduction_end(text: str, language: str | None) -> int:
    word = WORD.search(text)
    if word is None:
        return 0
    start, end = word.span()
    first = fold_name(word[0])
    languages = rules().languages_of.get(first, frozenset())
    # Of the lines near a headline few begin so.
    if not (languages or first in rules().first_words) or any(c.isalnum() for c in text[:start]):
        return 0
    if first in rules().first_words:
        spans = [match.span() for match in _words(text, _MAX_INTRODUCTION_WORDS)]
        words = [fold_name(text[start:end]) for start, end in spans]
        for count in range(len(words), 0, -1):
            if tuple(words[:count]) in rules().introductions:
                return spans[count - 1][1]
    if not languages:
        return 0
    rest = text[end:].lstrip()
    introduces = (
        rest.startswith((":", "："))
        or (text[start].islower() and " " in rest)
        or (language in languages and " " in rest and not text[start:end].isupper())
    )
    return end if introduces else 0


def _words(text: str, count: int) -> Iterator[re.Match[str]]:
    for at, match in enumerate(WORD.finditer(text)):
        if at == count:
            return
        yield match


def without_other_credits(text: str) -> str:
    """`Ann Lee Illustration by Jo Roe` without the second half."""
    spans = [m.span() for m in _words(text, 14)]
    words = [fold_name(text[start:end]) for start, end in spans]
    for at in range(len(words)):
        for count in (1, 2, 3):
            phrase = tuple(words[at : at + count])
            if phrase in rules().other_credits:
                return text[: spans[at][0]]
            # `Mar 6 Written By Ann Lee`, whose date is gone; `Posts by`
            if (
                len(phrase) == 2 == count
                and at
                and phrase[-1] == "by"
                and phrase in rules().introductions
            ):
                return text[spans[at + 1][1] :] if at < 3 else text[: spans[at][0]]
    return text


def without_role(text: str) -> str:
    """`Howard Blume Staff Writer` without the role; a role alone stays, to be told as one."""
    words = text.split()
    bare = [fold_name(word.strip(EDGES)) for word in words]
    for at in range(2, len(words)):
        begins = bare[at] in rules().modifiers and is_role(words[at + 1 :])
        if begins or is_role(words[at : at + 1]):
            return " ".join(words[:at])
    return text


def is_role(words: list[str]) -> bool:
    """Whether a role or a degree is among the first words."""
    is_shouted = all(word.isupper() for word in words)
    return any(
        fold_name(word.strip(EDGES)) in rules().roles
        or (word.strip(EDGES) in rules().degrees and not (is_shouted and len(words) > 1))
        for word in words[:3]
    )


def without_dates(text: str) -> str:
    """`text` with ` | ` in the place of each date, time and age."""
    if not any(c.isdigit() for c in text) and AGO.isdisjoint(folded_words(text)):
        return text
    words = text.split()
    dated = _dated_words([fold_name(word.strip(EDGES + "،")) for word in words])
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
