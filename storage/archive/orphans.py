"""Records that no row points to: those of requests, what a kill left, what was taken out."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from storage.archive.pointer import OPEN, archive_folder, find_file
from storage.archive.retention import sizes
from storage.warc.record_heads import RecordHead, warc_head

_CHUNK = 1 << 16
# Bytes of a record in which its head ends.
_MAX_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class OrphanRecord:
    """A record of the file called `name` that no row points to. `of_erased`: the request of a record
    that is noted to be erased.
    """

    name: str
    path: Path
    offset: int
    length: int
    head: RecordHead
    of_erased: bool = False


@dataclass(frozen=True, slots=True)
class _Span:
    offset: int
    end: int
    erased: bool


def orphans(db: Database, data: Path) -> Iterator[OrphanRecord]:
    """In all files, closed or being written. What lies between the records that rows point to is read,
    no more: a hundredth of a file.
    """
    folder = archive_folder(data)
    for listed in sorted(sizes(folder)):
        name = listed.removesuffix(OPEN)
        if path := find_file(folder, name):
            yield from _orphans_of(name, path, _spans(db, name))


def _orphans_of(name: str, path: Path, spans: list[_Span]) -> Iterator[OrphanRecord]:
    position, erased = 0, False
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        for span in chain(spans, [_Span(size, size, erased=False)]):
            for offset, length, start in _members(stream, position, min(span.offset, size)):
                head = warc_head(start)
                if head:
                    of_erased = erased and head.kind == "request"
                    yield OrphanRecord(name, path, offset, length, head, of_erased)
                erased = False
            if span.end > position:
                position, erased = span.end, span.erased


def _spans(db: Database, name: str) -> list[_Span]:
    rows = db.execute(
        "SELECT offset, length, 0 FROM _archived_pages JOIN _archive_files USING (file) "
        "WHERE name = ?1 UNION SELECT offset, length, 0 FROM _archived_responses "
        "JOIN _archive_files USING (file) WHERE name = ?1 UNION SELECT offset, length, "
        "member IS NULL FROM _erasures JOIN _archive_files USING (file) WHERE name = ?1 ORDER BY 1, 3",
        [name],
    ).fetchall()
    return [_Span(offset, offset + length, bool(erased)) for offset, length, erased in rows]


def _members(stream: IO[bytes], start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Offset and length of each gzip member, and how its content begins; up to one that is broken."""
    while start < end:
        stream.seek(start)
        member, length, head = zlib.decompressobj(wbits=31), 0, b""
        try:
            while not member.eof:
                piece = stream.read(min(_CHUNK, end - start - length))
                if not piece:
                    return
                content = member.decompress(piece)
                head += content[: _MAX_HEAD - len(head)]
                length += len(piece)
        except zlib.error:
            return
        length -= len(member.unused_data)
        yield start, length, head
        start += length
