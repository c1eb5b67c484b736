"""What is known of how a story came to be here: its fetches, and what they are in the archive."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection

from datasette.app import Datasette
from sqlite_utils import Database

from browse.live_database import ResultRow, database
from storage.archive.capture_members import ArchivedCapture, capture_of
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import ArchivedPage, ArchiveError, locate_page
from storage.article_rows import Row

MAX_FETCHES = 20
# Of these the archived record is looked at, for what the server answered.
_MAX_READ = 3
_HEADERS = ("etag", "last-modified", "server", "content-type")
_MAX_VALUE_CHARS = 200
_FETCHES = """
SELECT * FROM _archived_pages WHERE article = :id AND first_page IS NULL ORDER BY page DESC LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class LocatedPage:
    """A fetch: its row, where its bytes are (None: gone), and where its own record begins."""

    row: Row
    page: ArchivedPage | None
    own: tuple[str, int]


@dataclass(frozen=True, slots=True)
class ShownFetch:
    """A fetch as it is shown. `status`: the first line of the response; `headers`: some of its headers;
    `readable`: whether its record can be had.
    """

    row: ResultRow
    readable: bool
    status: str = ""
    headers: tuple[tuple[str, str], ...] = ()


async def fetches(datasette: Datasette, article_id: str) -> list[ShownFetch]:
    """The last ones that are archived, the newest first."""
    located = await locate_fetches(datasette, article_id, MAX_FETCHES)
    folder = archive_of(datasette)
    return await asyncio.to_thread(_described, folder, located)


async def locate_fetches(datasette: Datasette, article_id: str, most: int) -> list[LocatedPage]:
    def locate(connection: Connection) -> list[LocatedPage]:
        db = Database(connection)
        found = list(db.query(_FETCHES, {"id": article_id, "most": most}))
        return [_located(db, row) for row in found]

    located: list[LocatedPage] = await database(datasette).execute_fn(locate)
    return located


def archive_of(datasette: Datasette) -> Path:
    return archive_folder(Path(database(datasette).path).parent)


def read(folder: Path, fetch: LocatedPage) -> ArchivedCapture:
    """Raises ArchiveError."""
    if fetch.page is None:
        raise ArchiveError("its file is not in the archive any more")
    return capture_of(folder, fetch.page, fetch.own)


def _located(db: Database, row: Row) -> LocatedPage:
    sql = "SELECT name FROM _archive_files WHERE file = ?"
    name = db.execute(sql, [row["file"]]).fetchone()
    page = locate_page(db, row) if name else None
    return LocatedPage(row, page, (str(name[0]) if name else "", int(row["offset"])))


def _described(folder: Path, located: Sequence[LocatedPage]) -> list[ShownFetch]:
    return [_fetch(folder, fetch, n < _MAX_READ) for n, fetch in enumerate(located)]


def _fetch(folder: Path, fetch: LocatedPage, looked_at: bool) -> ShownFetch:
    if not looked_at or fetch.page is None:
        return ShownFetch(fetch.row, fetch.page is not None)
    try:
        head = read(folder, fetch).head
    except ArchiveError:
        return ShownFetch(fetch.row, False)
    pairs = (line.partition(":") for line in head[1:])
    headers = [
        (name.strip().lower(), value.strip()[:_MAX_VALUE_CHARS])
        for name, _, value in pairs
        if name.strip().lower() in _HEADERS
    ]
    return ShownFetch(fetch.row, True, head[0][:_MAX_VALUE_CHARS] if head else "", tuple(headers))
