"""Records that are erased where they lie: their bytes are overwritten by a record without content, of
the same length, so that no other record moves and no file is copied.

The transaction that takes the rows away notes the bytes in `_erasures`; a kill leaves them noted, and
the next call overwrites them once more. It works in a file that is being written, too: its writer
only appends.
"""

import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from sqlite_utils import Database

from storage.archive.page_rows import file_id
from storage.archive.pointer import Pointer, archive_folder, find_file
from storage.database import transaction
from text.normalise import normalise_text
from text.urls import article_id

_HEAD = (
    "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:{id}>\r\n"
    "WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Length: {length:010}\r\n\r\n"
)
_GZIP = b"\x1f\x8b\x08%c\x00\x00\x00\x00\x00\xff"
_FNAME = 8
_MAX_STORED = 65_535  # bytes of a block that deflate leaves as it is; each has 5 more
# Bytes of a record without content. What is written of a page or a request is longer.
SHORTEST_BLANK = 18 + 5 + len(_HEAD.format(id=uuid4(), length=0)) + 4


@dataclass(frozen=True, slots=True)
class Erasure:
    """Bytes of the archive file with the number `file`; `member`: the record to be there instead."""

    file: int
    offset: int
    length: int
    member: bytes | None = None


def blank_member(length: int) -> bytes:
    """A gzip member of exactly `length` bytes: a metadata record of zeros. Raises ValueError where that
    is shorter than SHORTEST_BLANK.
    """
    if length < SHORTEST_BLANK:
        raise ValueError(f"no record has {length} bytes")
    blocks = -(-(length - 18) // (_MAX_STORED + 5))
    size = length - 18 - 5 * blocks
    zeros = size - len(_HEAD.format(id=uuid4(), length=0)) - 4
    record = _HEAD.format(id=uuid4(), length=zeros).encode() + bytes(zeros) + b"\r\n\r\n"
    parts, rest = [_GZIP % 0], memoryview(record)
    for left in range(blocks, 0, -1):
        piece, rest = rest[: -(-len(rest) // left)], rest[-(-len(rest) // left) :]
        parts.append(bytes([left == 1]) + _sizes(len(piece)) + bytes(piece))
    parts.append(zlib.crc32(record).to_bytes(4, "little") + len(record).to_bytes(4, "little"))
    return b"".join(parts)


def _sizes(length: int) -> bytes:
    return length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little")


def member_of_length(content: bytes, length: int) -> bytes | None:
    """A record as one gzip member in the place of a longer one; None where it does not fit. What is left
    over is a file name in the member's head, which no reader looks at.
    """
    packer = zlib.compressobj(9, wbits=-15)
    body = packer.compress(content) + packer.flush()
    body += zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    spare = length - 10 - len(body)
    if spare < 0:
        return None
    name = b"x" * (spare - 1) + b"\0" if spare else b""
    return _GZIP % (_FNAME if spare else 0) + name + body


def note_erasures(db: Database, erasures: Iterable[Erasure]) -> None:
    """Inside the transaction after which no row points to these records."""
    db.conn.executemany(
        "INSERT OR REPLACE INTO _erasures (file, offset, length, member) VALUES (?, ?, ?, ?)",
        [(erasure.file, erasure.offset, erasure.length, erasure.member) for erasure in erasures],
    )


def erase_later(db: Database, url: str, site: str | None, records: Iterable[Pointer]) -> None:
    """Note records of what was taken out while they were written, with those of their requests; a part
    of a response is cut out of it. The next maintenance does it. Inside a transaction.
    """
    note_erasures(
        db,
        (
            Erasure(file_id(db, record.file), record.offset, record.length)
            for record in records
            if record.part is None
        ),
    )
    queue_for_archive(db, url, site)


def queue_for_archive(db: Database, url: str, site: str | None) -> None:
    """The archive is searched for what it has of the address."""
    db.execute(
        "INSERT OR IGNORE INTO _forget_queue (id, site, step) VALUES (?, ?, 'archive')",
        [article_id(normalise_text(url)), site],
    )


def erase_noted(db: Database, data: Path) -> int:
    """Overwrite what is noted, file by file; returns the number of records. Raises OSError."""
    rows = db.execute(
        "SELECT file, offset, length, name FROM _erasures LEFT JOIN _archive_files USING (file) "
        "ORDER BY file, offset"
    ).fetchall()
    for (file, name), spans in groupby(rows, key=lambda row: (row[0], row[3])):
        erased = [(offset, length) for _, offset, length, _ in spans]
        path = find_file(archive_folder(data), name) if name else None
        if path:
            _overwrite(db, file, path, erased)
        with transaction(db):
            sql = "DELETE FROM _erasures WHERE file = ? AND offset = ?"
            db.conn.executemany(sql, [(file, offset) for offset, _ in erased])
    return len(rows)


def _overwrite(db: Database, file: int, path: Path, spans: list[tuple[int, int]]) -> None:
    handle = os.open(path, os.O_WRONLY)
    try:
        size = os.fstat(handle).st_size
        for offset, length in spans:
            if offset + length <= size:  # else it was cut off with the end of the file
                _write_at(handle, offset, _member(db, file, offset) or blank_member(length))
        os.fsync(handle)
    finally:
        os.close(handle)


def _member(db: Database, file: int, offset: int) -> bytes | None:
    sql = "SELECT member FROM _erasures WHERE file = ? AND offset = ?"
    member: bytes | None = db.execute(sql, [file, offset]).fetchone()[0]
    return member


def _write_at(handle: int, offset: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(handle, rest, offset)
        offset, rest = offset + written, rest[written:]
