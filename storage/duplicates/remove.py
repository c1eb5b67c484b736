"""A text taken out of the database: its copies find another original."""

from sqlite_utils import Database

from storage.article_rows import get_text
from storage.duplicates import index
from storage.duplicates.deduplicate import SHORTEST, entry_of, update_corpus
from storage.duplicates.entries import EntryCache
from storage.duplicates.shingles import sketch, tokenise
from text.folding import fold

_MEMBERS = "SELECT entry FROM _duplicate_entries WHERE representative = ?1 OR entry = ?1"


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
    """The other texts of its cluster choose again, each as its own representative first."""
    cache = EntryCache(db)
    representative = cache[entry].representative
    cluster = {member for (member,) in db.conn.execute(_MEMBERS, [representative]).fetchall()}
    if len(text) >= SHORTEST:
        index.remove_sketch(db, entry, sketch(tokenise(fold(text)).shingles))
    others = (cluster | set(index.forget_pairs(db, entry))) - {entry}
    for other in cluster - {entry}:
        cache.attach(other, other)
    db.conn.execute("DELETE FROM _duplicate_entries WHERE entry = ?", [entry])
    update_corpus(cache, others)
