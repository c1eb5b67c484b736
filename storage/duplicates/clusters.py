"""Clusters: a representative and its copies, which of them is the original, and what is related.

In the order of their ranks, a text that is a copy of no earlier representative becomes one, the others
join the closest that they are a copy of. The result depends on the texts and their times alone, not
on the order in which they came. The original is the earliest published, else the first seen, of
those that are no notes: an urgent note is an earlier version of the story that goes on from it.
"""

import json
from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush

from storage.article_rows import Row
from storage.duplicates import copies, index
from storage.duplicates.compare import compare_texts, describe, is_note, kind_of_copy
from storage.duplicates.entries import EntryCache, IndexEntry
from storage.duplicates.index import Closeness


def update_clusters(cache: EntryCache, changed: Iterable[int]) -> dict[int, int]:
    """Bring the clusters up to date with new pairs of the `changed` entries; returns the entries with
    another representative than before, and the one that they had.
    """
    changed = _with_notes(cache, changed)
    before: dict[int, int] = {}
    queue = [(cache.rank(entry), entry) for entry in changed]
    heapify(queue)
    waiting = {entry for _, entry in queue}
    while queue:
        _, entry = heappop(queue)
        waiting.discard(entry)
        for other in _choose(cache, entry, before, is_new=entry in changed):
            if other not in waiting:
                waiting.add(other)
                heappush(queue, (cache.rank(other), other))
    return {
        entry: representative
        for entry, representative in before.items()
        if cache[entry].representative != representative
    }


def _with_notes(cache: EntryCache, changed: Iterable[int]) -> set[int]:
    """The changed entries, and those whose rank may have changed with theirs: texts that are, or were,
    notes of them. What is near these chooses again.
    """
    entries = set(changed)
    for entry in list(entries):
        near = index.copies_of(cache.db, entry)
        known = cache.load([entry, *near])
        for other, closeness in near.items():
            if is_note(known[other].size, known[entry].size, closeness.containment):
                entries |= {other, *index.copies_of(cache.db, other)}
    return entries


def _choose(cache: EntryCache, entry: int, before: dict[int, int], *, is_new: bool) -> list[int]:
    """Choose the representative of `entry`; returns the entries that depend on it. `is_new`: its pairs
    are.
    """
    near = index.copies_of(cache.db, entry)
    known = cache.load(near)
    old, rank = cache[entry].representative, cache.rank(entry)
    earlier = [
        other for other in near if known[other].representative == other and cache.rank(other) < rank
    ]
    representative = max(
        earlier, key=lambda other: preference(near[other], cache, other), default=entry
    )
    completed = _complete(cache, near, representative) if representative != entry else []
    if representative != old:
        before.setdefault(entry, old)
        cache.attach(entry, representative)
    if entry not in (old, representative) or (representative == old and not is_new):
        return completed
    return [*completed, *(other for other in near if cache.rank(other) > rank)]


def preference(closeness: Closeness, cache: EntryCache, other: int) -> tuple[Closeness, int, str]:
    return closeness, cache[other].size, cache[other].id


def _complete(cache: EntryCache, near: Iterable[int], representative: int) -> list[int]:
    """Compare the texts near one of its copies with the representative itself, which the index may
    have missed among too many candidates; returns the entries to choose for again.
    """
    others = set(near) - {representative}
    added = []
    for other in sorted(others - index.copies_among(cache.db, representative, others)):
        comparison = compare_texts(cache.compared_text(other), cache.compared_text(representative))
        if comparison.kind == "copy":
            cache.put_pairs(other, representative, comparison)
            added.append(other)
    return [*added, representative] if added else []


_MEMBERS = (
    "SELECT entry FROM _duplicate_entries WHERE representative = ? AND representative <> entry"
)


def members(cache: EntryCache, representative: int) -> list[int]:
    """The representative and the other entries of its cluster."""
    return [
        representative,
        *(entry for (entry,) in cache.db.conn.execute(_MEMBERS, [representative]).fetchall()),
    ]


def assign(cache: EntryCache, representatives: Iterable[int], compared: Collection[int]) -> None:
    """Put every text of these clusters into the table where it belongs; `compared`: the entries with
    new figures.
    """
    clusters = [members(cache, representative) for representative in representatives]
    originals = [_original(cache, cluster) for cluster in clusters]
    for original in originals:
        _to_corpus(cache, original)
    for original, cluster in zip(originals, clusters, strict=True):
        for entry in cluster:
            if entry != original:
                to_copies(cache, entry, original, compared)


