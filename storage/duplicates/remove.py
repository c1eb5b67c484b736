"""A text taken out of the database: its copies find another original."""

from sqlite_utils import Database

from storage.article_rows import get_text
from storage.duplicates import index
from storage.duplicates.clusters import members
from storage.duplicates.deduplicate import entry_of, update_corpus
from storage.duplicates.entries import EntryCache
from storage.duplicates.full_clusters import leave_cluster
from storage.duplicates.shingles import SHORTEST, sketch, tokenise
from text.folding import fold


def remove_text(db: Database, article_id: str) -> None:
    """Delete an article or a copy with its revisions and removed lines. Inside a transaction; nothing
    happens where there is none.
    """
    row = get_text(db, article_id)
    if row is None:
        return
    entry = entry_of(db, article_id)
    if entry is not None:
        _remove_entry(db, entry, row["text"])
    db.execute("DELETE FROM _duplicate_queue WHERE id = ?", [article_id])
    db.execute("DELETE FROM copies WHERE id = ?", [article_id])
    db.execute("DELETE FROM articles WHERE id = ?", [article_id])


def _remove_entry(db: Database, entry: int, text: str) -> None:
    """The texts that it represented choose again, each as its own representative first."""
    cache = EntryCache(db)
    cluster = members(cache, entry)[1:]
    if len(text) >= SHORTEST:
        index.remove_sketch(db, entry, sketch(tokenise(fold(text)).shingles))
    others = leave_cluster(cache, entry)
    for other in cluster:
        cache.attach(other, other)
    db.conn.execute("DELETE FROM _duplicate_entries WHERE entry = ?", [entry])
    update_corpus(cache, others)
