"""The page of one event: who wrote of it when, in which words, and who did not; two of its texts side by
side; the same as JSON. And the few lines of it that a story's page has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.live_database import ResultRow, database, rows
from browse.story.event_weights import weights, weights_if_known
from browse.translation import gettext as _
from storage.events import (
    EVENT_DAYS,
    Certainty,
    Event,
    WordWeights,
    event_of,
    event_window,
    own_words,
)
from text.folding import fold_lines

_SUMMARY_STORIES, _SHARED_WORDS, _SILENT_OUTLETS, _SPELLED_WORDS = 5, 8, 60, 500
_PUNCTUATION = "«»“”\"'()[]…،,.؛;:!؟?-–—"
_STORIES = """
SELECT number, id, site, source, published, title, words, language,
    substr(text, 1, 3000) AS beginning
FROM articles WHERE number IN ({})
"""
# Answered from the index of times alone.
_OUTLETS = """
SELECT site, count(*) AS stories FROM articles
WHERE published >= :since AND published < :before AND site IS NOT NULL
GROUP BY site ORDER BY stories DESC, site
"""
_TEXT = (
    "SELECT number, site, source, published, title, text, language FROM articles WHERE number = :n"
)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """A story of the event as it is shown; `certainty` is None for the story that was asked for."""

    row: ResultRow
    certainty: Certainty | None
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventSummary:
    """What a story's page shows of its event: a few of the other stories by time, and how many there are
    with it. None, and 0, in the first second of a reader, which does not know the words' weights yet: the
    event has a page that waits for them.
    """

    entries: list[EventEntry]
    count: int


async def event_summary(datasette: Datasette, number: int) -> EventSummary | None:
    """Of story `number`, for `_event.html`; None where no other story tells of its event."""
    known = await weights_if_known(datasette)
    if known is None:
        return EventSummary([], 0)
    event = await _event(datasette, number, known)
    if event is None or not event.others:
        return None
    entries = await _entries(datasette, event)
    nearest = {story.number for story in event.others[:_SUMMARY_STORIES]}
    return EventSummary([e for e in entries if e.row["number"] in nearest], len(entries))


async def render_event(request: Request, datasette: Datasette) -> Response:
    event = await _asked(request, datasette)
    other = request.args.get("with") or ""
    if other:
        return await _side_by_side(request, datasette, event, other)
    entries = await _entries(datasette, event)
    outlets = await _outlets(datasette, event)
    writing = {entry.row["site"] for entry in entries}
    silent = [row for row in outlets if row["site"] not in writing]
    context: dict[str, Any] = {
        "number": event.number,
        "asked": next(entry for entry in entries if entry.certainty is None),
        "has_day": event.day is not None,
        "entries": entries,
        "groups": _by_outlet(entries),
        "own_words": _own_words(event, entries),
        "has_sites": bool(outlets),
        "silent": silent[:_SILENT_OUTLETS],
        "more_silent": max(0, len(silent) - _SILENT_OUTLETS),
        "days": EVENT_DAYS,
    }
    return Response.html(await datasette.render_template("event.html", context, request=request))


async def event_json(request: Request, datasette: Datasette) -> Response:
    """`/warraq/articles/N/event.json`: `stories` by time, each with `certainty` (null for story N),
    `score` and `shared` words; `silent`: outlets that published in these days, and how many stories.
    """
    event = await _asked(request, datasette)
    entries = await _entries(datasette, event)
    writing = {entry.row["site"] for entry in entries}
    stories = [
        {key: value for key, value in entry.row.items() if key != "beginning"}
        | {
            "certainty": entry.certainty,
            "score": round(entry.score, 3),
            "shared": entry.shared,
        }
        for entry in entries
    ]
    silent = [row for row in await _outlets(datasette, event) if row["site"] not in writing]
    return Response.json({"number": event.number, "stories": stories, "silent": silent})


async def _side_by_side(
    request: Request, datasette: Datasette, event: Event, other: str
) -> Response:
    if not (other.isascii() and other.isdigit() and len(other) <= 15):
        raise NotFound(_("`with` is the number of a story"))
    texts = [await rows(datasette, _TEXT, {"n": number}) for number in (event.number, int(other))]
    if not texts[1]:
        raise NotFound(_("There is no story number %(number)s") % {"number": other})
    context = {"number": event.number, "texts": [found[0] for found in texts]}
    return Response.html(
        await datasette.render_template("event_texts.html", context, request=request)
    )


async def _asked(request: Request, datasette: Datasette) -> Event:
    number = int(request.url_vars["number"])
    event = await _event(datasette, number, await weights(datasette))
    if event is None:
        raise NotFound(_("There is no story number %(number)s") % {"number": number})
    return event


async def _event(datasette: Datasette, number: int, known: WordWeights) -> Event | None:
    found: Event | None = await database(datasette).execute_fn(
        lambda connection: event_of(connection, number, known)
    )
    return found


async def _entries(datasette: Datasette, event: Event) -> list[EventEntry]:
    """The asked story and the others, by time."""
    others = {story.number: story for story in event.others}
    numbers = ", ".join(map(str, [event.number, *others]))
    stored = await rows(datasette, _STORIES.format(numbers))
    asked = [row for row in stored if row["number"] == event.number]
    found = []
    for row in stored:
        story = others.get(row["number"])
        if story is None:
            found.append(EventEntry(row, None, 1.0, ()))
        else:
            shared = tuple(_spelled(story.likeness.shared[:_SHARED_WORDS], asked))
            found.append(EventEntry(row, story.certainty, story.likeness.score, shared))
    return sorted(found, key=lambda entry: (entry.row["published"] or "", entry.row["number"]))


def _spelled(words: Iterable[str], written: Iterable[ResultRow]) -> list[str]:
    """Folded words as the stories write them."""
    raw = [
        word.strip(_PUNCTUATION)
        for row in written
        for word in f"{row['title'] or ''} {row['beginning']}".split()[:_SPELLED_WORDS]
    ]
    spelling = dict(zip(reversed(fold_lines(raw)), reversed(raw), strict=True))
    return [spelling.get(word, word) for word in words]


def _own_words(event: Event, entries: list[EventEntry]) -> dict[str, list[str]]:
    groups = _by_outlet(entries)
    if len(groups) < 2:
        return {}
    return {
        outlet: _spelled(words, [entry.row for entry in groups.get(outlet, [])])
        for outlet, words in own_words(event).items()
    }


async def _outlets(datasette: Datasette, event: Event) -> list[ResultRow]:
    """The outlets that published in these days, with how many stories."""
    if event.day is None:
        return []
    since, before = event_window(event.day)
    return await rows(datasette, _OUTLETS, {"since": since, "before": before})


def _by_outlet(entries: list[EventEntry]) -> dict[str, list[EventEntry]]:
    """Outlets in the order of their first stories."""
    groups: dict[str, list[EventEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.row["site"] or entry.row["source"] or "", []).append(entry)
    return groups
