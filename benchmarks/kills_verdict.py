"""What must hold of the database after each kill, and at the end of them all."""

from collections.abc import Mapping
from pathlib import Path

from sqlite_utils import Database

from benchmarks.newsdesk import Newsdesk
from demo.expected import judge, printed_url
from demo.newsroom import Newsroom
from items import Page
from storage.archive.page_rows import of_article
from storage.archive.pointer import OPEN, archive_folder
from storage.archive.read_pages import read
from storage.archive.retention import sizes
from storage.archive.verify import check
from storage.database import open_database

_AT_EVERY_INSTANT: dict[str, list[tuple[object, ...]]] = {
    "PRAGMA integrity_check": [("ok",)],
    "PRAGMA foreign_key_check": [],
    "SELECT url FROM articles GROUP BY url HAVING count(*) > 1": [],
    "SELECT url FROM frontier WHERE state = 'done' AND article IS NULL": [],
    "SELECT articles.url FROM revisions JOIN articles ON article = number "
    "WHERE revisions.text_hash = articles.text_hash": [],
}


def unsound(db: Database) -> list[str]:
    """What holds at every instant, and does not."""
    found = {sql: [tuple(row) for row in db.execute(sql).fetchall()] for sql in _AT_EVERY_INSTANT}
    return [f"{sql}: {rows}" for sql, rows in found.items() if rows != _AT_EVERY_INSTANT[sql]]


def missing(db: Database, rooms: Mapping[str, Newsroom]) -> list[str]:
    """Articles that are not there as they were printed last, or that are there twice."""
    printed = {
        room.base: [one for one in room.printings() if not one.trap] for room in rooms.values()
    }
    return judge(db, printed).problems


def astray(db: Database, folder: Path) -> list[str]:
    """Records that are damaged, and rows that point to no record."""
    return [f"archive: {problem}" for problem in check(db, folder).problems]


def unarchived(db: Database, folder: Path) -> list[str]:
    """Texts whose page is not in the archive, or cannot be read there."""
    known = db.execute("SELECT id, url FROM articles UNION SELECT id, url FROM copies").fetchall()
    return [
        f"{url}: its page is not in the archive" for id, url in known if not _pages(db, folder, id)
    ]


def left_open(folder: Path) -> list[str]:
    """Archive files without their name, after an end in order."""
    return [
        f"archive: {name} was left open"
        for name in sizes(archive_folder(folder))
        if name.endswith(OPEN)
    ]


def _pages(db: Database, folder: Path, article: str) -> list[Page]:
    return [read(db, folder, row) for row in of_article(db, article)]


def unrevised(db: Database, rooms: Mapping[str, Newsroom], desk: Newsdesk) -> list[str]:
    """Edits of what was stored before, of which there is no revision."""
    sql = "SELECT url FROM articles WHERE number IN (SELECT article FROM revisions)"
    revised = {url for (url,) in db.execute(sql).fetchall()}
    fresh = {one.path for one in desk.published}
    edited = [(rooms[name], path) for name, path in desk.edited if path not in fresh]
    return [
        f"{room.outlet.name} {path}: edited, and there is no revision"
        for room, path in edited
        if (printing := room.at(path)) and printed_url(room.base, printing) not in revised
    ]


def troubles(folder: Path, rooms: Mapping[str, Newsroom], desk: Newsdesk) -> list[str]:
    """At the end; none is well."""
    with open_database(folder) as db:
        found = [*unsound(db), *missing(db, rooms), *unrevised(db, rooms, desk)]
        found += [*astray(db, folder), *unarchived(db, folder), *left_open(folder)]
    said = (folder / "log").read_text()
    words = ("database is locked", "Traceback", "a fault of ours")
    return found + [f"the log says: {word}" for word in words if word in said]
