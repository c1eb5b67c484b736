"""All articles and copies out of the database, to be made anew of the archived pages."""

from pathlib import Path

from sqlite_utils import Database

from storage import search
from storage.archive.read_pages import ArchiveError
from storage.held import STORED, Scope, after, body_of, locate_page

# What was learned of the sites stays, and so does the frontier.
_TABLES = (
    *("revisions", "removed_lines", "related", "copies", "articles"),
    *("_entries", "_sketches", "_stop_shingles", "_crowded_shingles", "_likeness", "_unjudged"),
    *("_rebuild", "_before_rebuild"),
)
_WITHOUT_PAGE = """
SELECT id FROM (SELECT id, site FROM articles UNION ALL SELECT id, site FROM copies) AS stored
WHERE (?1 IS NULL OR site = ?1) AND NOT EXISTS (SELECT 1 FROM _pages WHERE _pages.article = stored.id)
"""


def without_page(db: Database, site: str | None = None) -> int:
    """How many articles and copies, of one site or of all, the archive has no page of."""
    sql = f"SELECT count(*) FROM ({_WITHOUT_PAGE})"  # noqa: S608
    return int(db.execute(sql, [site]).fetchone()[0])


def unreadable(db: Database, folder: Path) -> int:
    """How many pages of articles the archive has lost, or holds damaged. Reads all of them."""
    lost, page = 0, 0
    scope = Scope(last=2**62)
    while rows := after(db, scope, STORED, page, 200):
        page = rows[-1]["page"]
        for row in rows:
            one = locate_page(db, row)
            try:
                lost += one is None or not body_of(folder, one)
            except ArchiveError:
                lost += 1
    return lost


def empty(db: Database) -> None:
    """Inside a transaction. Whoever calls this has made sure that nothing is lost."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608
    search.rebuild(db)
