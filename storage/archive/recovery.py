"""Files that a kill left open: cut after the last whole record, and closed."""

import fcntl
import logging
import os
import zlib
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from storage.archive.pointer import OPEN, SUFFIX, archive_folder
from storage.database import transaction

logger = logging.getLogger(__name__)

_CHUNK = 1 << 16


def close_abandoned(db: Database, data: Path) -> int:
    """Close the files of dead writers; returns how many."""
    folder = archive_folder(data)
    return sum(_close_if_dead(db, path) for path in sorted(folder.glob(f"*{SUFFIX}{OPEN}")))


def _close_if_dead(db: Database, path: Path) -> bool:
    try:
        stream = path.open("r+b")
    except FileNotFoundError:
        return False
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False  # its writer is alive
        if not path.exists():
            return False  # another process closed it
        _close(db, path, stream)
    return True


def _close(db: Database, path: Path, stream: IO[bytes]) -> None:
    name = path.name.removesuffix(OPEN)
    whole = whole_length(stream, _last_offset(db, name))
    _delete_rows(db, name, whole)
    broken = os.fstat(stream.fileno()).st_size - whole
    if broken:
        logger.warning(
            "archive: %s: a broken record at its end, %d bytes, is cut off", name, broken
        )
    os.ftruncate(stream.fileno(), whole)
    os.fsync(stream.fileno())
    if whole:
        path.rename(path.with_name(name))
    else:
        path.unlink()


def whole_length(stream: IO[bytes], start: int = 0) -> int:
    """Where the last whole record ends; each is a gzip member. `start` is where one should begin; if
    none does, the file is read from its beginning.
    """
    end = _end_of_members(stream, start)
    return _end_of_members(stream, 0) if end == start and start else end


def _end_of_members(stream: IO[bytes], end: int) -> int:
    """A member ends with a checksum, which zlib verifies."""
    stream.seek(end)
    rest = stream.read(_CHUNK)
    while rest:
        member, length = zlib.decompressobj(wbits=31), 0
        try:
            while rest and not member.eof:
                length += len(rest)
                member.decompress(rest)
                rest = b"" if member.eof else stream.read(_CHUNK)
        except zlib.error:
            return end
        if not member.eof:
            return end
        end += length - len(member.unused_data)
        rest = member.unused_data or stream.read(_CHUNK)
    return end


def _last_offset(db: Database, name: str) -> int:
    """Where the last record begins that a row points to."""
    offset: int = db.execute(
        "SELECT coalesce(max(offset), 0) FROM (SELECT file, offset FROM _archived_pages "
        "UNION ALL SELECT file, offset FROM _archived_responses) "
        "WHERE file = (SELECT file FROM _archive_files WHERE name = ?)",
        [name],
    ).fetchone()[0]
    return offset


_DELETE = (
    "DELETE FROM _archived_pages WHERE file = ? AND offset + length > ?",
    "DELETE FROM _response_parts WHERE response IN "
    "(SELECT response FROM _archived_responses WHERE file = ? AND offset + length > ?)",
    "DELETE FROM _archived_responses WHERE file = ? AND offset + length > ?",
)


def _delete_rows(db: Database, name: str, whole: int) -> None:
    """Of records that were lost in a power cut although the disk had reported them as written."""
    with transaction(db):
        file = db.execute("SELECT file FROM _archive_files WHERE name = ?", [name]).fetchone()
        lost = sum(db.execute(sql, [file[0], whole]).rowcount for sql in _DELETE) if file else 0
    if lost:
        logger.warning(
            "archive: %s: %d rows of pages were lost with the end of the file", name, lost
        )
