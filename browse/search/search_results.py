"""The stories of a selection: a page of them, how many there are, and how many of each outlet, section and
language.

Two plans answer both rare and frequent words: the few numbers that are found are looked up one by one; many
are a set that an index of all articles is read against.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from datasette.app import Datasette

from browse.live_database import ResultRow, rows
from browse.search.found_words import has_match, in_context
from browse.unchanged_rows import unchanged_rows
from storage.search_query import in_titles, read_query
from storage.selection import CREDITED, SEARCHED, Selection, conditions

# As many articles are looked up one by one in the time it takes to read an index of all of them.
_FEW_MATCHES = 4000
# The best are ranked among the newest: a score takes microseconds, and a frequent word is in all.
RANKED = 5000
_MAX_TEXT_CHARS = 20_000
FACETS = {"site": "sites", "section": "sections", "language": "languages"}
_COLUMNS = (
    "number, id, site, section, title, published, modified, first_seen, language, url, source, agency, "
    f"author, words, access, gone_at, reserved, substr(text, 1, {_MAX_TEXT_CHARS}) AS text"
)
_COPIES = (
    "SELECT id, original, site, title, published FROM copies WHERE original IN ({}) ORDER BY id"
)
_MAX_COPIES = 3

Count = tuple[str, int, bool]  # value, stories, whether it is ticked


@dataclass(frozen=True, slots=True)
class StoryPage:
    """`total` stories are selected; those that a `sort` by best can show are `shown`."""

    total: int
    shown: int
    stories: list[ResultRow]
    facets: dict[str, list[Count]] = field(default_factory=dict)


async def story_page(
    datasette: Datasette, selection: Selection, *, best: bool, offset: int, size: int
) -> StoryPage:
    rare = await _rare(datasette, selection)
    by_best = best and is_ranked(selection)
    finding = (
        _best(datasette, selection, offset, size)
        if by_best
        else _newest(datasette, selection, rare, offset, size)
    )
    # At once: each reads an index of its own.
    counts, numbers = await asyncio.gather(_counts(datasette, selection, rare), finding)
    facets = {name: _facet(counts, selection, name) for name in FACETS}
    total = sum(counts.values() if not _is_narrowed(selection) else _chosen(counts, selection))
    shown = min(total, RANKED) if by_best else total
    stories = await _stories(datasette, numbers, selection.search)
    return StoryPage(total, shown, stories, facets)


def is_ranked(selection: Selection) -> bool:
    """Whether some of its stories match better than others."""
    return bool(selection.search) and not read_query(selection.search).is_complement


async def _rare(datasette: Datasette, selection: Selection) -> set[str]:
    """Which of the sets of numbers of the selection are small, by how their conditions begin."""
    rare = set()
    for begin, chosen in (
        (SEARCHED, Selection(selection.search)),
        (CREDITED, Selection(agency=selection.agency, author=selection.author)),
    ):
        sql, values = conditions(chosen)
        if not sql or not sql[0].startswith(begin):
            continue  # what only excludes is read against an index of all
        sets = " INTERSECT ".join(
            f"SELECT * FROM ({part.removeprefix('number IN (').removesuffix(')')} LIMIT :most)"  # noqa: S608
            for part in sql
        )
        count = f"SELECT count(*) AS found FROM ({sets})"  # noqa: S608
        [row] = await rows(datasette, count, values | {"most": _FEW_MATCHES})
        rare |= {begin} if row["found"] < _FEW_MATCHES else set()
    return rare


def _where(selection: Selection, rare: set[str]) -> tuple[str, dict[str, Any]]:
    """A condition; a `+` keeps the numbers of a large set from being looked up one by one."""
    sql, values = conditions(selection)
    is_large = [
        part.startswith((SEARCHED, CREDITED)) and not part.startswith(tuple(rare)) for part in sql
    ]
    parts = [f"+{part}" if large else part for part, large in zip(sql, is_large, strict=True)]
    return " AND ".join(parts) or "true", values


async def _counts(
    datasette: Datasette, selection: Selection, rare: set[str]
) -> Counter[tuple[str | None, ...]]:
    """Stories by site, section and language, whichever of these are ticked."""
    where, values = _where(replace(selection, sites=(), sections=(), languages=()), rare)
    # In the order of the index no sorting is needed.
    index = "" if rare or selection.since or selection.until else "INDEXED BY articles_by_facets"
    sql = (
        f"SELECT site, section, language, count(*) AS stories FROM articles {index} WHERE {where} "  # noqa: S608
        "GROUP BY site, language, section"
    )
    counts: Counter[tuple[str | None, ...]] = Counter()
    for row in await unchanged_rows(datasette, sql, values):
        counts[row["site"], row["section"], row["language"]] += row["stories"]
    return counts


def _is_narrowed(selection: Selection) -> bool:
    return any(getattr(selection, name) for name in FACETS.values())


def _chosen(
    counts: Counter[tuple[str | None, ...]], selection: Selection, but: str = ""
) -> list[int]:
    return [count for _, count in _matching(counts, selection, but)]


def _matching(
    counts: Counter[tuple[str | None, ...]], selection: Selection, but: str
) -> list[tuple[tuple[str | None, ...], int]]:
    """Those that the ticked values of all lists `but` one select."""
    ticked = [() if name == but else getattr(selection, FACETS[name]) for name in FACETS]
    return [
        (key, count)
        for key, count in counts.items()
        if all(not chosen or value in chosen for value, chosen in zip(key, ticked, strict=True))
    ]


def _facet(counts: Counter[tuple[str | None, ...]], selection: Selection, name: str) -> list[Count]:
    """Each value with its stories among what the other lists select, the most frequent first; a ticked one
    without any, too.
    """
    at, chosen = list(FACETS).index(name), getattr(selection, FACETS[name])
    found: Counter[str] = Counter(dict.fromkeys(chosen, 0))
    for key, count in _matching(counts, selection, name):
        if value := key[at]:
            found[value] += count
    ordered = sorted(found.items(), key=lambda item: (item[0] not in chosen, -item[1], item[0]))
    return [(value, count, value in chosen) for value, count in ordered]


async def _newest(
    datasette: Datasette, selection: Selection, rare: set[str], offset: int, size: int
) -> list[int]:
    where, values = _where(selection, rare)
    index = "" if rare else "INDEXED BY articles_by_time"
    order = "published DESC, number DESC" if rare else "published DESC"
    sql = (
        f"SELECT number FROM articles {index} WHERE {where} "  # noqa: S608
        f"ORDER BY {order} LIMIT :size OFFSET :offset"
    )
    found = await rows(datasette, sql, values | {"size": size, "offset": offset})
    return [row["number"] for row in found]


async def _best(datasette: Datasette, selection: Selection, offset: int, size: int) -> list[int]:
    """Those that have it all in the title and headlines before the others, then by the words' weight."""
    sql, values = conditions(replace(selection, search=""))
    values |= conditions(Selection(selection.search))[1]
    # With the `+` the matches are read once, and not for each selected article.
    among = [f"+rowid{part.removeprefix('number')}" for part in sql if part.startswith("number ")]
    if columns := [part for part in sql if not part.startswith("number ")]:
        selected = f"SELECT number FROM articles WHERE {' AND '.join(columns)}"  # noqa: S608
        among.append(f"+rowid IN ({selected})")
    matches = f"FROM _search WHERE {' AND '.join(['_search MATCH :search', *among])}"
    # Weights alone had no title with all the words in the first place for a quarter of queries: a form
    # that few texts have weighs more than a title.
    newest = f"SELECT rowid AS number {matches} ORDER BY rowid DESC LIMIT {RANKED}"
    best = (
        f"WITH oldest(number) AS MATERIALIZED (SELECT min(number) FROM ({newest})), "  # noqa: S608
        "titled AS MATERIALIZED (SELECT rowid AS number FROM _search WHERE _search MATCH :in_titles "
        "AND rowid >= (SELECT number FROM oldest)) "
        "SELECT rowid AS number, bm25(_search, 8.0, 1.0, 4.0) AS score "
        f"{matches} AND rowid >= (SELECT number FROM oldest) "
        "ORDER BY number IN (SELECT number FROM titled) DESC, score, number DESC "
        "LIMIT :size OFFSET :offset"
    )
    values |= {"in_titles": in_titles(selection.search), "size": size, "offset": offset}
    found = await rows(datasette, best, values)
    return [row["number"] for row in found]


async def _stories(datasette: Datasette, numbers: list[int], search: str) -> list[ResultRow]:
    """The rows in this order, each with its words in context and the copies whose headlines are found."""
    names = {f"n{at}": number for at, number in enumerate(numbers)}
    listed = ", ".join(f":{name}" for name in names)
    sql = f"SELECT {_COLUMNS} FROM articles WHERE number IN ({listed})"  # noqa: S608
    found = {row["number"]: row for row in await rows(datasette, sql, names)}
    copies = await rows(datasette, _COPIES.format(listed), names) if search else []
    stories = [found[number] for number in numbers if number in found]
    for story in stories:
        story["context"] = in_context(story["text"], search)
        story["copies"] = _headlines(story, copies, search)
    return stories


def _headlines(story: ResultRow, copies: list[ResultRow], search: str) -> list[ResultRow]:
    """Other headlines of the story that the search finds."""
    seen = {story["title"]}
    found = []
    for copy in copies:
        if copy["original"] == story["number"] and copy["title"] not in seen:
            seen.add(copy["title"])
            found += [copy] if has_match(copy["title"], search) else []
    return found[:_MAX_COPIES]
