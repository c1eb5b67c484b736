"""Labelled pairs of articles, in two parts that share no family, and the score of a clustering."""

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
    """`kinds`: what a pair is (`copy`, `distinct`, `overlap`, `ignore`) and how it came about;
    `parts`: of each article, the half of the set it is in.
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
    """Copies of one original are copies of each other, though only pairs with it are labelled."""

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
        articles = {said["id"]: said for said in map(json.loads, file)}
    kinds: dict[Pair, tuple[str, str]] = {}
    for name in ("pairs.jsonl", "ignore.jsonl"):
        for said in map(json.loads, (folder / name).read_text().splitlines()):
            label = said.get("label", "ignore") if name == "pairs.jsonl" else "ignore"
            kinds[_pair(said["a"], said["b"])] = label, said.get("kind", "")
    return Labels(articles, kinds, _parts(articles, kinds))


def score(labels: Labels, found: Collection[Pair], part: str | None = None) -> Score:
    """Of pairs that are said to be copies, those of one part (all without it)."""
    here = {pair for pair in found if labels.is_in(pair, part)}
    copies = labels.copies(part)
    wrong = {
        pair
        for pair in here - copies - _implied(labels.copies())
        if labels.kinds.get(pair, ("distinct", ""))[0] == "distinct"
    }
    return Score(len(here & copies), wrong, copies - here)


def by_kind(labels: Labels, pairs: Iterable[Pair]) -> str:
    counts = Counter(labels.kinds.get(pair, ("", "not labelled"))[1] for pair in pairs)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "none"


def pairs_of(clusters: Iterable[Collection[str]]) -> set[Pair]:
    return {_pair(*two) for cluster in clusters for two in combinations(cluster, 2)}


def _implied(copies: Iterable[Pair]) -> set[Pair]:
    near: dict[str, set[str]] = defaultdict(set)
    for one, other in copies:
        near[one].add(other)
        near[other].add(one)
    return pairs_of(near.values())


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _parts(articles: Iterable[str], kinds: Iterable[Pair]) -> dict[str, str]:
    """What any label ties together is in one part, which one is chance."""
    leader = {article: article for article in articles}

    def first(article: str) -> str:
        while leader[article] != article:
            article = leader[article]
        return article

    for one, other in kinds:
        low, high = sorted((first(one), first(other)))
        leader[high] = low
    return {
        article: "AB"[hashlib.sha256(first(article).encode()).digest()[0] % 2] for article in leader
    }
