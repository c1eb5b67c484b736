"""Deduplication: a text is compared with its candidates, and the results are applied to clusters and
tables, all inside the caller's transaction.
"""

from collections.abc import Collection, Iterable, Sized

from sqlite_utils import Database

from items import RemovedLine
from storage.article_rows import Row, get_text
from storage.duplicates import index
from storage.duplicates.clusters import assign, relate, update_clusters
from storage.duplicates.compare import compare_texts
from storage.duplicates.copies import add_article
from storage.duplicates.entries import EntryCache
from storage.duplicates.full_clusters import (
    join_full_cluster,
    leave_cluster,
    separate_stories,
)
from storage.duplicates.shingles import (
    SHORTEST,
    TokenisedText,
    cache_tokens,
    fingerprint,
    sketch,
    tokenise,
    tokenise_cached,
)
from text.folding import fold

_INSERT_ENTRY = (
    "INSERT INTO _duplicate_entries (id, fingerprint, size, sketched, representative) "
    "VALUES (?, ?, ?, ?, "
    "1 + coalesce((SELECT max(entry) FROM _duplicate_entries), 0))"
)
_UPDATE_ENTRY = (
    "UPDATE _duplicate_entries SET fingerprint = ?, size = ?, sketched = ? WHERE entry = ?"
)

_SAME_TEXT = """
SELECT entry FROM articles CROSS JOIN _duplicate_entries USING (id) WHERE text_hash = ?1 UNION ALL
SELECT entry FROM copies CROSS JOIN _duplicate_entries USING (id) WHERE text_hash = ?1 LIMIT 5
"""


def add_text(
    db: Database, row: Row, lines: Iterable[RemovedLine], wanted: int | None = None
) -> int | None:
    """Store a text that the database does not have in `articles` or `copies`; returns its number, None
    for a copy. `wanted`: the number it should have.
    """
    if len(row["text"]) < SHORTEST:
        return add_article(db, row, lines, wanted)
    cache = EntryCache(db)
    entry = enter(db, row)
    cache.fresh[entry] = row | {"lines": lines, "number": wanted}
    if not compare_with_candidates(cache, entry, row):
        return add_article(db, row, lines, wanted)
    apply_comparisons(cache, entry)
    return cache[entry].number


def process_queue(db: Database, most: int = 50) -> None:
    """Compare the queued texts, which have changed since they were compared."""
    rows = db.conn.execute("SELECT id, text FROM _duplicate_queue ORDER BY id LIMIT ?", [most])
    for article_id, old in rows.fetchall():
        db.conn.execute("DELETE FROM _duplicate_queue WHERE id = ?", [article_id])
        row = get_text(db, article_id)
        if row is not None:
            compare_again(db, row, old)


def compare_again(db: Database, row: Row, old: str) -> None:
    """Compare a stored text; `old`: its text that is in the index."""
    entry = entry_of(db, row["id"])
    if entry is None and len(row["text"]) < SHORTEST:
        return
    cache, near = EntryCache(db), set[int]()
    if entry is not None:
        index.remove_sketch(db, entry, sketch(tokenise(_compared(old)).shingles))
        near = leave_cluster(cache, entry)
        cache.forget([entry])
    entry = enter(db, row, entry)
    compare_with_candidates(cache, entry, row)
    apply_comparisons(cache, entry, near)


def entry_of(db: Database, article_id: str) -> int | None:
    row = db.conn.execute(
        "SELECT entry FROM _duplicate_entries WHERE id = ?", [article_id]
    ).fetchone()
    return row and int(row[0])


def enter(db: Database, row: Row, entry: int | None = None) -> int:
    """Write the text's row in the index, a new one or `entry`; returns its number."""
    shingles = _tokens(row).shingles
    sizes = len(shingles), len(sketch(shingles))
    if entry is not None:
        db.conn.execute(_UPDATE_ENTRY, [fingerprint(row), *sizes, entry])
        return entry
    done = db.conn.execute(_INSERT_ENTRY, [row["id"], fingerprint(row), *sizes])
    return int(done.lastrowid or 0)


def compare_with_candidates(cache: EntryCache, entry: int, row: Row) -> bool:
    """Add the text to the index and compare it with its candidates; whether any is alike. Its earlier
    sketch and pairs have been removed.
    """
    shingles = _tokens(row).shingles
    hits = index.find_candidates(cache.db, sketch(shingles), len(shingles))
    index.add_sketch(cache.db, entry, hits.hashes)
    known = cache.load([*hits.entries, *_same_text(cache.db, row, hits.hashes)])
    others = {*known, *cache.load(entry.representative for entry in known.values())} - {entry}
    comparisons = {
        other: compare_texts(cache.compared_text(entry), cache.compared_text(other))
        for other in sorted(others)
    }
    alike = {
        other: comparison
        for other, comparison in comparisons.items()
        if comparison.kind != "distinct"
    }
    for other, comparison in alike.items():
        cache.put_pairs(entry, other, comparison)
    return bool(alike)


def _tokens(row: Row) -> TokenisedText:
    """From the cache, else folded and tokenised, which takes .3 ms."""
    number = fingerprint(row)
    return tokenise_cached(number) or cache_tokens(number, _compared(row["text"]))


def _compared(text: str) -> str:
    """The text as it is compared: nothing of a short one."""
    return fold(text) if len(text) >= SHORTEST else ""


def _same_text(db: Database, row: Row, hashes: Sized) -> list[int]:
    """Texts that are equal once folded. The index finds them by their shingles, unless nearly all of
    these are stopped.
    """
    if len(hashes) >= index.FEWEST_HITS or len(row["text"]) < SHORTEST:
        return []
    return [entry for (entry,) in db.conn.execute(_SAME_TEXT, [row["text_hash"]]).fetchall()]


def apply_comparisons(cache: EntryCache, entry: int, before: Iterable[int] = ()) -> None:
    """Update clusters, tables and relations from the pairs of `entry`; `before`: what it was alike to."""
    separate_stories(cache, entry)
    update_corpus(cache, {*before} if join_full_cluster(cache, entry) else {entry, *before})


def update_corpus(cache: EntryCache, compared: Collection[int]) -> None:
    """Update clusters, tables and relations from the pairs of the `compared` entries."""
    moved = update_clusters(cache, compared)
    touched = {*compared, *moved}
    representatives = {cache[entry].representative for entry in touched}
    representatives |= {
        representative
        for representative in moved.values()
        if cache[representative].representative == representative
    }
    assign(cache, sorted(representatives), compared)
    relate(cache, sorted(representatives))
