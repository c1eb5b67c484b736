"""Which articles: a search and filters, as SQL over `articles` and as the parameters of an address.

What reads the corpus by them (pages, feeds, exports, counts, watches) asks here, so that the same
words find the same articles everywhere.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from storage.article_rows import Row, batches
from storage.search_query import read_query
from text.language_codes import language_of
from text.search_folding import fold_for_search

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBERS, _BATCH = 10_000, 50
_ROWS = (
    "SELECT * FROM articles WHERE number IN (SELECT value FROM json_each(:numbers)) ORDER BY number"
)
_MAX_VALUE_CHARS, _MAX_VALUES = 2000, 100


class SelectionError(ValueError):
    """A parameter that selects nothing that there could be; the text is for its reader."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Articles that `search` finds, of any of the `sites`, `languages` and `sections`, credited to the
    `agency` and the `author` (their words, in any spelling, in a name that may have more), published from the day `since` to the day `until`, both included. What is
    empty does not filter.
    """

    search: str = ""
    sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    agency: str = ""
    author: str = ""
    since: str = ""
    until: str = ""
    without_gone: bool = False
    without_reserved: bool = False


EVERYTHING = Selection()
# The parameters of an address, in the order in which it is written.
_PARAMETERS = {
    "q": "search",
    "site": "sites",
    "language": "languages",
    "section": "sections",
    "agency": "agency",
    "author": "author",
    "since": "since",
    "until": "until",
}
_LISTS = ("sites", "languages", "sections")
# `without=gone`, `without=reserved`.
_WITHOUT_PARAMETER = "without"
_TOGGLES = {"without_gone": "gone_at", "without_reserved": "reserved"}
# Sets of numbers: each is read from an index, and no article for it.
SEARCHED, CREDITED = "number IN (SELECT rowid ", "number IN (SELECT number "
_MATCHING = f"{SEARCHED}FROM _search WHERE _search MATCH :search)"
_NOT_MATCHING = "number NOT IN (SELECT rowid FROM _search WHERE _search MATCH :search)"
_CREDITED = (
    CREDITED + "FROM articles WHERE {0} IN (SELECT name FROM _credits "  # noqa: S608
    "WHERE kind = '{0}' AND instr(' ' || folded || ' ', :{0})))"
)
_WITHOUT = "number NOT IN (SELECT number FROM articles WHERE {0} IS NOT NULL)"
_COLUMNS = {"sites": "site", "languages": "language", "sections": "section"}


def selection_from(parameters: Iterable[tuple[str, str]]) -> Selection:
    """The selection of an address' parameters; those with other names are passed over. A language may
    go by any of its names. Raises SelectionError.
    """
    lists: dict[str, dict[str, None]] = {name: {} for name in _LISTS}
    values: dict[str, str] = {}
    toggles: dict[str, bool] = {}
    for parameter, given in parameters:
        name, value = _PARAMETERS.get(parameter), given.strip()[:_MAX_VALUE_CHARS]
        if parameter == _WITHOUT_PARAMETER and f"without_{value}" in _TOGGLES:
            toggles[f"without_{value}"] = True
        if name is None or not value:
            continue
        if name in _LISTS:
            code = (language_of(value) or value) if name == "languages" else value
            lists[name][code] = None
        else:
            values[name] = _day(parameter, value) if name in ("since", "until") else value
    if sum(map(len, lists.values())) > _MAX_VALUES:
        raise SelectionError(f"more than {_MAX_VALUES} sites, languages and sections")
    chosen = {name: tuple(found) for name, found in lists.items()}
    return Selection(**values, **chosen, **toggles)  # type: ignore[arg-type]


def parameters(selection: Selection) -> list[tuple[str, str]]:
    """The parameters of an address that `selection_from` makes the selection of."""
    pairs = [(parameter, getattr(selection, name)) for parameter, name in _PARAMETERS.items()]
    without = [name.removeprefix("without_") for name in _TOGGLES if getattr(selection, name)]
    return [
        (parameter, value)
        for parameter, given in [*pairs, (_WITHOUT_PARAMETER, tuple(without))]
        for value in (given if isinstance(given, tuple) else (given,))
        if value
    ]


def conditions(selection: Selection) -> tuple[list[str], dict[str, Any]]:
    """Conditions of a WHERE over `articles`, and their named values. A day is one of UTC; an article
    without a day is in no period.
    """
    sql: list[str] = []
    values: dict[str, Any] = {}
    if selection.search:
        query = read_query(selection.search)
        sql.append(_NOT_MATCHING if query.is_complement else _MATCHING)
        values["search"] = query.expression
    for name, column in _COLUMNS.items():
        if chosen := getattr(selection, name):
            names = {f"{column}_{n}": value for n, value in enumerate(chosen)}
            sql.append(f"{column} IN ({', '.join(f':{key}' for key in names)})")
            values |= names
    for column in ("agency", "author"):
        if value := getattr(selection, column):
            sql.append(_CREDITED.format(column))
            values[column] = f" {fold_for_search(value)} "
    if selection.since:
        sql.append("published >= :since")
        values["since"] = selection.since
    if selection.until:
        sql.append("published < :before")
        values["before"] = str(date.fromisoformat(selection.until) + timedelta(days=1))
    sql += [
        _WITHOUT.format(column) for name, column in _TOGGLES.items() if getattr(selection, name)
    ]
    return sql, values


def where_clause(selection: Selection) -> tuple[str, dict[str, Any]]:
    """The conditions as one, which is true of everything where nothing is selected."""
    sql, values = conditions(selection)
    return " AND ".join(sql) or "true", values


def selected(db: Database, selection: Selection = EVERYTHING) -> Iterator[list[Row]]:
    """The rows of the selected `articles` by number, in batches; no statement stays open between two."""
    sql, values = conditions(selection)
    return _chosen(db, " AND ".join(sql), values) if sql else batches(db)


def _chosen(db: Database, where: str, values: dict[str, Any]) -> Iterator[list[Row]]:
    """First the numbers of many, then their rows, batch by batch: what a search finds is found anew by
    each statement, in 30 ms of 100 000 articles.
    """
    sql = f"SELECT number FROM articles WHERE number > :last AND ({where}) ORDER BY number LIMIT :most"  # noqa: S608
    last = -1
    while numbers := [n for (n,) in db.execute(sql, {**values, "last": last, "most": _NUMBERS})]:
        for start in range(0, len(numbers), _BATCH):
            batch = {"numbers": json.dumps(numbers[start : start + _BATCH])}
            if rows := list(db.query(_ROWS, batch)):
                yield rows
        last = numbers[-1]


def _day(parameter: str, value: str) -> str:
    try:
        if _DAY.fullmatch(value) and date.fromisoformat(value) < date.max:
            return value
    except ValueError:
        pass
    raise SelectionError(f"`{parameter}` is a day such as 2026-11-01")
