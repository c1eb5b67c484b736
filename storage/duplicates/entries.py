"""The texts that one comparison needs, from the index and the tables, each loaded once."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Literal

from sqlite_utils import Database

from storage.article_rows import Row
from storage.duplicates import index
from storage.duplicates.compare import ComparedText, Comparison, is_note
from storage.duplicates.provenance import compared_text, days_since_epoch
from storage.duplicates.shingles import cache_tokens, tokenise_cached
from text.folding import fold

_LOAD = """
SELECT entries.entry, entries.id, entries.fingerprint, entries.size, entries.representative,
    articles.number, copies.original,
    iif(articles.id IS NULL, copies.published, articles.published),
    iif(articles.id IS NULL, copies.site, articles.site),
    iif(articles.id IS NULL, copies.url, articles.url),
    iif(articles.id IS NULL, copies.agency, articles.agency),
    iif(articles.id IS NULL, copies.source, articles.source)
FROM json_each(?) AS wanted CROSS JOIN _duplicate_entries AS entries ON entries.entry = wanted.value
LEFT JOIN articles ON articles.id = entries.id LEFT JOIN copies ON copies.id = entries.id
"""
_ORIGIN = ("published", "site", "url", "agency", "source")
Rank = tuple[float, float, int, str]


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A text in the index. `number` is set for an article, `original` for a copy, neither for a text
    that is not stored yet. `representative`: the entry that its cluster is named by.
    """

    entry: int
    id: str
    fingerprint: int
    size: int
    representative: int
    number: int | None = None
    original: int | None = None
    published: str | None = None
    site: str | None = None
    url: str | None = None
    agency: str | None = None
    source: str | None = None


class EntryCache:
    """Entries and texts of one comparison; changes of representatives are written at once.

    `fresh`: rows of texts that are in neither table yet, by entry.
    """

    def __init__(self, db: Database) -> None:
        self.db = db
        self.fresh: dict[int, Row] = {}
        self._known: dict[int, IndexEntry] = {}
        self._notes: dict[int, bool] = {}

    def __getitem__(self, entry: int) -> IndexEntry:
        return self.load([entry])[entry]

    def load(self, entries: Iterable[int]) -> dict[int, IndexEntry]:
        """By number, without those that are not in the index."""
        wanted = list(entries)
        missing = [entry for entry in wanted if entry not in self._known]
        if missing:
            rows = self.db.conn.execute(_LOAD, [json.dumps(missing)]).fetchall()
            self._known |= {row[0]: self._entry(row) for row in rows}
        return {entry: self._known[entry] for entry in wanted if entry in self._known}

    def _entry(self, row: tuple[Any, ...]) -> IndexEntry:
        entry = IndexEntry(*row)
        fresh = self.fresh.get(entry.entry)
        return replace(entry, **{name: fresh[name] for name in _ORIGIN}) if fresh else entry

    def forget(self, entries: Iterable[int]) -> None:
        """Reload them when they are next needed: their rows have changed."""
        for entry in entries:
            self._known.pop(entry, None)

    def is_note(self, entry: int) -> bool:
        """Whether one of its copies goes on from it, and is much longer."""
        if entry not in self._notes:
            size = self[entry].size
            self._notes[entry] = any(
                is_note(size, *other) for other in index.copied_sizes(self.db, entry)
            )
        return self._notes[entry]

    def put_pairs(self, entry: int, other: int, comparison: Comparison) -> None:
        """`comparison`: what `entry` is to `other`."""
        index.put_pairs(self.db, entry, other, comparison)
        self._forget_notes([entry, other])

    def remove_pairs(self, entry: int, others: Sequence[int]) -> None:
        index.remove_pairs(self.db, entry, others)
        self._forget_notes([entry, *others])

    def _forget_notes(self, entries: Iterable[int]) -> None:
        for entry in entries:
            self._notes.pop(entry, None)

    def rank(self, entry: int) -> Rank:
        """The order in which texts become representatives, whatever the order in which they came.
        Notes are the last, the fullest first: a note is a copy of every story that goes on from it,
        and these need not be copies of each other.
        """
        known = self[entry]
        published = days_since_epoch(known.published)
        fullness = known.size if self.is_note(entry) else inf
        return -fullness, inf if published is None else published, -known.size, known.id

    def attach(self, entry: int, representative: int) -> None:
        """Move `entry` to the cluster of `representative`."""
        self._known[entry] = replace(self[entry], representative=representative)
        self.db.conn.execute(
            "UPDATE _duplicate_entries SET representative = ? WHERE entry = ?",
            [representative, entry],
        )

    def compared_text(self, entry: int) -> ComparedText:
        known = self[entry]
        tokens = tokenise_cached(known.fingerprint)
        if tokens is None:
            tokens = cache_tokens(known.fingerprint, fold(self._column("text", known)))
        origin = known.site, known.url, known.published, known.agency, known.source
        return compared_text(tokens, *origin)

    def _column(self, name: Literal["text", "first_seen"], known: IndexEntry) -> str:
        if fresh := self.fresh.get(known.entry):
            return str(fresh[name])
        table = "copies" if known.number is None else "articles"
        row = self.db.conn.execute(f"SELECT {name} FROM {table} WHERE id = ?", [known.id])  # noqa: S608
        return str(row.fetchone()[0])

    def since(self, entry: int) -> tuple[float, bool, int, float, str]:
        """When it was published, else first seen. Of texts published at the same time the one with the
        representative's words comes first, then the fullest, then the first seen.
        """
        known = self[entry]
        published = days_since_epoch(known.published)
        days = days_since_epoch(self._column("first_seen", known))
        seen = inf if days is None else days
        if published is None:
            return seen, False, -known.size, seen, known.id
        reworded = known.fingerprint != self[known.representative].fingerprint
        return published, reworded, -known.size, seen, known.id
