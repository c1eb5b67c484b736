"""Judging: a text is held against its candidates, and what follows from the verdicts is done, all
inside the caller's transaction.
"""

from collections.abc import Iterable, Sized

from sqlite_utils import Database

from items import RemovedLine
from storage.article_rows import Row, get_one
from storage.duplicates import index
from storage.duplicates.clusters import assign, relate, update_clusters
from storage.duplicates.compare import compare_texts
from storage.duplicates.copies import add_article
from storage.duplicates.entries import EntryCache
from storage.duplicates.shingles import TokenisedText, cache_tokens, fingerprint, sketch, tokenise
from text.folding import fold

# Characters; shorter texts (a score, a correction, a stub) are equal by chance.
SHORTEST = 200

_ENTER = (
    "INSERT INTO _duplicate_entries (id, fingerprint, size, sketched, representative) "
    "VALUES (?, ?, ?, ?, "
    "1 + coalesce((SELECT max(entry) FROM _duplicate_entries), 0))"
)
_RESIZE = "UPDATE _duplicate_entries SET fingerprint = ?, size = ?, sketched = ? WHERE entry = ?"

_SAME = """
SELECT entry FROM articles CROSS JOIN _duplicate_entries USING (id) WHERE text_hash = ?1 UNION ALL
SELECT entry FROM copies CROSS JOIN _duplicate_entries USING (id) WHERE text_hash = ?1 LIMIT 5
"""


def add_text(
    db: Database, row: Row, lines: Iterable[RemovedLine], wanted: int | None = None
) -> int | None:
    """A text that the database does not have, into `articles` or `copies`; its number, None for a
    copy. `wanted` is the number it should have.
    """
    if len(row["text"]) < SHORTEST:
        return add_article(db, row, lines, wanted)
    texts = EntryCache(db)
    entry = enter(db, row)
    texts.fresh[entry] = row | {"lines": lines, "number": wanted}
    if not compare_with_candidates(texts, entry, row):
        return add_article(db, row, lines, wanted)
    apply_comparisons(texts, [entry])
    return texts[entry].number


def process_queue(db: Database, most: int = 50) -> None:
    """Judge anew the texts that have changed since they were judged."""
    rows = db.conn.execute("SELECT id, text FROM _duplicate_queue ORDER BY id LIMIT ?", [most])
    for article_id, old in rows.fetchall():
        db.conn.execute("DELETE FROM _duplicate_queue WHERE id = ?", [article_id])
        row = get_one(db, "articles", "id", article_id) or get_one(db, "copies", "id", article_id)
        if row is not None:
            compare_again(db, row, old)


def compare_again(db: Database, row: Row, old: str) -> None:
    """A text that is in the database already; `old` is the text that the index has of it."""
    entry = entry_of(db, row["id"])
    if entry is None and len(row["text"]) < SHORTEST:
        return
    texts, near = EntryCache(db), []
    if entry is not None:
        index.remove_sketch(db, entry, sketch(tokenise(_compared(old)).shingles))
        near = index.forget_pairs(db, entry)
    entry = enter(db, row, entry)
    compare_with_candidates(texts, entry, row)
    apply_comparisons(texts, [entry, *near])


def entry_of(db: Database, article_id: str) -> int | None:
    row = db.conn.execute(
        "SELECT entry FROM _duplicate_entries WHERE id = ?", [article_id]
    ).fetchone()
    return row and int(row[0])


def enter(db: Database, row: Row, entry: int | None = None) -> int:
    """The text's line in the index: a new one, or `entry` as it is now."""
    shingles = _words(row).shingles
    sizes = len(shingles), len(sketch(shingles))
    if entry is not None:
        db.conn.execute(_RESIZE, [fingerprint(row), *sizes, entry])
        return entry
    done = db.conn.execute(_ENTER, [row["id"], fingerprint(row), *sizes])
    return int(done.lastrowid or 0)


def compare_with_candidates(texts: EntryCache, entry: int, row: Row) -> bool:
    """List the text, and hold it against what may be like it; whether anything is. Where it was
    listed before it has been taken out.
    """
    shingles = _words(row).shingles
    found = index.find_candidates(texts.db, sketch(shingles), len(shingles))
    index.add_sketch(texts.db, entry, found.hashes)
    known = texts.load([*found.entries, *_same_words(texts.db, row, found.hashes)])
    others = {*known, *texts.load(each.representative for each in known.values())} - {entry}
    verdicts = {
        other: compare_texts(texts.compared_text(entry), texts.compared_text(other))
        for other in sorted(others)
    }
    alike = {other: verdict for other, verdict in verdicts.items() if verdict.kind != "distinct"}
    for other, verdict in alike.items():
        index.put_pairs(texts.db, entry, other, verdict)
    return bool(alike)


def _words(row: Row) -> TokenisedText:
    return cache_tokens(fingerprint(row), _compared(row["text"]))


def _compared(text: str) -> str:
    """The text as it is compared: not at all when it is short."""
    return fold(text) if len(text) >= SHORTEST else ""


def _same_words(db: Database, row: Row, hashes: Sized) -> list[int]:
    """Texts that are equal once folded. Their shingles name them first of all, unless nearly all of
    those have been stopped.
    """
    if len(hashes) >= index.FEWEST_HITS or len(row["text"]) < SHORTEST:
        return []
    return [entry for (entry,) in db.conn.execute(_SAME, [row["text_hash"]]).fetchall()]


def apply_comparisons(texts: EntryCache, judged: Iterable[int]) -> None:
    """Clusters, roles and links follow from the likenesses of the `judged` entries."""
    judged = set(judged)
    moved = update_clusters(texts, judged)
    touched = judged | moved.keys()
    pivots = {texts[entry].representative for entry in touched}
    pivots |= {pivot for pivot in moved.values() if texts[pivot].representative == pivot}
    assign(texts, sorted(pivots), judged)
    relate(texts, sorted(pivots))
