"""The page of one story, or of a copy of it: its text, where else it ran and when, what changed, and what
is known of how it came to be here.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.calendars import day_and_time
from browse.http_messages import request_parameters
from browse.live_database import ResultRow, rows
from browse.outlets import outlet_names
from browse.story.event_page import event_summary
from browse.story.story_outlets import (
    StoryOutlets,
    article_row_of,
    copy_row_of,
    shares,
    story_outlets,
)
from browse.story.story_record import fetches
from browse.story.story_text import line_groups, shown_lines, with_removed_lines
from browse.story.timeline import (
    Entry,
    changes,
    headlines,
    in_time,
    is_ours,
    publications,
    with_sources,
)
from browse.story.timeline_chart import timeline_chart
from browse.story.word_diff import DiffRow, diff_rows
from browse.translation import gettext as _
from browse.translation import interface_locale, text_direction
from storage.article_rows import from_json
from storage.rights import rights_of
from storage.selection import SelectionError, parameters, selection_from
from text.alignment import AlignmentBudget

# Without `?all`. A story may have run at hundreds of outlets.
_MAX_ENTRIES, _MAX_HEADLINES, _MAX_VERSIONS = 40, 12, 3
_MAX_COMPARED = 12


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text, valid from `valid_from` to `valid_to`, and what the next one changed. `cause` is
    set unless the site changed it.
    """

    valid_from: str
    valid_to: str
    rows: list[DiffRow]
    cause: str | None = None


def versions(texts: Sequence[ResultRow]) -> Iterator[Version]:
    budget = AlignmentBudget()
    for old, new in pairwise(texts):
        compared = diff_rows(_paragraphs(old), _paragraphs(new), budget)
        yield Version(old["valid_from"], old["valid_to"], compared, old.get("cause"))


def _paragraphs(row: ResultRow) -> list[str]:
    return [row["title"] or "", *row["text"].split("\n\n")]


async def render_story(request: Request, datasette: Datasette) -> Response:
    article = await article_row_of(datasette, int(request.url_vars["number"]))
    story = await story_outlets(datasette, article)
    most = -1 if "all" in request.args else _MAX_VERSIONS + 1
    context = {
        "removed_lines": await rows(datasette, _REMOVED, {"n": article["number"]}),
        "past": await rows(datasette, _PAST, {"n": article["number"], "most": most}),
        "versions_in_all": len(story.revisions),
        "key": f"story-{article['number']}",
        "original": None,
        "absences": story.absences,
        "event": await event_summary(datasette, article["number"]),
    }
    return await _render(request, datasette, article, story, context)


async def render_copy(request: Request, datasette: Datasette) -> Response:
    copy = await copy_row_of(datasette, request.url_vars["id"])
    article = await article_row_of(datasette, copy["original"])
    story = await story_outlets(datasette, article)
    past = json.loads(copy["revisions"] or "[]")
    shown = past if "all" in request.args else past[-_MAX_VERSIONS:]
    absences = "SELECT * FROM absences WHERE id = :id ORDER BY absence"
    context = {
        "removed_lines": [
            {"position": line.position, "reason": line.reason, "text": line.text}
            for line in from_json(copy["removed"])
        ],
        "past": shown[::-1],
        "versions_in_all": len(past),
        "key": f"copy-{copy['id']}",
        "original": article,
        "absences": await rows(datasette, absences, {"id": copy["id"]}),
    }
    return await _render(request, datasette, copy, story, context)


async def story_document(request: Request, datasette: Datasette) -> Response:
    """A story as a document of the corpus, to download."""
    name = request.path.rpartition("/")[2]
    documents = await rows(datasette, "SELECT text FROM corpus WHERE name = :name", {"name": name})
    if not documents:
        raise NotFound(_("There is no such document"))
    return Response.text(
        documents[0]["text"], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


_REMOVED = (
    "SELECT position, reason, text FROM removed_lines WHERE article = :n ORDER BY position, rowid"
)
# The newest first.
_PAST = (
    "SELECT * FROM revisions WHERE article = :n ORDER BY valid_to DESC, revision DESC LIMIT :most"
)


async def _render(
    request: Request,
    datasette: Datasette,
    row: ResultRow,
    story: StoryOutlets,
    context: dict[str, Any],
) -> Response:
    everything = "all" in request.args
    context |= await _timeline(datasette, story, everything)
    context |= await asyncio.to_thread(_text, row, context, everything)
    rights = rights_of(row["rights"])
    context |= {
        "article": row,
        "story": story,
        "tags": json.loads(row["tags"] or "[]"),
        "cut_shown": "cut" in request.args,
        "rights": rights.statements,
        "rights_read": rights.read,
        "fetches": await fetches(datasette, row["id"]),
        "query": (request.args.get("q") or "")[:2000],
        "results": _results(request),
        "everything": everything,
        "here": request.path,
    }
    return Response.html(await datasette.render_template("article.html", context, request=request))


def _text(row: ResultRow, context: dict[str, Any], everything: bool) -> dict[str, Any]:
    """The text as it is laid out, and what changed of it; off the loop, since a text may be long."""
    removed = context.pop("removed_lines")
    lines = with_removed_lines(shown_lines(row["text"].split("\n\n"), row["kinds"]), removed)
    past = context.pop("past")[::-1]
    shown = past if everything else past[-_MAX_VERSIONS:]
    original = context["original"]
    compared = diff_rows(_paragraphs(original), _paragraphs(row)) if original else []
    return {
        "groups": list(line_groups(lines)),
        "removed": len(removed),
        "versions": list(versions([*shown, row]))[::-1],
        "compared": compared[:_MAX_COMPARED],
        "compared_more": len(compared) > _MAX_COMPARED,
    }


async def _timeline(datasette: Datasette, story: StoryOutlets, everything: bool) -> dict[str, Any]:
    found = publications(story.article, story.copies, story.related)
    names = await outlet_names(datasette)
    near = found if everything else found[:_MAX_ENTRIES]
    ids = [entry.row["id"] for entry in near]
    found = [*with_sources(near, names, await shares(datasette, story, ids)), *found[len(near) :]]
    changed = changes(story.article, story.revisions, story.of_copies, story.absences)
    entries = in_time([*found, *changed])
    heads = headlines(found)
    return {
        "publications": found,
        "entries": entries if everything else entries[:_MAX_ENTRIES],
        "entries_in_all": len(entries),
        "first_seen_entry": min(found, key=lambda entry: entry.row["first_seen"], default=None),
        "headlines": heads if everything else heads[:_MAX_HEADLINES],
        "headlines_in_all": len(heads),
        "chart": _chart(entries, names) if len(entries) > 1 else None,
        "is_ours": is_ours,
    }


def _chart(entries: Sequence[Entry], names: dict[str, str]) -> Any:
    in_utc, locale = _("%(time)s UTC"), interface_locale()
    titles = [
        f"{names.get(entry.row['site']) or entry.row['site'] or ''} · "
        + in_utc % {"time": day_and_time(entry.time, locale)}
        for entry in entries
    ]
    outlets = {entry.row["site"]: names.get(entry.row["site"] or "", "") for entry in entries}
    return timeline_chart(entries, outlets, titles, mirrored=text_direction() == "rtl")


def _results(request: Request) -> str | None:
    """The search that led here, as the parameters of its address."""
    if not request.args.get("q"):
        return None
    try:
        return urlencode(parameters(selection_from(request_parameters(request))))
    except SelectionError:
        return None
