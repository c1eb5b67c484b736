"""One story, to be read: its text, where else it ran, what changed since, and what was cut."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Any, Literal

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.queries import Answer, rows

ChangeKind = Literal["same", "removed", "added"]
Words = list[tuple[ChangeKind, str]]

# Words of one text times words of the other: what is compared in about a tenth of a second.
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Version:
    """A change: the text was the story's from `valid_from` to `valid_to`. A None among the
    changes stands for paragraphs that stayed. `cause`: it was not the site that changed it.
    """

    valid_from: str
    valid_to: str
    changes: list[Words | None]
    cause: str | None = None


def versions(texts: Sequence[Answer]) -> Iterator[Version]:
    for old, new in pairwise(texts):
        changes = list(_changes(_paragraphs(old), _paragraphs(new)))
        yield Version(old["valid_from"], old["valid_to"], changes, old.get("cause"))


def _paragraphs(row: Answer) -> list[str]:
    return [row["title"] or "", *row["text"].split("\n\n")]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Words | None]:
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield None
        else:
            for before, after in zip_longest(old[i:j], new[k:m], fillvalue=""):
                yield words(before, after)


def words(before: str, after: str) -> Words:
    """One paragraph made of both."""
    old, new = before.split(), after.split()
    if not old or not new or len(old) * len(new) > _LARGEST:
        return [part for part in (("removed", before), ("added", after)) if part[1]]
    parts: Words = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", " ".join(old[i:j])))
            continue
        parts += [("removed", " ".join(old[i:j]))] if i < j else []
        parts += [("added", " ".join(new[k:m]))] if k < m else []
    return parts


_ABOUT = {
    "lines": "SELECT position, reason, text FROM removed_lines WHERE article = :n "
    "ORDER BY position, rowid",
    "copies": "SELECT * FROM copies WHERE original = :n ORDER BY published IS NULL, published, id",
    "related": "SELECT kind, jaccard, containment, number, title, site, published FROM related "
    "JOIN articles ON number = iif(article = :n, other, article) "
    "WHERE :n IN (article, other) ORDER BY containment DESC",
    "revisions": "SELECT * FROM revisions WHERE article = :n ORDER BY valid_to, revision",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A paragraph, or a line that was cut there and why."""

    text: str
    reason: str | None = None


async def render_story(request: Request, datasette: Datasette) -> Response:
    row = await _article(datasette, int(request.url_vars["number"]))
    about = {name: await rows(datasette, sql, {"n": row["number"]}) for name, sql in _ABOUT.items()}
    context: dict[str, Any] = {
        "article": row,
        "tags": json.loads(row["tags"] or "[]"),
        "lines": list(in_place(row["text"].split("\n\n"), about.pop("lines"))),
        "versions": _versions(about["revisions"], row),
        "cut_shown": "cut" in request.args,
        **about,
    }
    return Response.html(await datasette.render_template("article.html", context, request=request))


async def document(request: Request, datasette: Datasette) -> Response:
    """A story as the corpus writes it, to keep."""
    name = request.path.rpartition("/")[2]
    found = await rows(datasette, "SELECT text FROM corpus WHERE name = :name", {"name": name})
    if not found:
        raise NotFound("There is no such document")
    return Response.text(
        found[0]["text"], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def in_place(paragraphs: Sequence[str], removed: Sequence[Answer]) -> Iterator[ShownLine]:
    """The text with its removed lines where they stood; `position` counts both."""
    kept = iter(paragraphs)
    place = 0
    for line in removed:
        for _, text in zip(range(place, line["position"]), kept, strict=False):
            yield ShownLine(text)
        yield ShownLine(line["text"], line["reason"])
        place = line["position"] + 1
    yield from map(ShownLine, kept)


async def _article(datasette: Datasette, number: int) -> Answer:
    found = await rows(datasette, "SELECT * FROM articles WHERE number = :n", {"n": number})
    if not found:
        raise NotFound(f"There is no story number {number}")
    return found[0]


def _versions(revisions: Sequence[Answer], row: Answer) -> list[Version]:
    """Each with what the next one changed; the newest change first."""
    return list(versions([*revisions, row]))[::-1]
