"""Clusters: a pivot and its copies.

In the order of their ranks, each text that is a copy of no earlier pivot is a pivot, the others lean
on the closest pivot they are a copy of. What comes out depends on the texts and their times alone,
not on the order they came in; nothing leans on what leans itself, so that a chain of small changes
does not make one story of many.
"""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

from storage.duplicates import likeness
from storage.duplicates.compare import compare_texts
from storage.duplicates.entries import Texts
from storage.duplicates.likeness import Closeness


def settle(texts: Texts, changed: Iterable[int]) -> dict[int, int]:
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
    return {entry: pivot for entry, pivot in before.items() if texts[entry].pivot != pivot}


def _decide(texts: Texts, entry: int, before: dict[int, int], *, is_new: bool) -> list[int]:
    """Find the pivot of `entry`; returns the entries for which it matters. `is_new`: its
    likenesses are.
    """
    near = likeness.copies_of(texts.db, entry)
    known = texts.load(near)
    old, rank = texts[entry].pivot, texts[entry].rank
    earlier = [other for other in near if known[other].pivot == other and known[other].rank < rank]
    pivot = max(earlier, key=lambda other: _preferred(near[other], texts, other), default=entry)
    joined = _complete(texts, near, pivot) if pivot != entry else []
    if pivot != old:
        before.setdefault(entry, old)
        texts.lean(entry, pivot)
    if entry not in (old, pivot) or (pivot == old and not is_new):
        return joined
    return [*joined, *(other for other in near if known[other].rank > rank)]


def _preferred(closeness: Closeness, texts: Texts, other: int) -> tuple[Closeness, int, str]:
    return closeness, texts[other].size, texts[other].id


def _complete(texts: Texts, near: Iterable[int], pivot: int) -> list[int]:
    """What is close to one of its copies is held against the pivot itself, should the index have
    named too many candidates for that; returns what is to be decided again.
    """
    known = likeness.copies_of(texts.db, pivot)
    found = []
    for other in near:
        if other != pivot and other not in known:
            verdict = compare_texts(texts.party(other), texts.party(pivot))
            if verdict.kind == "copy":
                likeness.put(texts.db, other, pivot, verdict)
                found.append(other)
    return [*found, pivot] if found else []
