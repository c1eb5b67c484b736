"""The page of one story: its text, its copies, its revisions and its removed lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise, zip_longest
from typing import Any, Literal

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from browse.live_database import ResultRow, rows
from items import LineKind
from storage.article_rows import unpacked_kinds
from storage.rights import rights_of

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
    # As `:n IN (article, other)` it would read the whole table.
    "related": "SELECT kind, jaccard, containment, number, title, site, published FROM related "
    "JOIN articles ON number = iif(article = :n, other, article) "
    "WHERE article = :n OR other = :n ORDER BY containment DESC",
    "revisions": "SELECT * FROM revisions WHERE article = :n ORDER BY valid_to, revision",
    "absences": "SELECT absences.* FROM articles JOIN absences USING (id) WHERE number = :n "
    "ORDER BY absence",
}


# A longer heading, of an import, is laid out as the paragraph it looks like.
_MAX_HEADING_CHARS = 1000
_MAX_CELLS = 40
_CONTAINERS = {
    "list_item": "ul",
    "quote": "blockquote",
    "table_header": "table",
    "table_row": "table",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A paragraph, or a removed line with its reason. `tag` is a heading's, below the title's h1."""

    text: str
    reason: str | None = None
    kind: LineKind = "paragraph"
    tag: Literal["p", "h2", "h3"] = "p"

    @property
    def cells(self) -> list[str]:
        """Of a table's row."""
        return self.text.split(" | ", _MAX_CELLS - 1)


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that stand in one list, quote or table, whose `container` is the element's name; other
    lines have none.
    """

    container: str | None
    lines: list[ShownLine]

    @property
    def columns(self) -> int:
        return max(len(line.cells) for line in self.lines if line.reason is None)


async def render_story(request: Request, datasette: Datasette) -> Response:
    row = await _article(datasette, int(request.url_vars["number"]))
    related = {
        name: await rows(datasette, sql, {"n": row["number"]}) for name, sql in _QUERIES.items()
    }
    removed = related.pop("lines")
    lines = with_removed_lines(shown_lines(row["text"].split("\n\n"), row["kinds"]), removed)
    context: dict[str, Any] = {
        "article": row,
        "tags": json.loads(row["tags"] or "[]"),
        "groups": list(line_groups(lines)),
        "removed": len(removed),
        "versions": _versions(related["revisions"], row),
        "cut_shown": "cut" in request.args,
        "rights": rights_of(row["rights"]).statements,
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


def shown_lines(paragraphs: Sequence[str], packed: str | None) -> list[ShownLine]:
    """The paragraphs with their kinds, which are `packed`. The first level of headings is h2, whichever
    level it is on the page.
    """
    paragraph: LineKind = "paragraph"
    kinds = unpacked_kinds(packed, len(paragraphs)) or (paragraph,) * len(paragraphs)
    tags: dict[LineKind, Literal["h2", "h3"]] = {
        "heading": "h2",
        "subheading": "h3" if "heading" in kinds else "h2",
    }
    return [
        ShownLine(text, None, kind, tags.get(kind, "p") if len(text) <= _MAX_HEADING_CHARS else "p")
        for text, kind in zip(paragraphs, kinds, strict=True)
    ]


def with_removed_lines(
    lines: Sequence[ShownLine], removed: Sequence[ResultRow]
) -> Iterator[ShownLine]:
    """The text with the removed lines in place; `position` counts both."""
    remaining = iter(lines)
    position = 0
    for row in removed:
        for _, line in zip(range(position, row["position"]), remaining, strict=False):
            yield line
        yield ShownLine(row["text"], row["reason"])
        position = row["position"] + 1
    yield from remaining


def line_groups(lines: Iterable[ShownLine]) -> Iterator[LineGroup]:
    """The lines by what they stand in. A removed line between two rows of a table stands in it too."""
    between: list[ShownLine] = []
    group = LineGroup(None, [])
    for is_removed, run in groupby(lines, key=lambda line: line.reason is not None):
        if is_removed:
            between = list(run)
            continue
        for container, found in groupby(run, key=lambda line: _CONTAINERS.get(line.kind)):
            if container == group.container:
                group.lines.extend([*between, *found])
            else:
                yield from (part for part in (group, LineGroup(None, between)) if part.lines)
                group = LineGroup(container, list(found))
            between = []
    yield from (part for part in (group, LineGroup(None, between)) if part.lines)


async def _article(datasette: Datasette, number: int) -> ResultRow:
    articles = await rows(datasette, "SELECT * FROM articles WHERE number = :n", {"n": number})
    if not articles:
        raise NotFound(f"There is no story number {number}")
    return articles[0]


def _versions(revisions: Sequence[ResultRow], row: ResultRow) -> list[Version]:
    """The newest change first."""
    return list(versions([*revisions, row]))[::-1]
