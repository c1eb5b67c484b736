"""The corpus as a WARC file: each article's archived page, or its text where it has none."""

import gzip
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from sqlite_utils import Database

from storage.archive.page_rows import of_article
from storage.archive.pointer import archive_folder, find_file
from storage.archive.read_pages import ArchivedPage, ArchiveError, locate_page, read_body
from storage.archive.warc_record import make_member, target
from storage.article_rows import Row, article_from
from storage.database import folder_of
from storage.formats.seed_text import render
from text.timestamps import utc_now


def write(db: Database, rows: Iterable[Row], *, packed: bool) -> Iterator[bytes]:
    """`packed`: each record is compressed by itself, as in `.warc.gz` files."""
    folder = archive_folder(folder_of(db))
    for record in _records(db, rows, folder):
        yield record if packed else gzip.decompress(record)


def _records(db: Database, rows: Iterable[Row], folder: Path) -> Iterable[bytes]:
    about = f"software: warraq/{version('warraq')}\r\nformat: WARC File Format 1.1\r\n"
    kind = {"Content-Type": "application/warc-fields"}
    yield make_member("warcinfo", about.encode(), utc_now(), headers=kind).data
    for row in rows:
        yield _page(db, row, folder) or _text(row)


def _page(db: Database, row: Row, folder: Path) -> bytes | None:
    """The record of the newest of the article's pages that can be read, as it is in the archive."""
    for page in of_article(db, row["id"]):
        archived = locate_page(db, page) if page["kind"] != "import" else None
        try:
            if archived:
                return _record(archived, read_body(folder, archived), folder)
        except ArchiveError:
            continue
    return None


def _record(page: ArchivedPage, body: bytes, folder: Path) -> bytes:
    if page.row["response_part"] is not None:
        # Only this page of a response with many.
        kind = {"Content-Type": "text/html; charset=utf-8"}
        uri, fetched = target(page.row["final_url"]), page.row["fetched"]
        return make_member("resource", body, fetched, uri=uri, payload=body, headers=kind).data
    path = find_file(folder, page.name)
    assert path is not None  # it has just been read
    with path.open("rb") as file:
        file.seek(page.location["offset"])
        return file.read(page.location["length"])


def _text(row: Row) -> bytes:
    text = render(article_from(row)).encode()
    uri = target(row["url"]) if row["url"] else f"urn:x-warraq:{row['id']}"
    kind = {"Content-Type": "text/plain; charset=utf-8"}
    return make_member("resource", text, row["last_seen"], uri=uri, payload=text, headers=kind).data
