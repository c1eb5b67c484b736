"""The words that mark one selection of stories against another, by how many stories of each have them."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from datasette.app import Datasette

from browse.live_database import rows
from storage.search_query import matcher
from storage.selection import Selection, selection_from, where_clause
from text.keyness import Keyword, WordCounts, keywords, spellings
from text.search_folding import fold_for_search

# Stories of a side that are read.
SAMPLE = 2000
_BATCH, _WORDS = 250, 60
_OTHER = "other_"
# One value: a row for each of 10^6 stories would take seconds.
_NUMBERS = "SELECT json_group_array(number) AS numbers FROM articles WHERE {where}"
_TEXTS = """
SELECT number, coalesce(title, '') || char(10) || substr(text, 1, 100000) AS text
FROM articles WHERE number IN (SELECT value FROM json_each(:numbers)) ORDER BY number
"""
_LANGUAGE = """
SELECT language FROM articles WHERE {where} AND language IS NOT NULL
GROUP BY language ORDER BY count(*) DESC, language LIMIT 1
"""
# Of each word some stories that have it.
_PLACES = """
SELECT (SELECT json_group_array(number) FROM (
    SELECT rowid AS number FROM _search WHERE _search MATCH '"' || word.value || '"' LIMIT 6
)) AS numbers FROM json_each(:words) AS word
"""
# One at a time: counting occupies the interpreter, and other pages are to be answered meanwhile.
_counting = ThreadPoolExecutor(1, thread_name_prefix="words")


@dataclass(frozen=True, slots=True)
class WordComparison:
    """`own` against `other`; `against_rest`: `other` is all of the same language that is not in `own`.
    Stories of both are counted with `own` alone.
    """

    own: Selection
    other: Selection
    against_rest: bool


@dataclass(frozen=True, slots=True)
class Side:
    """What was counted: `stories` of the selection, of which `read` ones were read."""

    stories: int
    read: int
    words: list[Keyword]


@dataclass(frozen=True, slots=True)
class MarkingWords:
    """`spelt`: how each folded word is mostly written."""

    own: Side
    other: Side
    spelt: dict[str, str]


def comparison_from(pairs: list[tuple[str, str]]) -> WordComparison | None:
    """None where nothing is chosen. What is not said of the other side is as on the one: another
    period of the same outlet, another outlet in the same period. Raises SelectionError.
    """
    own = selection_from((name, value) for name, value in pairs if not name.startswith(_OTHER))
    given = selection_from(
        (name.removeprefix(_OTHER), value) for name, value in pairs if name.startswith(_OTHER)
    )
    if own == Selection() and given == Selection():
        return None
    if given == Selection():
        return WordComparison(own, Selection(languages=own.languages), against_rest=True)
    changes: dict[str, Any] = {
        name: value
        for name in Selection.__dataclass_fields__
        if (value := getattr(given, name)) != getattr(Selection(), name)
    }
    if given.since or given.until:
        changes |= {"since": given.since, "until": given.until}
    return WordComparison(own, replace(own, **changes), against_rest=False)


async def in_one_language(datasette: Datasette, comparison: WordComparison) -> WordComparison:
    """Where none is chosen, the one in which most of the stories are: the words of another language
    would mark whichever side has it.
    """
    if comparison.own.languages or comparison.other.languages:
        return comparison
    where, values = where_clause(comparison.own)
    found = await rows(datasette, _LANGUAGE.format(where=where), values)
    languages = tuple(row["language"] for row in found)
    return replace(
        comparison,
        own=replace(comparison.own, languages=languages),
        other=replace(comparison.other, languages=languages),
    )


async def marking_words(datasette: Datasette, comparison: WordComparison) -> MarkingWords:
    """Raises datasette's QueryInterrupted."""
    own_numbers = await _numbers(datasette, comparison.own)
    taken = frozenset(own_numbers)
    other_numbers = [n for n in await _numbers(datasette, comparison.other) if n not in taken]
    own = await _counted(datasette, own_numbers)
    other = await _counted(datasette, other_numbers)
    for search in {comparison.own.search, comparison.other.search} - {""}:
        sought = matcher(search)
        for counted in (own, other):
            counted.leave_out(
                [word for word in counted.counts if sought.names(fold_for_search(word))]
            )
    marking = keywords(own, other, _WORDS)
    words = [word.word for side in marking for word in side]
    spelt = await _spelt(datasette, words)
    return MarkingWords(
        Side(len(own_numbers), own.texts, marking[0]),
        Side(len(other_numbers), other.texts, marking[1]),
        spelt,
    )


async def _numbers(datasette: Datasette, selection: Selection) -> list[int]:
    where, values = where_clause(selection)
    [row] = await rows(datasette, _NUMBERS.format(where=where), values)
    numbers: list[int] = await _in_thread(lambda: sorted(json.loads(row["numbers"])))
    return numbers


def sample(numbers: list[int], size: int = SAMPLE) -> list[int]:
    """At most `size` of them, evenly spread: the same ones whenever the same stories are there."""
    if len(numbers) <= size:
        return numbers
    return [numbers[n * len(numbers) // size] for n in range(size)]


async def _spelt(datasette: Datasette, words: list[str]) -> dict[str, str]:
    """How each folded word is mostly written, by the first stories of the index that have it."""
    found = await rows(datasette, _PLACES, {"words": json.dumps(words)}) if words else []
    numbers = sorted({number for row in found for number in json.loads(row["numbers"])})
    texts = [text async for batch in _texts(datasette, numbers) for _number, text in batch]
    spelt: dict[str, str] = await _in_thread(spellings, words, texts)
    return spelt


async def _counted(datasette: Datasette, numbers: list[int]) -> WordCounts:
    counts = WordCounts()
    async for batch in _texts(datasette, sample(numbers)):
        await _in_thread(counts.add, [text for _number, text in batch])
    return counts


async def _texts(datasette: Datasette, numbers: list[int]) -> AsyncIterator[list[tuple[int, str]]]:
    for start in range(0, len(numbers), _BATCH):
        values = {"numbers": json.dumps(numbers[start : start + _BATCH])}
        yield [(row["number"], row["text"]) for row in await rows(datasette, _TEXTS, values)]


async def _in_thread(function: Any, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_counting, function, *arguments)
