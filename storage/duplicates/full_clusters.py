"""Clusters of so many copies that each further one must cost the same: what joins them, what does not,
and what leaves them.
"""

from dataclasses import replace

from storage.duplicates import index
from storage.duplicates.clusters import members, preference, to_copies
from storage.duplicates.compare import compare_texts, is_note
from storage.duplicates.entries import EntryCache

# Members from which on a cluster is full. To keep the original right, all of them are looked at for each
# new one: 100 take 5 to 40 ms. A placeholder that a site serves at 100 000 addresses would take seconds.
FULL = 100
_COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM _duplicate_entries "
    "WHERE representative = ? AND representative <> entry LIMIT ?)"
)
_ENTRY_OF_NUMBER = "SELECT entry FROM articles JOIN _duplicate_entries USING (id) WHERE number = ?"


def join_full_cluster(cache: EntryCache, entry: int) -> bool:
    """Whether `entry`, a new text or a copy, is a copy of a full cluster's representative. It joins that
    with no other pair, changes nothing of it, and is related to nothing else.
    """
    if entry not in cache.fresh and cache[entry].original is None:
        return False
    near = index.copies_of(cache.db, entry)
    known = cache.load(near)
    full = [
        other for other in near if known[other].representative == other and _is_full(cache, other)
    ]
    if not full or _size(cache, entry, 1):
        return False
    representative = max(full, key=lambda other: preference(near[other], cache, other))
    others = [other for other in index.alike_to(cache.db, entry) if other != representative]
    cache.remove_pairs(entry, others)
    cache.attach(entry, representative)
    to_copies(cache, entry, _current_original(cache, representative), {entry})
    return True


def _is_full(cache: EntryCache, representative: int) -> bool:
    return _size(cache, representative, FULL) == FULL


def _size(cache: EntryCache, representative: int, most: int) -> int:
    return int(cache.db.conn.execute(_COUNT, [representative, most]).fetchone()[0])


def _current_original(cache: EntryCache, representative: int) -> int:
    known = cache[representative]
    if known.number is not None:
        return representative
    return int(cache.db.conn.execute(_ENTRY_OF_NUMBER, [known.original]).fetchone()[0])


def separate_stories(cache: EntryCache, entry: int) -> None:
    """The texts that go on from one in a full cluster contain it, and are no copies: its cluster, of
    notes then, would take in the stories themselves, or be chosen for anew with each of them.
    """
    near = index.copies_of(cache.db, entry)
    known = cache.load([entry, *near])
    for other, closeness in near.items():
        note, story = sorted((known[entry], known[other]), key=lambda text: text.size)
        if note.representative == story.representative or not _is_full(cache, note.representative):
            continue
        if is_note(note.size, story.size, closeness.containment):
            cache.remove_pairs(story.entry, [note.entry])
            if note.entry == note.representative:
                comparison = compare_texts(
                    cache.compared_text(story.entry), cache.compared_text(note.entry)
                )
                cache.put_pairs(story.entry, note.entry, replace(comparison, kind="contains"))


def leave_cluster(cache: EntryCache, entry: int) -> set[int]:
    """Delete the pairs of `entry`; returns the entries that choose again. A full cluster does only when
    it loses its representative, and stays together then.
    """
    left = cache[entry]
    cluster = set(members(cache, entry)) - {entry} if left.representative == entry else set()
    is_full = _is_full(cache, left.representative)
    near = index.alike_to(cache.db, entry)
    cache.remove_pairs(entry, near)
    if cluster and is_full:
        _compare_with_first(cache, cluster)
    elif is_full and left.original is not None:
        return set(near) - {left.representative}
    return {*near, *cluster}


def _compare_with_first(cache: EntryCache, cluster: set[int]) -> None:
    """Members of a full cluster may have had a pair with its representative alone."""
    cache.load(cluster)
    first = min(cluster, key=cache.rank)
    others = cluster - {first}
    for other in sorted(others - index.copies_among(cache.db, first, others)):
        comparison = compare_texts(cache.compared_text(other), cache.compared_text(first))
        if comparison.kind != "distinct":
            cache.put_pairs(other, first, comparison)
