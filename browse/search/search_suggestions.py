"""For a word that no story has, in any form, the likeliest words of the index that it may have been
meant to be.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass

from datasette.app import Datasette

from browse.live_database import ResultRow, rows
from storage.query_syntax import Term
from storage.search_query import SearchQuery, expression, read_query, term_expression
from text.search_folding import fold_for_search
from text.typing_errors import one_slip, other_layouts, two_slips

# Words looked for, and suggestions for each.
_MAX_WORDS, _MAX_SUGGESTIONS = 3, 3
_LOOKUP = """
SELECT term, doc FROM json_each(:words) CROSS JOIN _search_terms ON term = json_each.value
"""
_NEWEST = """
SELECT title, substr(text, 1, 20000) AS text FROM articles
WHERE number = (SELECT max(rowid) FROM _search WHERE _search MATCH :word)
"""
# Weight of the logarithm of how many stories have a word: from .5 to 1 none was better than another.
_FREQUENCY = 0.6
# Of the likeliest words it is counted how many stories have them together with the query's other words.
_IN_CONTEXT, _MOST_TOGETHER, _TOGETHER = 16, 100, 1.5
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM _search WHERE _search MATCH :w{0} LIMIT {1})"
# As much as a likely slip counts: keys of another layout that make a word do not do so by chance.
_LAYOUT_WEIGHT = 9.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`query` with `word` in the place of the `missing` one, which began at `start`."""

    query: str
    word: str
    missing: str
    start: int


async def suggestions(datasette: Datasette, query: str) -> list[Suggestion]:
    """Other queries, the likeliest first; none where every word is of some story."""
    found: list[Suggestion] = []
    for term in (await _missing(datasette, read_query(query).terms))[:_MAX_WORDS]:
        typed = query[term.start : term.end]
        others = read_query(f"{query[: term.start]} {query[term.end :]}")
        for word in await _meant(datasette, term, typed, others):
            changed = query[: term.start] + word + query[term.end :]
            found.append(Suggestion(changed, word, typed, term.start))
    return found


def corrected(query: str, meant: Iterable[Suggestion]) -> str:
    """The query with the likeliest word for each that no story has."""
    likeliest: dict[int, Suggestion] = {}
    for suggestion in meant:
        likeliest.setdefault(suggestion.start, suggestion)
    for start, suggestion in sorted(likeliest.items(), reverse=True):
        query = query[:start] + suggestion.word + query[start + len(suggestion.missing) :]
    return query


async def _missing(datasette: Datasette, terms: Iterable[Term]) -> list[Term]:
    words = [term for term in terms if term.word and not term.in_title]
    if not words:
        return []
    exists = "SELECT {0} AS word WHERE NOT EXISTS (SELECT 1 FROM _search WHERE _search MATCH :w{0})"
    sql = " UNION ALL ".join(exists.format(number) for number in range(len(words)))
    values = {f"w{number}": term_expression(term) for number, term in enumerate(words)}
    missing = [words[row["word"]] for row in await rows(datasette, sql, values)]
    # Several words of one part, `hgp;,lm`, are one to its writer.
    return list({term.start: term for term in missing}.values())


async def _meant(datasette: Datasette, term: Term, typed: str, others: SearchQuery) -> list[str]:
    """What stories have, in the spelling of the newest; at most a few, the likeliest first."""
    scores = await _slips(datasette, term.word) if fold_for_search(typed) == term.word else {}
    for text in other_layouts(typed):
        layout = read_query(text).terms
        if len(layout) == 1 and layout[0].word and not await _missing(datasette, layout):
            scores[fold_for_search(text)] = _LAYOUT_WEIGHT + math.log(len(text))
    scores = await _in_context(datasette, scores, others)
    best = sorted(scores, key=lambda term: (-scores[term], term))[:_MAX_SUGGESTIONS]
    return list(dict.fromkeys([await _spelt(datasette, term) for term in best]))


async def _slips(datasette: Datasette, word: str) -> dict[str, float]:
    for weights in (one_slip(word), two_slips(word)):
        if found := await _lookup(datasette, weights):
            return {
                row["term"]: _FREQUENCY * math.log(row["doc"]) + weights[row["term"]]
                for row in found
            }
    return {}


async def _in_context(
    datasette: Datasette, scores: dict[str, float], others: SearchQuery
) -> dict[str, float]:
    """The likeliest, those before others that stories have together with the query's `others`."""
    likeliest = sorted(scores, key=lambda word: (-scores[word], word))[:_IN_CONTEXT]
    if len(likeliest) < 2 or others.is_complement or not others.terms:
        return scores
    counts = [
        f"SELECT {number} AS word, ({_COUNT.format(number, _MOST_TOGETHER)}) AS stories"
        for number in range(len(likeliest))
    ]
    together = [f'"{word}" AND {others.expression}' for word in likeliest]
    values = {f"w{number}": matching for number, matching in enumerate(together)}
    found = await rows(datasette, " UNION ALL ".join(counts), values)
    return {
        word: scores[word] + _TOGETHER * math.log1p(row["stories"])
        for word, row in zip(likeliest, found, strict=True)
    }


async def _lookup(datasette: Datasette, weights: dict[str, float]) -> list[ResultRow]:
    words = json.dumps(sorted(weights), ensure_ascii=False)
    return await rows(datasette, _LOOKUP, {"words": words}) if weights else []


async def _spelt(datasette: Datasette, term: str) -> str:
    """The word as the newest story writes it."""
    matching = expression(f'"{term}"')
    for row in await rows(datasette, _NEWEST, {"word": matching}):
        for word in f"{row['title'] or ''} {row['text']}".split():
            bare = word.strip(".,;:!?،؛؟«»“”\"'()[]…")
            if fold_for_search(bare) == term and '"' not in bare and "-" not in bare:
                return bare
    return term