def _original(cache: EntryCache, cluster: list[int]) -> int:
    cache.load(cluster)
    full = [entry for entry in cluster if not cache.is_note(entry)]
    return min(full or cluster[:1], key=cache.since)


def _to_corpus(cache: EntryCache, entry: int) -> None:
    known = cache[entry]
    if known.number is not None:
        return
    if fresh := cache.fresh.pop(entry, None):
        copies.add_article(cache.db, fresh, fresh["lines"], fresh["number"])
    else:
        copies.to_articles(cache.db, known.id)
    cache.forget([entry])


def to_copies(cache: EntryCache, entry: int, original: int, compared: Collection[int]) -> None:
    known, number = cache[entry], cache[original].number
    if (
        known.original is not None
        and known.original == number
        and not {entry, original} & set(compared)
    ):
        return
    copy = _copy(cache, entry, cache[original])
    if fresh := cache.fresh.pop(entry, None):
        copies.add_copy(cache.db, fresh, fresh["lines"], copy)
    elif known.number is not None:
        copies.to_copies(cache.db, known.number, copy)
    else:
        copies.change_copy(cache.db, known.id, copy)
    cache.forget([entry])


def _copy(cache: EntryCache, entry: int, original: IndexEntry) -> Row:
    """The columns of `copies` with the original, the figures and the evidence."""
    known = cache[entry]
    comparison = compare_texts(cache.compared_text(entry), cache.compared_text(original.entry))
    representative = cache[known.representative]
    through = None if comparison.kind == "copy" else representative.id
    return {
        "original": original.number,
        "original_url": original.url,
        "original_published": original.published,
        "kind": kind_of_copy(
            comparison,
            longer=known.size > original.size,
            earlier=known.size < original.size
            and cache.since(entry)[0] < cache.since(original.entry)[0],
            same_words=known.fingerprint == original.fingerprint,
        ),
        "jaccard": round(comparison.jaccard, 4),
        "containment": round(comparison.containment, 4),
        "evidence": describe(comparison, credit=known.agency or known.source, through=through),
    }


_PAIRS_OUTSIDE = """
SELECT pairs.kind, pairs.jaccard, pairs.containment,
    coalesce(articles.number, copies.original)
FROM json_each(?) AS wanted CROSS JOIN _duplicate_pairs AS pairs ON pairs.entry = wanted.value
JOIN _duplicate_entries AS others ON others.entry = pairs.other
LEFT JOIN articles ON articles.id = others.id LEFT JOIN copies ON copies.id = others.id
WHERE others.representative <> ?
ORDER BY pairs.containment, pairs.jaccard, pairs.kind
"""
# As `? IN (article, other)` it would read the whole table.
_UNRELATE = "DELETE FROM related WHERE article = ?1 OR other = ?1"
_INSERT = (
    "INSERT OR REPLACE INTO related (article, other, kind, jaccard, containment) "
    "VALUES (?, ?, ?, ?, ?)"
)


def relate(cache: EntryCache, representatives: Iterable[int]) -> None:
    """Rewrite what the originals of these clusters are related to."""
    for representative in representatives:
        cluster = members(cache, representative)
        number = next(
            known.number for known in cache.load(cluster).values() if known.number is not None
        )
        rows = cache.db.conn.execute(
            _PAIRS_OUTSIDE, [json.dumps(cluster), representative]
        ).fetchall()
        cache.db.execute(_UNRELATE, [number])
        links = {other: (kind, *figures) for kind, *figures, other in rows}
        cache.db.conn.executemany(
            _INSERT, [_directed(number, other, *link) for other, link in sorted(links.items())]
        )


def _directed(
    number: int, other: int, kind: str, jaccard: float, containment: float
) -> tuple[int, int, str, float, float]:
    """The containing article first; of two variants the one with the lower number."""
    if kind == "part" or (kind != "contains" and other < number):
        number, other = other, number
    return number, other, kind if kind == "contains" else _RELATED_KINDS[kind], jaccard, containment


# Copies of each other in different clusters are variants to a reader.
_RELATED_KINDS = {"part": "contains", "variant": "variant", "copy": "variant"}
