"""The stories of one event: those of the days around that are alike by the words that matter, and are no
copies. Found on demand, in the full-text index: nothing is stored.
"""

import math
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from text.story_words import (
    Likeness,
    StoryWords,
    WeightedStory,
    bare_word,
    likeness,
    story_words,
    weighted_story,
    word_stem,
)

Certainty = Literal["strong", "likely"]

# Days before and after a story in which others may tell of its event.
EVENT_DAYS = 3
# Of `Likeness.score`; chosen by predictions for days that the regression was not trained on
# (`benchmarks/train_events.py`): precision .96 of what is `strong`, .54 of what is `likely`.
STRONG, LIKELY = 0.8, 0.4
# Stories by which words are weighed: with half as many average precision falls from .67 to .64.
_SAMPLE = 1500
# Stories that an outlet has of its own before its furniture is told from its news.
_FEW_OF_OUTLET = 10
_TELLING_WORDS, _CANDIDATES, _MAX_POSTINGS, _MAX_WINDOW = 32, 30, 2000, 100_000
_PREFIXES = ("", "ال", "و", "وال", "ب", "ل")

_STORY = """
SELECT number, coalesce(site, source, ''), published, title,
    substr(text, 1, 3000) AS text
FROM articles WHERE number
"""
_WINDOW = "SELECT number FROM articles WHERE published >= ? AND published < ? LIMIT ?"
_POSTINGS = """
SELECT rowid FROM _search WHERE _search MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class EventStory:
    """A story of the event, by its number, and what binds it to the one that was asked for."""

    number: int
    outlet: str
    words: WeightedStory
    likeness: Likeness

    @property
    def certainty(self) -> Certainty:
        return "strong" if self.likeness.score >= STRONG else "likely"


@dataclass(frozen=True, slots=True)
class Event:
    """The event of one story, and the `others` that tell of it, the most alike first. Without a `day`,
    which the story may not have, there are none.
    """

    number: int
    outlet: str
    day: date | None
    words: WeightedStory
    others: tuple[EventStory, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredWords:
    """A stored story's words; without a `day` where none is known."""

    number: int
    outlet: str
    day: date | None
    words: StoryWords


class WordWeights:
    """How much a stem tells, by a sample of stories: minus the logarithm of the share of
    them that have it, or of its outlet's own where that is larger, since what an outlet repeats is its
    furniture.
    """

    def __init__(self, stories: Iterable[StoredWords]) -> None:
        self._count, self._stories = 0, Counter[str]()
        self._having: Counter[str] = Counter()
        self._having_by: dict[str, Counter[str]] = {}
        for story in stories:
            stems = set(map(word_stem, story.words.title + story.words.body))
            self._count += 1
            self._stories[story.outlet] += 1
            self._having.update(stems)
            self._having_by.setdefault(story.outlet, Counter()).update(stems)

    def of(self, outlet: str) -> Callable[[str], float]:
        """The weights of stems in a story of the outlet."""
        of_outlet = self._stories[outlet] + _FEW_OF_OUTLET
        having = self._having_by.get(outlet, Counter())

        def weight(stem: str) -> float:
            share = (self._having[stem] + 0.5) / (self._count + 1)
            return max(0.0, -math.log(max(share, (having[stem] - 1) / of_outlet)))

        return weight


def event_of(connection: sqlite3.Connection, number: int, weights: WordWeights) -> Event | None:
    """The event of story `number`; None without such a story. Bounded whatever the texts: so many words,
    postings and candidates.
    """
    asked = next(iter(stored_words(connection, [number])), None)
    if asked is None:
        return None
    own = weighted_story(asked.words, weights.of(asked.outlet))
    event = Event(number, asked.outlet, asked.day, own)
    if asked.day is None:
        return event
    candidates = stored_words(connection, _candidates(connection, number, own, asked.day))
    found = [_event_story(asked.day, own, other, weights) for other in candidates]
    alike = [story for story in found if story.likeness.score >= LIKELY]
    alike.sort(key=lambda story: (-story.likeness.score, story.number))
    return replace(event, others=tuple(alike))


