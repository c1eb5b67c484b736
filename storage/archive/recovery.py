"""Files that a kill left behind: cut after the last whole record, and closed."""

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
    """How many files were closed whose writers are dead."""
    folder = archive_folder(data)
    return sum(_end(db, path) for path in sorted(folder.glob(f"*{SUFFIX}{OPEN}")))


def _end(db: Database, path: Path) -> bool:
    try:
        stream = path.open("r+b")
    except FileNotFoundError:
        return False
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False  # its writer lives
        if not path.exists():
            return False  # somebody was faster
        _close(db, path, stream)
    return True


def _close(db: Database, path: Path, stream: IO[bytes]) -> None:
    name = path.name.removesuffix(OPEN)
    whole = whole_length(stream, _last(db, name))
    _forget(db, name, whole)
    cut = os.fstat(stream.fileno()).st_size - whole
    if cut:
        logger.warning("archive: %s: a broken record at its end, %d bytes, is cut off", name, cut)
    os.ftruncate(stream.fileno(), whole)
    os.fsync(stream.fileno())
    if whole:
        path.rename(path.with_name(name))
    else:
        path.unlink()


def whole_length(stream: IO[bytes], start: int = 0) -> int:
    """Where the last whole record ends: each is a gzip member. `start` is where one is known to
    begin; if it turns out not to, all are looked at.
    """
    end = _walk(stream, start)
    return _walk(stream, 0) if end == start and start else end


def _walk(stream: IO[bytes], end: int) -> int:
    """Members end with a checksum, which zlib verifies."""
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


def _last(db: Database, name: str) -> int:
    """Where the last record begins that a row points to."""
    found: int = db.execute(
        "SELECT coalesce(max(offset), 0) FROM (SELECT file, offset FROM _archived_pages "
        "UNION ALL SELECT file, offset FROM _archived_responses) "
        "WHERE file = (SELECT file FROM _archive_files WHERE name = ?)",
        [name],
    ).fetchone()[0]
    return found


_FORGET = (
    "DELETE FROM _archived_pages WHERE file = ? AND offset + length > ?",
    "DELETE FROM _response_parts WHERE response IN "
    "(SELECT response FROM _archived_responses WHERE file = ? AND offset + length > ?)",
    "DELETE FROM _archived_responses WHERE file = ? AND offset + length > ?",
)


def _forget(db: Database, name: str, whole: int) -> None:
    """Rows of records that a machine without power has lost, whatever it had promised."""
    with transaction(db):
        found = db.execute("SELECT file FROM _archive_files WHERE name = ?", [name]).fetchone()
        lost = sum(db.execute(sql, [found[0], whole]).rowcount for sql in _FORGET) if found else 0
    if lost:
        logger.warning(
            "archive: %s: %d rows of pages were lost with the end of the file", name, lost
        )
