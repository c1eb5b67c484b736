"""From a row of `_pages` back to the page that was refined."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecord
from sqlite_utils import Database

from items import Hints, Page
from storage.archive.parts import bodies
from storage.archive.pointer import archive_folder, digest_of, present
from storage.article_rows import Row
from storage.database import StorageError


class ArchiveError(StorageError):
    """The archive cannot be written, or a record is not there or damaged; for a person."""


def read(db: Database, data: Path, row: Row) -> Page:
    """The page of a row of `_pages`, equal to the one that was refined. `data` is the database's
    folder. Raises ArchiveError where its file is gone or damaged.
    """
    _, body = held(db, data, row)
    return Page(
        key=row["url"],
        url=row["final_url"],
        body=body,
        fetched=row["fetched"],
        charset=row["charset"],
        fragment=bool(row["fragment"]),
        hints=hints_read(row["hints"]),
    )


def held(db: Database, data: Path, row: Row) -> tuple[str, bytes]:
    """The media type that the record says of itself, and the bytes that came. Those of a revisit are
    read where they came first. Raises ArchiveError.
    """
    holder = _original(db, row) if row["refers"] is not None else row
    record, body = _verified(archive_folder(data), file_name(db, holder), holder)
    kind = record.headers.get("Content-Type") or ""
    return kind, body if row["part"] is None else _part(body, row["part"], holder)


def body_at(folder: Path, name: str, place: Row, part: int | None = None) -> bytes:
    """The bytes that came with the record at `place` (uri, offset, length, digest) of a file; of an
    answer that holds several pages, the `part` that is asked for. Raises ArchiveError.
    """
    _, body = _verified(folder, name, place)
    return body if part is None else _part(body, part, place)


def _verified(folder: Path, name: str, place: Row) -> tuple[WarcRecord, bytes]:
    record, content = record_at(folder, name, place)
    body = content.partition(b"\r\n\r\n")[2] if record.is_http else content
    is_that = record.headers.get("WARC-Target-URI") == place["uri"]
    if not is_that or digest_of(body) != place["digest"]:
        raise ArchiveError(f"{name}: the record at {place['offset']} is another, or damaged")
    return record, body


def _part(answer: bytes, part: int, place: Row) -> bytes:
    try:
        body = bodies(answer)[part]
    except (ValueError, IndexError):
        body = None
    if body is None:
        raise ArchiveError(f"{place['uri']}: the answer has no part {part}")
    return body


def record_at(folder: Path, name: str, row: Row) -> tuple[WarcRecord, bytes]:
    """The record of a row and its block. Raises ArchiveError."""
    path = present(folder, name)
    if path is None:
        raise ArchiveError(f"{folder / name} is not there: its pages can no longer be read.")
    try:
        with path.open("rb") as file:
            file.seek(row["offset"])
            member = file.read(row["length"])
        record = next(records_in(member))
        return record, record.reader.read()
    except (OSError, StopIteration, ValueError, EOFError) as error:
        raise ArchiveError(f"{path}: no record at {row['offset']} ({error!r})") from error


def records_in(member: bytes) -> Iterator[WarcRecord]:
    return iter(ArchiveIterator(BytesIO(member), parse_http=False))


def file_name(db: Database, row: Row) -> str:
    found = db.execute("SELECT name FROM _archive_files WHERE file = ?", [row["file"]]).fetchone()
    if found is None:
        raise ArchiveError(f"the archive file of {row['url']} is not there any more.")
    return str(found[0])


def _original(db: Database, row: Row) -> Row:
    found = next(db.query("SELECT * FROM _pages WHERE page = ?", [row["refers"]]), None)
    if found is None or found["digest"] != row["digest"]:
        raise ArchiveError(
            f"{row['url']} was the same on {row['fetched']} as before, and what came before "
            "has gone with its file: the archive's budget is WARRAQ_ARCHIVE_MB."
        )
    return found


def hints_written(hints: Hints) -> str | None:
    """Exactly, unlike the frontier's: what a page was refined with."""
    said = {name: value for name, value in asdict(hints).items() if value not in (None, ())}
    return json.dumps(said) if said else None


def hints_read(written: str | None) -> Hints:
    said = json.loads(written or "{}")
    lists = {name: tuple(said[name]) for name in ("sections", "tags") if name in said}
    return Hints(**(said | lists))
