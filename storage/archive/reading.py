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
from storage.archive.places import archive_folder, digest_of, present
from storage.database import StorageError
from storage.rows import Row


class ArchiveError(StorageError):
    """The archive cannot be written, or a record is not there or damaged; for a person."""


def read(db: Database, data: Path, row: Row) -> Page:
    """The page of a row of `_pages`, equal to the one that was refined. `data` is the database's
    folder. Raises ArchiveError where its file is gone or damaged.
    """
    body = payload(db, data, row)
    return Page(
        key=row["url"],
        url=row["final_url"],
        body=body if row["part"] is None else _part(body, row),
        fetched=row["fetched"],
        charset=row["charset"],
        fragment=bool(row["fragment"]),
        hints=hints_read(row["hints"]),
    )


def payload(db: Database, data: Path, row: Row) -> bytes:
    """The bytes that came. Those of a revisit are read where they came first."""
    holder = _original(db, row) if row["refers"] is not None else row
    record, content = record_at(archive_folder(data), file_name(db, holder), holder)
    if record.headers.get("WARC-Target-URI") != holder["uri"]:
        raise ArchiveError(f"{_place(db, holder)}: the record there is of another address")
    body = content.partition(b"\r\n\r\n")[2] if record.is_http else content
    if digest_of(body) != row["digest"]:
        raise ArchiveError(f"{_place(db, holder)}: the record there is damaged")
    return body


def _part(answer: bytes, row: Row) -> bytes:
    body = bodies(answer)[row["part"]]
    if body is None:
        raise ArchiveError(f"{row['uri']}: holds nothing of {row['url']}")
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


def _place(db: Database, row: Row) -> str:
    return f"{file_name(db, row)} at {row['offset']}"


def hints_written(hints: Hints) -> str | None:
    """Exactly, unlike the frontier's: what a page was refined with."""
    said = {name: value for name, value in asdict(hints).items() if value not in (None, ())}
    return json.dumps(said) if said else None


def hints_read(written: str | None) -> Hints:
    said = json.loads(written or "{}")
    lists = {name: tuple(said[name]) for name in ("sections", "tags") if name in said}
    return Hints(**(said | lists))
