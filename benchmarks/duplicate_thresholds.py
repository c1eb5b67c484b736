"""The thresholds of the rule chosen on one half of a labelled set and tried on the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

from sqlite_utils import Database

from benchmarks.data import labelled_duplicates
from benchmarks.data.labelled_duplicates import Labels, Pair
from storage.duplicates import compare
from storage.duplicates.compare import Comparison, compare_texts
from storage.duplicates.entries import EntryCache
from storage.duplicates.index import find_candidates as candidates
from storage.duplicates.shingles import sketch

_SHIPPED = {"_NEAR": compare._NEAR, "_OWN": compare._OWN, "COPY_CONFLICT": compare.COPY_CONFLICT}
_GRID: dict[str, list[Any]] = {
    "_NEAR": [(0.28, 0.55), (0.32, 0.6), (0.36, 0.65), (0.4, 0.7), (0.45, 0.75), (0.5, 0.8)],
    "_OWN": [(0.4, 0.7), (0.5, 0.74), (0.58, 0.76), (0.65, 0.78), (0.72, 0.84), (0.8, 0.9)],
    "COPY_CONFLICT": [0.2, 0.34, 0.5, 0.7, 1.0],
}
# Everything that any rule of the grid could call a copy gets its full figures.
_WIDEST = {"_NEAR": (0.1, 0.3), "_OWN": (0.1, 0.3), "_FAR": (0.1, 0.3), "_USUAL": (0.1, 0.3)}


def report(db: Database, known: Labels) -> None:
    """Pairs by themselves, before they are made clusters."""
    seen = _verdicts(db, known)
    print(f"\nthresholds, over {len(seen)} pairs that the index names:")
    _line(known, seen, "as shipped", _SHIPPED)
    for here, there in (("A", "B"), ("B", "A")):
        best = max(_settings(), key=lambda tried: _f1(known, seen, tried, here))
        print(f"  best on {here}: {_said(best)}")
        for part in (here, there):
            print(f"    on {part}: {labelled_duplicates.score(known, _copies(seen, best), part)}")


def _line(known: Labels, seen: Mapping[Pair, Comparison], name: str, tried: dict[str, Any]) -> None:
    print(f"  {name}: {_said(tried)}")
    for part in "AB":
        print(f"    on {part}: {labelled_duplicates.score(known, _copies(seen, tried), part)}")


def _f1(known: Labels, seen: Mapping[Pair, Comparison], tried: dict[str, Any], part: str) -> float:
    return labelled_duplicates.score(known, _copies(seen, tried), part).f1


def _settings() -> Iterator[dict[str, Any]]:
    for values in product(*_GRID.values()):
        yield dict(zip(_GRID, values, strict=True))


def _said(tried: dict[str, Any]) -> str:
    near, own, conflict = tried["_NEAR"], tried["_OWN"], tried["COPY_CONFLICT"]
    return f"near {near[0]}/{near[1]}, one outlet {own[0]}/{own[1]}, numbers {conflict}"


def _copies(seen: Mapping[Pair, Comparison], tried: dict[str, Any]) -> set[Pair]:
    with _rule(tried):
        return {pair for pair, each in seen.items() if compare.relation_of(each) == "copy"}


def _verdicts(db: Database, known: Labels) -> dict[Pair, Comparison]:
    """The figures of every pair that the index names."""
    ids = {article["url"]: id_ for id_, article in known.articles.items()}
    entries = {
        row["entry"]: ids[row["url"]]
        for row in db.query(
            "SELECT entry, coalesce(articles.url, copies.url) AS url "
            "FROM _duplicate_entries AS entries "
            "LEFT JOIN articles USING (id) LEFT JOIN copies ON copies.id = entries.id"
        )
    }
    texts, seen = EntryCache(db), {}
    texts.load(entries)
    with _rule(_WIDEST):
        for entry, id_ in entries.items():
            party = texts.compared_text(entry)
            shingles = party.tokens.shingles
            for other in candidates(db, sketch(shingles), len(shingles)).entries:
                pair = (id_, entries[other])
                if pair[0] < pair[1] and pair not in seen:
                    seen[pair] = replace(
                        compare_texts(party, texts.compared_text(other)), kind="distinct"
                    )
    return seen


@contextmanager
def _rule(tried: Mapping[str, Any]) -> Iterator[None]:
    before = {name: getattr(compare, name) for name in tried}
    try:
        for name, value in tried.items():
            setattr(compare, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(compare, name, value)
