"""Names of months and weekdays, from `rules/dates.toml`; all functions take folded names."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from text.folding import fold_name


def numbered_names(lists: Iterable[list[str]]) -> dict[str, int]:
    """Folded spelling → its name's position from 0 in the lists, whose entries part spellings
    by `|`.
    """
    return {
        fold_name(spelling.strip()): number
        for names in lists
        for number, spellings in enumerate(names)
        for spelling in spellings.split("|")
    }


@cache
def shipped_names() -> dict[str, dict[str, list[str]]]:
    """The tables `gregorian`, `jalali` and `weekdays`, each by language."""
    text = resources.files("pipelines.rules").joinpath("dates.toml").read_text("utf-8")
    return tomllib.loads(text)


_GREGORIAN, _JALALI, _WEEKDAYS = (
    numbered_names(shipped_names()[table].values()) for table in ("gregorian", "jalali", "weekdays")
)
_WORDS = {w for names in (_GREGORIAN, _JALALI, _WEEKDAYS) for name in names for w in name.split()}


def month(name: str, *, jalali: bool = False) -> int | None:
    number = (_JALALI if jalali else _GREGORIAN).get(name)
    return None if number is None else number + 1


def weekday(name: str) -> int | None:
    """0 for Monday, as `date.weekday()` counts."""
    return _WEEKDAYS.get(name)


def in_calendar(word: str) -> bool:
    """Whether the word is a name of a month or weekday, or part of one."""
    return word in _WORDS
