"""The full-text index of the articles: folded titles and texts.

Triggers queue what changes, in plain SQL; `index_pending` folds it into the index. The index holds
no copy of the texts (a third of the size), so that deleting an entry needs the text it was made of:
the triggers keep it. A change of `fold` needs a migration that calls `rebuild_search`.
"""

from sqlite_utils import Database

from text.folding import fold

_BATCH = 200
_CHANGED = f"""
SELECT changed.number, changed.title, changed.text, articles.title, articles.text
FROM _search_queue AS changed LEFT JOIN articles ON articles.number = changed.number
ORDER BY changed.number LIMIT {_BATCH}
"""  # noqa: S608
_ADD = "INSERT INTO _search (rowid, title, text) VALUES (?, ?, ?)"
_DELETE = "INSERT INTO _search (_search, rowid, title, text) VALUES ('delete', ?, ?, ?)"


def index_pending(db: Database) -> None:
    """Bring the index up to date. Inside a transaction."""
    while changed := db.execute(_CHANGED).fetchall():
        for number, old_title, old_text, title, text in changed:
            if old_text is not None:
                db.execute(_DELETE, [number, fold(old_title or ""), fold(old_text)])
            if text is not None:
                db.execute(_ADD, [number, fold(title or ""), fold(text)])
        db.execute("DELETE FROM _search_queue WHERE number <= ?", [changed[-1][0]])


def rebuild_search(db: Database) -> None:
    """Build the index from all articles, whatever was in it. Inside a transaction."""
    db.execute("INSERT INTO _search (_search) VALUES ('delete-all')")
    db.execute("DELETE FROM _search_queue")
    db.execute("INSERT INTO _search_queue (number) SELECT number FROM articles")
    index_pending(db)
