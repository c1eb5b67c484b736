"""Clusters: a representative and its copies, which of them is the original, and what is related.

In the order of their ranks, each text that is a copy of no earlier representative is one, the others
belong to the closest they are a copy of. What comes out depends on the texts and their times alone,
not on the order they came in. The original is the earliest published, else the first seen.
"""

import json
from collections.abc import Collection, Iterable
from heapq import heapify, heappop, heappush

from storage.article_rows import Row
from storage.duplicates import copies, index
from storage.duplicates.compare import compare_texts, describe, kind_of_copy
from storage.duplicates.entries import EntryCache, IndexEntry
from storage.duplicates.index import Closeness


def update_clusters(texts: EntryCache, changed: Iterable[int]) -> dict[int, int]:
    """Bring the clusters up to date after the likenesses of `changed` entries are new; returns the
    entries that lean elsewhere than before, with the pivot they had.
    """
    changed = set(changed)
    before: dict[int, int] = {}
    queue = [(texts[entry].rank, entry) for entry in changed]
    heapify(queue)
    waiting = {entry for _, entry in queue}
    while queue:
        _, entry = heappop(queue)
        waiting.discard(entry)
        for other in _decide(texts, entry, before, is_new=entry in changed):
            if other not in waiting:
                waiting.add(other)
                heappush(queue, (texts[other].rank, other))
    return {entry: pivot for entry, pivot in before.items() if texts[entry].representative != pivot}


def _decide(texts: EntryCache, entry: int, before: dict[int, int], *, is_new: bool) -> list[int]:
    """Find the pivot of `entry`; returns the entries for which it matters. `is_new`: its
    likenesses are.
    """
    near = index.copies_of(texts.db, entry)
    known = texts.load(near)
    old, rank = texts[entry].representative, texts[entry].rank
    earlier = [
        other for other in near if known[other].representative == other and known[other].rank < rank
    ]
    pivot = max(earlier, key=lambda other: _preferred(near[other], texts, other), default=entry)
    joined = _complete(texts, near, pivot) if pivot != entry else []
    if pivot != old:
        before.setdefault(entry, old)
        texts.attach(entry, pivot)
    if entry not in (old, pivot) or (pivot == old and not is_new):
        return joined
    return [*joined, *(other for other in near if known[other].rank > rank)]


def _preferred(closeness: Closeness, texts: EntryCache, other: int) -> tuple[Closeness, int, str]:
    return closeness, texts[other].size, texts[other].id


def _complete(texts: EntryCache, near: Iterable[int], pivot: int) -> list[int]:
    """What is close to one of its copies is held against the pivot itself, should the index have
    named too many candidates for that; returns what is to be decided again.
    """
    known = index.copies_of(texts.db, pivot)
    found = []
    for other in near:
        if other != pivot and other not in known:
            verdict = compare_texts(texts.compared_text(other), texts.compared_text(pivot))
            if verdict.kind == "copy":
                index.put_pairs(texts.db, other, pivot, verdict)
                found.append(other)
    return [*found, pivot] if found else []


_LEANING = (
    "SELECT entry FROM _duplicate_entries WHERE representative = ? AND representative <> entry"
)


def members(texts: EntryCache, pivot: int) -> list[int]:
    """The pivot and what leans on it."""
    return [pivot, *(entry for (entry,) in texts.db.conn.execute(_LEANING, [pivot]).fetchall())]


def assign(texts: EntryCache, pivots: Iterable[int], judged: Collection[int]) -> None:
    """Every text of these clusters in the table where it belongs; `judged` are those whose figures
    are new.
    """
    clusters = {pivot: members(texts, pivot) for pivot in pivots}
    originals = {pivot: _original(texts, found) for pivot, found in clusters.items()}
    for original in originals.values():
        _into_corpus(texts, original)
    for pivot, found in clusters.items():
        for entry in found:
            if entry != originals[pivot]:
                _as_copy(texts, entry, originals[pivot], judged)


def _original(texts: EntryCache, found: list[int]) -> int:
    texts.load(found)
    return min(found, key=texts.since)


def _into_corpus(texts: EntryCache, entry: int) -> None:
    known = texts[entry]
    if known.number is not None:
        return
    if fresh := texts.fresh.pop(entry, None):
        copies.add_article(texts.db, fresh, fresh["lines"], fresh["number"])
    else:
        copies.to_articles(texts.db, known.id)
    texts.forget([entry])


def _as_copy(texts: EntryCache, entry: int, original: int, judged: Collection[int]) -> None:
    known, number = texts[entry], texts[original].number
    if (
        known.original is not None
        and known.original == number
        and not {entry, original} & set(judged)
    ):
        return
    copy = _copy(texts, entry, texts[original])
    if fresh := texts.fresh.pop(entry, None):
        copies.add_copy(texts.db, fresh, fresh["lines"], copy)
    elif known.number is not None:
        copies.to_copies(texts.db, known.number, copy)
    else:
        copies.change_copy(texts.db, known.id, copy)
    texts.forget([entry])


def _copy(texts: EntryCache, entry: int, original: IndexEntry) -> Row:
    """The columns of `copies` that say of what, how sure, and why."""
    known = texts[entry]
    verdict = compare_texts(texts.compared_text(entry), texts.compared_text(original.entry))
    pivot = texts[known.representative]
    between = None if verdict.kind == "copy" else pivot.id
    return {
        "original": original.number,
        "original_url": original.url,
        "original_published": original.published,
        "kind": kind_of_copy(
            verdict,
            longer=known.size > original.size,
            same_words=known.fingerprint == original.fingerprint,
        ),
        "jaccard": round(verdict.jaccard, 4),
        "containment": round(verdict.containment, 4),
        "evidence": describe(verdict, credit=known.agency or known.source, through=between),
    }


_OUTWARD = """
SELECT likeness.kind, likeness.jaccard, likeness.containment,
    coalesce(articles.number, copies.original)
FROM json_each(?) AS wanted CROSS JOIN _duplicate_pairs AS likeness ON likeness.entry = wanted.value
JOIN _duplicate_entries AS others ON others.entry = likeness.other
LEFT JOIN articles ON articles.id = others.id LEFT JOIN copies ON copies.id = others.id
WHERE others.representative <> ?
ORDER BY likeness.containment, likeness.jaccard, likeness.kind
"""
_PUT = (
    "INSERT OR REPLACE INTO related (article, other, kind, jaccard, containment) "
    "VALUES (?, ?, ?, ?, ?)"
)


def relate(texts: EntryCache, pivots: Iterable[int]) -> None:
    """What these clusters' originals are related to, in place of what was written before."""
    for pivot in pivots:
        found = members(texts, pivot)
        number = next(
            known.number for known in texts.load(found).values() if known.number is not None
        )
        rows = texts.db.conn.execute(_OUTWARD, [json.dumps(found), pivot]).fetchall()
        texts.db.execute("DELETE FROM related WHERE ? IN (article, other)", [number])
        links = {other: (kind, *figures) for kind, *figures, other in rows}
        texts.db.conn.executemany(
            _PUT, [_directed(number, other, *link) for other, link in sorted(links.items())]
        )


def _directed(
    number: int, other: int, kind: str, jaccard: float, containment: float
) -> tuple[int, int, str, float, float]:
    """The containing article first; of two variants the one with the lower number."""
    if kind == "part" or (kind != "contains" and other < number):
        number, other = other, number
    return number, other, kind if kind == "contains" else _SAID[kind], jaccard, containment


# Copies of each other that lean on different pivots are variants to a reader.
_SAID = {"part": "contains", "variant": "variant", "copy": "variant"}
