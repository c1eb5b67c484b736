"""Labelled pairs of stories: of one event, of one topic, unrelated; and how well a score tells them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("event_pairs.jsonl")

# A pair's score, and whether it is of one event.
Scored = tuple[float, bool]


@dataclass(frozen=True, slots=True)
class EventPair:
    """Two articles, by their ids in the set they are from. `part`: tuning, seen or fresh; `borderline`:
    careful readers may differ; `same_outlet`: both are of one outlet.
    """

    first: str
    second: str
    label: str
    part: str
    borderline: bool
    same_outlet: bool

    @property
    def is_event(self) -> bool:
        return self.label == "event"


def read(path: Path = FILE) -> list[EventPair]:
    return [_pair(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _pair(row: dict[str, Any]) -> EventPair:
    is_same = row["outlets"] == "same"
    borderline = row.get("borderline", False)
    return EventPair(row["a"], row["b"], row["label"], row["part"], borderline, is_same)


def average_precision(scored: Iterable[Scored]) -> float:
    """The mean precision at each pair of one event; of equal scores the others come first."""
    found, precisions = 0, 0.0
    for place, (_, is_event) in enumerate(sorted(scored, key=lambda s: (-s[0], s[1])), 1):
        if is_event:
            found += 1
            precisions += found / place
    return precisions / max(1, found)


def threshold(scored: Sequence[Scored], precision: float) -> float:
    """The score from which most pairs of one event are found with at least this precision; one that
    finds none where there is no such score.
    """
    best, found = 1.01, 0
    for place, (score, is_event) in enumerate(sorted(scored, key=lambda s: (-s[0], s[1])), 1):
        found += is_event
        if found / place >= precision:
            best = score
    return best


def precision_recall(scored: Sequence[Scored], least: float) -> tuple[float, float]:
    chosen = [is_event for score, is_event in scored if score >= least]
    return sum(chosen) / max(1, len(chosen)), sum(chosen) / max(1, sum(e for _, e in scored))
