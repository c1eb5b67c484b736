"""Where the records of a WARC file begin and end. A broken one is reported, and the next one searched."""

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from storage.warc.record_heads import length_of

# Bytes. A record that inflates to more is broken: the next one is searched for.
LARGEST = 256 * 1024 * 1024
_GZIP, _MAGIC = b"\x1f\x8b\x08", b"WARC/"
_CHUNK = 32 * 1024
_INFLATED = 512 * 1024
_SEARCHED = 1024 * 1024
_MAX_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Span:
    """A record's extent in its file. `data` is its inflated beginning, as long as was asked for;
    `size`: bytes of all of it, inflated. `problem`: why there is no record.
    """

    offset: int
    end: int
    data: bytes = b""
    size: int = 0
    problem: str = ""


class WarcError(Exception):
    """The file is not a WARC that can be read; the message is for a person."""


class _BrokenError(Exception):
    pass


def spans(file: BinaryIO, start: int, end: int, keep: int) -> Iterator[Span]:
    """The records that begin from `start`, a record's beginning, to before `end`; `data` has the first
    `keep` bytes of each.
    """
    read = _member if is_gzip(file) else _plain
    at = start
    while at < end:
        try:
            span = read(file, at, keep)
        except (_BrokenError, zlib.error) as error:
            span = Span(at, _next(file, at + 1, read), problem=str(error))
        yield span
        at = span.end


def is_gzip(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(len(_GZIP)) == _GZIP


def check_warc(file: BinaryIO) -> None:
    """Raises WarcError if the file is not a WARC, or cannot be split into records."""
    file.seek(0)
    begin = file.read(_MAX_HEAD)
    if begin.startswith(b"\x28\xb5\x2f\xfd"):
        raise WarcError("compressed with zstd: `zstd -d` makes a .warc of it, which can be read")
    if begin.startswith(b"PK"):
        raise WarcError("a zip or WACZ: its .warc.gz files can be read, once they are unpacked")
    if begin.startswith(_GZIP):
        try:
            begin = zlib.decompressobj(31).decompress(begin, _MAX_HEAD)
        except zlib.error as error:
            raise WarcError(f"its beginning is damaged: {error}") from None
        record = length_of(begin)
        if record and begin[record:].startswith(_MAGIC):
            raise WarcError("compressed as a whole, not record by record: gunzip it first")
    if not begin.startswith(_MAGIC):
        raise WarcError("not a WARC file: it does not begin with a record")


def _member(file: BinaryIO, at: int, keep: int) -> Span:
    """A record in a gzip member of its own."""
    file.seek(at)
    inflater, data, size, keep = zlib.decompressobj(31), bytearray(), 0, max(keep, len(_MAGIC))
    while not inflater.eof:
        raw = inflater.unconsumed_tail or file.read(_CHUNK)
        if not raw:
            raise _BrokenError("the file ends in the middle of a record")
        inflated = inflater.decompress(raw, _INFLATED)
        data += inflated[: max(0, keep - size)]
        size += len(inflated)
        if size > LARGEST:
            raise _BrokenError(f"more than {LARGEST >> 20} MiB in one record")
    if not data.startswith(_MAGIC):
        raise _BrokenError("no WARC record")
    return Span(at, file.tell() - len(inflater.unused_data), bytes(data), size)


def _plain(file: BinaryIO, at: int, keep: int) -> Span:
    file.seek(at)
    data = file.read(_MAX_HEAD)
    size = length_of(data) if data.startswith(_MAGIC) else None
    if size is None:
        raise _BrokenError("no WARC record")
    file.seek(at + size - 4)
    closing = file.read(4)
    if len(closing) < 4:
        raise _BrokenError("the file ends in the middle of a record")
    if closing != b"\r\n\r\n":
        raise _BrokenError("the record is not as long as it says")
    file.seek(at)
    return Span(at, at + size, file.read(min(keep, size)), size)


def _next(file: BinaryIO, at: int, read: object) -> int:
    """Where the next record begins, or the file ends."""
    magic = _GZIP if read is _member else b"WARC/1."
    while True:
        file.seek(at)
        block = file.read(_SEARCHED)
        if len(block) < len(magic):
            return file.seek(0, io.SEEK_END)
        position = block.find(magic)
        while position >= 0:
            if _begins(file, at + position):
                return at + position
            position = block.find(magic, position + 1)
        at += len(block) - len(magic) + 1


def _begins(file: BinaryIO, at: int) -> bool:
    """Whether a record begins at `at`: a text may quote one, and bytes may look like gzip."""
    file.seek(at)
    begin = file.read(1024)
    if begin.startswith(_GZIP):
        try:
            return zlib.decompressobj(31).decompress(begin, 8).startswith(b"WARC/1.")
        except zlib.error:
            return False
    file.seek(max(0, at - 4))
    return file.read(4) == b"\r\n\r\n"
