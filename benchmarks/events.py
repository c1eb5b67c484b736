"""Precision and recall of “one event” on labelled pairs, by what two stories are compared by.

usage: python -m benchmarks.events ARTICLES.jsonl.gz

ARTICLES is the set whose ids `benchmarks/data/event_pairs.jsonl` has; its articles of made-up outlets
(`*.example`) are left out. What the parts are, `benchmarks/data/event_pairs.md` says: the regression of
`text/story_words.py` was trained on `tuning` and `seen`; nothing was chosen on `fresh`. Pairs that are
marked as borderline count in the rows that say so.
"""

import argparse
import gzip
import json
import math
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.data import labelled_events
from benchmarks.data.labelled_events import EventPair, Scored
from pipelines.ingest.documents import import_documents
from storage.database import FILE, open_database
from storage.events import LIKELY, STRONG, StoredWords, stored_words, word_weights
from storage.formats import import_files
from text.story_words import Likeness, WeightedStory, likeness, weighted_story
from text.timestamps import utc_now
from text.urls import canonicalise

Score = Callable[[Likeness], float]


def _mean(*values: float) -> float:
    return math.pow(math.prod(values), 1 / len(values))


METHODS: dict[str, Score] = {
    "headlines' share": lambda like: like.headline,
    "cosine of leads": lambda like: like.lead,
    "cosine of texts": lambda like: like.body,
    "telling words": lambda like: like.telling,
    "mean of three": lambda like: _mean(like.lead, like.body, min(1.0, 0.1 + like.headline)),
    "regression (`text/story_words.py`)": lambda like: like.score,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    articles: Path = parser.parse_args().articles
    pairs = labelled_events.read()
    with tempfile.TemporaryDirectory() as temporary:
        alike = compared_pairs(articles, Path(temporary), pairs)
    print(f"{len(pairs)} pairs, {len(alike)} of stories that are no copies\n")
    _report(alike)


def compared_pairs(
    articles: Path, folder: Path, pairs: Sequence[EventPair]
) -> dict[EventPair, Likeness]:
    """How alike the stories of the pairs are that are no copies, in a database made in the folder."""
    ids = _imported(articles, folder)
    return _compared(sqlite3.connect(folder / FILE), pairs, ids)


def _imported(articles: Path, folder: Path) -> dict[str, str]:
    """The ids of the set by canonical URL, once its articles are in a database in the folder."""
    with gzip.open(articles, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if not row["source"].endswith(".example")]
    kept = folder / "articles.jsonl"
    kept.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with open_database(folder) as db:
        for _ in import_documents(db, import_files.read(kept), utc_now()):
            pass
    return {canonicalise(row["url"]) or row["url"]: row["id"] for row in rows}


def _compared(
    connection: sqlite3.Connection, pairs: Sequence[EventPair], ids: dict[str, str]
) -> dict[EventPair, Likeness]:
    numbers = {
        ids[canonicalise(url) or url]: number
        for number, url in connection.execute("SELECT number, url FROM articles")
    }
    weights = word_weights(connection)
    known: dict[str, tuple[StoredWords, WeightedStory]] = {}
    for id_ in {id_ for pair in pairs for id_ in (pair.first, pair.second) if id_ in numbers}:
        [story] = stored_words(connection, [numbers[id_]])
        known[id_] = story, weighted_story(story.words, weights.of(story.outlet))
    return {
        pair: likeness(known[pair.first][1], known[pair.second][1], _days(known, pair))
        for pair in pairs
        if pair.first in known and pair.second in known
    }


def _days(known: dict[str, tuple[StoredWords, WeightedStory]], pair: EventPair) -> int:
    first, second = known[pair.first][0].day, known[pair.second][0].day
    return abs((first - second).days) if first and second else 0


def _report(alike: dict[EventPair, Likeness]) -> None:
    print("| compared by | average precision: tuning | seen | fresh |\n|---|---|---|---|")
    for name, score in METHODS.items():
        averages = [
            labelled_events.average_precision(_scored(alike, part, score))
            for part in ("tuning", "seen", "fresh")
        ]
        print(f"| {name} | {' | '.join(f'{average:.2f}' for average in averages)} |")
    print(
        "\n| with the thresholds of `storage/events.py` | strong: P / R | both: P / R |\n|---|---|---|"
    )
    for name, part, chosen in _PARTS:
        scored = _scored(alike, part, lambda like: like.score, chosen)
        found = [
            "{:.2f} / {:.2f}".format(*labelled_events.precision_recall(scored, least))
            for least in (STRONG, LIKELY)
        ]
        events = sum(is_event for _, is_event in scored)
        print(f"| {name}: {len(scored)} pairs, {events} of one event | {' | '.join(found)} |")


_PARTS: list[tuple[str, str, Callable[[EventPair], bool]]] = [
    ("tuning", "tuning", lambda pair: not pair.borderline),
    ("seen", "seen", lambda pair: not pair.borderline),
    ("fresh", "fresh", lambda pair: not pair.borderline),
    ("fresh, one outlet", "fresh", lambda pair: not pair.borderline and pair.same_outlet),
    ("fresh, two outlets", "fresh", lambda pair: not pair.borderline and not pair.same_outlet),
    ("fresh, borderline too", "fresh", lambda pair: True),
]


def _scored(
    alike: dict[EventPair, Likeness],
    part: str,
    score: Score,
    chosen: Callable[[EventPair], bool] = lambda pair: not pair.borderline,
) -> list[Scored]:
    return [
        (score(like), pair.is_event)
        for pair, like in alike.items()
        if pair.part == part and chosen(pair)
    ]


if __name__ == "__main__":
    main()
