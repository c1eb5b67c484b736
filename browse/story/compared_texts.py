"""The texts of a story that can be compared: its own, its copies', those like it, and what each of them
was before.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datasette.app import Datasette

from browse.live_database import ResultRow, rows

_STORY = re.compile(r"story-(\d{1,15})")
_REVISION = re.compile(r"revision-(\d{1,15})")
_COPY = re.compile(r"copy-([0-9a-f]{16})(?:-(\d{1,4}))?")

_COLUMNS = "site, title, published, first_seen, language"
_BY_KIND = {
    "story": f"SELECT number, {_COLUMNS}, text FROM articles WHERE number = :n",  # noqa: S608
    "revision": "SELECT article AS number, site, revisions.title, published, valid_from, valid_to, "
    "language, revisions.text FROM revisions JOIN articles ON number = article WHERE revision = :n",
    "copy": f"SELECT original AS number, id, {_COLUMNS}, text FROM copies WHERE id = :id",  # noqa: S608
    "copy_revision": "SELECT original AS number, copies.id, site, "
    "json_each.value ->> 'title' AS title, published, json_each.value ->> 'valid_from' AS valid_from, "
    "json_each.value ->> 'valid_to' AS valid_to, language, json_each.value ->> 'text' AS text "
    "FROM copies, json_each(copies.revisions) WHERE copies.id = :id AND json_each.key = :n",
}


@dataclass(frozen=True, slots=True)
class StoryText:
    """A text by its `key`; `until`: until when it stood, of one that was replaced."""

    key: str
    row: ResultRow
    until: str | None = None

    @property
    def paragraphs(self) -> list[str]:
        return str(self.row["text"]).split("\n\n")


async def find_text(datasette: Datasette, key: str) -> StoryText | None:
    """None: there is no such text (any more)."""
    kind, values = _parsed(key)
    found = await rows(datasette, _BY_KIND[kind], values) if kind else []
    return StoryText(key, found[0], found[0].get("valid_to")) if found else None


def _parsed(key: str) -> tuple[str, dict[str, str | int]]:
    if match := _STORY.fullmatch(key):
        return "story", {"n": int(match[1])}
    if match := _REVISION.fullmatch(key):
        return "revision", {"n": int(match[1])}
    if (match := _COPY.fullmatch(key)) and match[2] is None:
        return "copy", {"id": match[1]}
    if match:
        return "copy_revision", {"id": match[1], "n": int(match[2])}
    return "", {}


def choices(
    article: ResultRow,
    revisions: Sequence[ResultRow],
    copies: Iterable[ResultRow],
    of_copies: Iterable[ResultRow],
    related: Iterable[ResultRow],
) -> list[StoryText]:
    """What can be chosen, without the texts: an article's own first, then each copy with its earlier
    texts.
    """
    past: dict[str, list[ResultRow]] = {}
    for row in of_copies:
        past.setdefault(row["id"], []).append(row)
    found = [StoryText(f"story-{article['number']}", article)]
    found += [
        StoryText(f"revision-{row['revision']}", article | row, row["valid_to"])
        for row in reversed(revisions)
    ]
    for copy in copies:
        found.append(StoryText(f"copy-{copy['id']}", copy))
        found += [
            StoryText(f"copy-{copy['id']}-{row['position']}", copy | row, row["valid_to"])
            for row in reversed(past.get(copy["id"], []))
        ]
    return found + [StoryText(f"story-{row['number']}", row) for row in related]
