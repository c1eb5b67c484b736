"""Chooses the thresholds on one half of a labelled set and scores them on the other."""

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
from text.urls import canonicalise

_SHIPPED = {"_NEAR": compare._NEAR, "_OWN": compare._OWN, "COPY_CONFLICT": compare.COPY_CONFLICT}
_GRID: dict[str, list[Any]] = {
    "_NEAR": [(0.28, 0.55), (0.32, 0.6), (0.36, 0.65), (0.4, 0.7), (0.45, 0.75), (0.5, 0.8)],
    "_OWN": [(0.4, 0.7), (0.5, 0.74), (0.58, 0.76), (0.65, 0.78), (0.72, 0.84), (0.8, 0.9)],
    "COPY_CONFLICT": [0.2, 0.34, 0.5, 0.7, 1.0],
}
# So low that every pair which any thresholds of the grid could call a copy is compared in full.
_WIDEST = {"_NEAR": (0.1, 0.3), "_OWN": (0.1, 0.3), "_FAR": (0.1, 0.3), "_USUAL": (0.1, 0.3)}


def report(db: Database, labels: Labels) -> None:
    """Print scores of single pairs, before clustering."""
    compared = _compare_candidates(db, labels)
    print(f"\nthresholds, over {len(compared)} candidate pairs of the index:")
    _line(labels, compared, "as shipped", _SHIPPED)
    for chosen_on, other in (("A", "B"), ("B", "A")):
        best = max(_grid(), key=lambda thresholds: _f1(labels, compared, thresholds, chosen_on))
        print(f"  best on {chosen_on}: {_describe(best)}")
        for part in (chosen_on, other):
            print(
                f"    on {part}: {labelled_duplicates.score(labels, _copies(compared, best), part)}"
            )


def _line(
    labels: Labels, compared: Mapping[Pair, Comparison], name: str, thresholds: dict[str, Any]
) -> None:
    print(f"  {name}: {_describe(thresholds)}")
    for part in "AB":
        print(
            f"    on {part}: {labelled_duplicates.score(labels, _copies(compared, thresholds), part)}"
        )


def _f1(
    labels: Labels, compared: Mapping[Pair, Comparison], thresholds: dict[str, Any], part: str
) -> float:
    return labelled_duplicates.score(labels, _copies(compared, thresholds), part).f1


def _grid() -> Iterator[dict[str, Any]]:
    for values in product(*_GRID.values()):
        yield dict(zip(_GRID, values, strict=True))


def _describe(thresholds: dict[str, Any]) -> str:
    near, own, conflict = thresholds["_NEAR"], thresholds["_OWN"], thresholds["COPY_CONFLICT"]
    return f"near {near[0]}/{near[1]}, one outlet {own[0]}/{own[1]}, numbers {conflict}"


def _copies(compared: Mapping[Pair, Comparison], thresholds: dict[str, Any]) -> set[Pair]:
    with _thresholds(thresholds):
        return {
            pair
            for pair, comparison in compared.items()
            if compare.relation_of(comparison) == "copy"
        }


def _compare_candidates(db: Database, labels: Labels) -> dict[Pair, Comparison]:
    """The comparison of every candidate pair of the index."""
    ids = {
        canonicalise(article["url"]) or article["url"]: id_
        for id_, article in labels.articles.items()
    }
    entries = {
        row["entry"]: ids[canonicalise(row["url"]) or row["url"]]
        for row in db.query(
            "SELECT entry, coalesce(articles.url, copies.url) AS url "
            "FROM _duplicate_entries AS entries "
            "LEFT JOIN articles USING (id) LEFT JOIN copies ON copies.id = entries.id"
        )
    }
    texts, compared = EntryCache(db), {}
    texts.load(entries)
    with _thresholds(_WIDEST):
        for entry, id_ in entries.items():
            text = texts.compared_text(entry)
            shingles = text.tokens.shingles
            for other in candidates(db, sketch(shingles), len(shingles)).entries:
                pair = (id_, entries[other])
                if pair[0] < pair[1] and pair not in compared:
                    compared[pair] = replace(
                        compare_texts(text, texts.compared_text(other)), kind="distinct"
                    )
    return compared


@contextmanager
def _thresholds(values: Mapping[str, Any]) -> Iterator[None]:
    shipped = {name: getattr(compare, name) for name in values}
    try:
        for name, value in values.items():
            setattr(compare, name, value)
        yield
    finally:
        for name, value in shipped.items():
            setattr(compare, name, value)
