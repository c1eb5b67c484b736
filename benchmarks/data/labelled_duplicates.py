"""Labelled pairs of articles in two independent halves, and the score of a clustering."""

import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labels:
    """`kinds`: the label of a pair (`copy`, `distinct`, `overlap`, `ignore`) and how it was made;
    `parts`: the half of the set, `A` or `B`, by article.
    """

    articles: dict[str, dict[str, str]]
    kinds: dict[Pair, tuple[str, str]]
    parts: dict[str, str]

    def copies(self, part: str | None = None) -> set[Pair]:
        return {
            pair
            for pair, (label, _) in self.kinds.items()
            if label == "copy" and self.is_in(pair, part)
        }

    def is_in(self, pair: Pair, part: str | None) -> bool:
        return part is None or part in (self.parts[pair[0]], self.parts[pair[1]])


@dataclass(frozen=True, slots=True)
class Score:
    """Copies of the same original count as copies of each other, without a label of their own."""

    found: int
    false: set[Pair]
    missed: set[Pair]

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + len(self.false))

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + len(self.missed))

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    def __str__(self) -> str:
        return f"precision {self.precision:.4f}  recall {self.recall:.4f}  F1 {self.f1:.4f}"


def read(folder: Path) -> Labels:
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        articles = {record["id"]: record for record in map(json.loads, file)}
    kinds: dict[Pair, tuple[str, str]] = {}
    for name in ("pairs.jsonl", "ignore.jsonl"):
        for record in map(json.loads, (folder / name).read_text().splitlines()):
            label = record.get("label", "ignore") if name == "pairs.jsonl" else "ignore"
            kinds[_pair(record["a"], record["b"])] = label, record.get("kind", "")
    return Labels(articles, kinds, _parts(articles, kinds))


def score(labels: Labels, found: Collection[Pair], part: str | None = None) -> Score:
    """Score the pairs found to be copies, all of them or those of a part."""
    selected = {pair for pair in found if labels.is_in(pair, part)}
    copies = labels.copies(part)
    wrong = {
        pair
        for pair in selected - copies - _implied(labels.copies())
        if labels.kinds.get(pair, ("distinct", ""))[0] == "distinct"
    }
    return Score(len(selected & copies), wrong, copies - selected)


def by_kind(labels: Labels, pairs: Iterable[Pair]) -> str:
    counts = Counter(labels.kinds.get(pair, ("", "not labelled"))[1] for pair in pairs)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "none"


def pairs_of(clusters: Iterable[Collection[str]]) -> set[Pair]:
    return {_pair(*ids) for cluster in clusters for ids in combinations(cluster, 2)}


def _implied(copies: Iterable[Pair]) -> set[Pair]:
    neighbours: dict[str, set[str]] = defaultdict(set)
    for first, second in copies:
        neighbours[first].add(second)
        neighbours[second].add(first)
    return pairs_of(neighbours.values())


def _pair(first: str, second: str) -> Pair:
    return (first, second) if first < second else (second, first)


def _parts(articles: Iterable[str], kinds: Iterable[Pair]) -> dict[str, str]:
    """Articles connected by any label are in the same half, chosen by a hash."""
    leader = {article: article for article in articles}

    def root(article: str) -> str:
        while leader[article] != article:
            article = leader[article]
        return article

    for first, second in kinds:
        low, high = sorted((root(first), root(second)))
        leader[high] = low
    return {
        article: "AB"[hashlib.sha256(root(article).encode()).digest()[0] % 2] for article in leader
    }
