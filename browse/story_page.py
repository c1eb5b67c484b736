"""The page of one story: its text, its copies, its revisions and its removed lines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest
from typing import Any, Literal

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.live_database import ResultRow, rows

ChangeKind = Literal["same", "removed", "added"]
Words = list[tuple[ChangeKind, str]]

# Words of the one paragraph times words of the other: compared in about 0.1 s.
_MAX_WORD_PAIRS = 1_000_000


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier text, valid from `valid_from` to `valid_to`, and what the next one changed. A None
    among the changes stands for unchanged paragraphs. `cause` is set unless the site changed it.
    """

    valid_from: str
    valid_to: str
    changes: list[Words | None]
    cause: str | None = None


def versions(texts: Sequence[ResultRow]) -> Iterator[Version]:
    for old, new in pairwise(texts):
        changes = list(_changes(_paragraphs(old), _paragraphs(new)))
        yield Version(old["valid_from"], old["valid_to"], changes, old.get("cause"))


def _paragraphs(row: ResultRow) -> list[str]:
    return [row["title"] or "", *row["text"].split("\n\n")]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Words | None]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield None
        else:
            for before, after in zip_longest(old[i:j], new[k:m], fillvalue=""):
                yield words(before, after)


def words(before: str, after: str) -> Words:
    """Both paragraphs as one, with the removed and the added words."""
    old, new = before.split(), after.split()
    if not old or not new or len(old) * len(new) > _MAX_WORD_PAIRS:
        return [part for part in (("removed", before), ("added", after)) if part[1]]
    parts: Words = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("same", " ".join(old[i:j])))
            continue
        parts += [("removed", " ".join(old[i:j]))] if i < j else []
        parts += [("added", " ".join(new[k:m]))] if k < m else []
    return parts


_QUERIES = {
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
    """A paragraph, or a removed line with its reason."""

    text: str
    reason: str | None = None


async def render_story(request: Request, datasette: Datasette) -> Response:
    row = await _article(datasette, int(request.url_vars["number"]))
    related = {
        name: await rows(datasette, sql, {"n": row["number"]}) for name, sql in _QUERIES.items()
    }
    context: dict[str, Any] = {
        "article": row,
        "tags": json.loads(row["tags"] or "[]"),
        "lines": list(with_removed_lines(row["text"].split("\n\n"), related.pop("lines"))),
        "versions": _versions(related["revisions"], row),
        "cut_shown": "cut" in request.args,
        **related,
    }
    return Response.html(await datasette.render_template("article.html", context, request=request))


async def story_document(request: Request, datasette: Datasette) -> Response:
    """A story as a document of the corpus, to download."""
    name = request.path.rpartition("/")[2]
    documents = await rows(datasette, "SELECT text FROM corpus WHERE name = :name", {"name": name})
    if not documents:
        raise NotFound("There is no such document")
    return Response.text(
        documents[0]["text"], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def with_removed_lines(
    paragraphs: Sequence[str], removed: Sequence[ResultRow]
) -> Iterator[ShownLine]:
    """The text with the removed lines in place; `position` counts both."""
    remaining = iter(paragraphs)
    position = 0
    for line in removed:
        for _, text in zip(range(position, line["position"]), remaining, strict=False):
            yield ShownLine(text)
        yield ShownLine(line["text"], line["reason"])
        position = line["position"] + 1
    yield from map(ShownLine, remaining)


async def _article(datasette: Datasette, number: int) -> ResultRow:
    articles = await rows(datasette, "SELECT * FROM articles WHERE number = :n", {"n": number})
    if not articles:
        raise NotFound(f"There is no story number {number}")
    return articles[0]


def _versions(revisions: Sequence[ResultRow], row: ResultRow) -> list[Version]:
    """The newest change first."""
    return list(versions([*revisions, row]))[::-1]