def own_words(event: Event, count: int = 6) -> dict[str, list[str]]:
    """By outlet the words of its headlines and leads of the event that no other outlet's texts have, the
    most telling first.
    """
    stories = [(event.outlet, event.words), *((s.outlet, s.words) for s in event.others)]
    outlets: dict[str, set[str]] = {}
    weights: dict[str, dict[str, tuple[float, str]]] = {}
    for outlet, words in stories:
        for stem in words.body:
            outlets.setdefault(stem, set()).add(outlet)
        for stem, value in words.lead.items():
            before = weights.setdefault(outlet, {}).get(stem, (0.0, ""))[0]
            weights[outlet][stem] = before + value, words.written[stem]
    return {
        outlet: [
            written
            for _, written in sorted(
                (value for stem, value in of_outlet.items() if len(outlets[stem]) == 1),
                key=lambda value: (-value[0], value[1]),
            )
        ][:count]
        for outlet, of_outlet in weights.items()
    }


def _candidates(
    connection: sqlite3.Connection, number: int, own: WeightedStory, day: date
) -> list[int]:
    """Numbers of the stories of these days that share most of what tells in the story."""
    window = event_window(day)
    numbers = {row[0] for row in connection.execute(_WINDOW, [*window, _MAX_WINDOW])} - {number}
    if not numbers:
        return []
    low, high = min(numbers), max(numbers)
    shared: dict[int, float] = {}
    telling = sorted(own.lead, key=lambda stem: (-own.lead[stem], stem))[:_TELLING_WORDS]
    for stem in telling:
        value = own.lead[stem] ** 2
        bounds = [_forms(own.written[stem]), low, high, _MAX_POSTINGS]
        for (other,) in connection.execute(_POSTINGS, bounds):
            if other in numbers:
                shared[other] = shared.get(other, 0.0) + value
    return sorted(shared, key=lambda other: (-shared[other], other))[:_CANDIDATES]


def _forms(word: str) -> str:
    """The word as an expression of FTS5, in Arabic with and without what is joined to it."""
    forms = {word: None}
    if "\u0621" <= word[0] <= "\u064a":
        forms |= dict.fromkeys(prefix + bare_word(word) for prefix in _PREFIXES)
    return " OR ".join(f'"{form}"' for form in forms)


def _event_story(
    day: date, own: WeightedStory, other: StoredWords, weights: WordWeights
) -> EventStory:
    days = abs((other.day - day).days) if other.day else EVENT_DAYS + 1
    words = weighted_story(other.words, weights.of(other.outlet))
    return EventStory(other.number, other.outlet, words, likeness(own, words, days))


def word_weights(connection: sqlite3.Connection) -> WordWeights:
    """The weights of words by a sample of the corpus, evenly spread. Takes a millisecond a story."""
    last = last_number(connection)
    step = max(1, (last + 1) // _SAMPLE)
    return WordWeights(stored_words(connection, range(0, last + 1, step)))


def last_number(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(number), -1) FROM articles").fetchone()[0])


def stored_words(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[StoredWords]:
    """The stories of these numbers that there are."""
    marks = ", ".join("?" * len(numbers))
    rows: list[Any] = connection.execute(f"{_STORY} IN ({marks})", list(numbers)).fetchall()
    return [
        StoredWords(row[0], row[1], _day(row[2]), story_words(row[3] or "", row[4])) for row in rows
    ]


def event_window(day: date) -> tuple[str, str]:
    """From when, and until before when, stories may tell of an event that one of the `day` tells of."""
    return str(day - timedelta(EVENT_DAYS)), str(day + timedelta(EVENT_DAYS + 1))


def _day(published: str | None) -> date | None:
    try:
        day = datetime.fromisoformat(published or "").date()
    except ValueError:
        return None
    return day if date.min + timedelta(10) < day < date.max - timedelta(10) else None
