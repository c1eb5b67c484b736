"""The full-text index of the articles: folded titles, texts, and the headlines of their copies; and the
folded names of agencies and authors.

Triggers queue what changes, in plain SQL; `index_pending` folds it into the index. The index holds
no copy of the texts (a third of the size), so that deleting an entry needs the text it was made of:
the triggers keep it. A change of `fold_for_search` needs a migration that makes the index anew.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import MappingProxyType
from weakref import WeakKeyDictionary

from sqlite_utils import Database

from text.search_folding import fold_for_search

_BATCH = 200
# The newest first: a backlog, as a migration leaves it, does not hold back what comes in.
_CHANGED = f"""
WITH changed AS (SELECT * FROM _search_queue ORDER BY number DESC LIMIT {_BATCH})
SELECT changed.number, changed.title, changed.text, changed.headlines,
    articles.title, articles.text,
    (SELECT group_concat(title, char(10)) FROM copies WHERE original = changed.number),
    articles.agency, articles.author
FROM changed LEFT JOIN articles ON articles.number = changed.number
ORDER BY changed.number
"""  # noqa: S608
_ADD = "INSERT INTO _search (rowid, title, text, headlines) VALUES (?, ?, ?, ?)"
_DELETE = (
    "INSERT INTO _search (_search, rowid, title, text, headlines) VALUES ('delete', ?, ?, ?, ?)"
)
_CREDIT = "INSERT OR IGNORE INTO _credits (kind, name, folded) VALUES (?, ?, ?)"
# Articles of a step of a backlog: the index is up to date after some 100 000 in a minute.
_STEP = 2000
# Articles whose index entry a stored one brings up to date, where a migration has left a backlog.
_MOST_INDEXED = 200
# Texts that have been stored inside `indexed_at_end`, and their foldings.
_postponed: "WeakKeyDictionary[Database, dict[str, str]]" = WeakKeyDictionary()

logger = logging.getLogger(__name__)


def index_pending(
    db: Database, most: int | None = None, folded: Mapping[str, str] = MappingProxyType({})
) -> int:
    """Bring the index up to date, or the newest `most` articles of it; returns how many were. `folded`:
    texts whose folding is known. Inside a transaction.
    """

    def fold(column: str | None) -> str:
        return folded.get(column or "") or fold_for_search(column or "")

    done = 0
    while (most is None or done < most) and (changed := db.execute(_CHANGED).fetchall()):
        for number, old_title, old_text, old_headlines, title, text, headlines, *credits in changed:
            if old_text is not None:
                db.execute(_DELETE, [number, *map(fold, (old_title, old_text, old_headlines))])
            if text is not None:
                db.execute(_ADD, [number, *map(fold, (title, text, headlines))])
            _add_credits(db, fold, *credits)
        db.execute("DELETE FROM _search_queue WHERE number >= ?", [changed[0][0]])
        done += len(changed)
        if len(changed) < _BATCH:
            break
    return done


def index_stored(db: Database, folded: Mapping[str, str]) -> None:
    """What storing an article does for the index: now, or at the end of `indexed_at_end`. `folded` is as
    in `index_pending`. Inside a transaction.
    """
    if (postponed := _postponed.get(db)) is not None:
        postponed.update(folded)
    else:
        index_pending(db, _MOST_INDEXED, folded)


@contextmanager
def indexed_at_end(db: Database) -> Iterator[None]:
    """What is stored inside is indexed once, at its end; the transaction goes round all of it. FTS5 writes
    a segment whenever a savepoint ends in which an article was indexed, and merges these: a third of what
    storing an article takes.
    """
    folded = _postponed[db] = {}
    try:
        yield
    finally:
        del _postponed[db]
    index_pending(db, _MOST_INDEXED, folded)


def index_backlog(db: Database, transaction: Callable[[], AbstractContextManager[None]]) -> None:
    """Index what a migration, or another program, has left in the queue, step by step: a kill loses one
    step, and what comes in meanwhile is stored between two.
    """
    [(waiting,)] = db.execute("SELECT count(*) FROM _search_queue").fetchall()
    done = 0
    while done < waiting:
        with transaction():
            step = index_pending(db, _STEP)
        done += step
        if not step:
            return
        if waiting > _STEP:
            logger.warning("The search index is made anew: %d of %d articles.", done, waiting)


def rebuild_search(db: Database) -> None:
    """Build the index from all articles, whatever was in it. Inside a transaction."""
    db.execute("INSERT INTO _search (_search) VALUES ('delete-all')")
    db.execute("DELETE FROM _search_queue")
    db.execute("INSERT INTO _search_queue (number) SELECT number FROM articles")
    index_pending(db)


def _add_credits(
    db: Database, fold: Callable[[str], str], agency: str | None, author: str | None
) -> None:
    for kind, name in (("agency", agency), ("author", author)):
        if name:
            db.execute(_CREDIT, [kind, name, fold(name)])
