"""The records of one fetch as they are in the archive, byte for byte, to be handed on."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from pathlib import Path

from storage.archive.pointer import find_file
from storage.archive.read_pages import ArchivedPage, ArchiveError, read_body
from storage.archive.warc_record import make_member
from storage.article_rows import current_version
from text.timestamps import utc_now

_PIECE = 64 * 1024
# A record's own headers; and a member, compressed: a page has 8 MB at most before it is.
_MAX_HEAD, _MAX_MEMBER = 16_384, 32 << 20
# Written behind a page's record: its response and its request.
_MAX_FOLLOWING = 2
_REFERENCES = ("warc-concurrent-to", "warc-refers-to")


@dataclass(frozen=True, slots=True)
class _StoredMember:
    """A gzip member and the WARC headers in it, by their names in small letters."""

    data: bytes
    headers: dict[str, str]
    block: bytes


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """What a fetch is in the archive. `head`: of the HTTP response, a line each, `[]` where what came
    had none. `members`: gzip members, a warcinfo record in front.
    """

    page: ArchivedPage
    head: list[str]
    members: list[bytes]


def capture_of(folder: Path, page: ArchivedPage, own: tuple[str, int]) -> ArchivedCapture:
    """The records of a fetch. For one that repeats an earlier page, that page's are there too. `own`: the
    file and the offset of its first record. Raises ArchiveError where one is gone or damaged.
    """
    read_body(folder, page)  # raises where the record is another by now
    stored = list(_members(folder, *own))
    holder = (page.name, int(page.location["offset"]))
    if holder != own:
        stored += _members(folder, *holder)
    return ArchivedCapture(
        page, _response_head(stored), [_about(), *(member.data for member in stored)]
    )


def _about() -> bytes:
    fields = f"software: warraq/{current_version()}\r\nformat: WARC File Format 1.1\r\n"
    headers = {"Content-Type": "application/warc-fields"}
    return make_member("warcinfo", fields.encode(), utc_now(), headers=headers).data


def _members(folder: Path, name: str, offset: int) -> Iterator[_StoredMember]:
    """The record at the offset, and those of the same fetch that follow."""
    path = find_file(folder, name)
    if path is None:
        raise ArchiveError(f"{name} is not there: its pages can no longer be read.")
    with path.open("rb") as file:
        file.seek(offset)
        first = _read_member(file)
        if first is None:
            raise ArchiveError(f"{name}: no record at {offset}")
        yield first
        ids = {first.headers.get("warc-record-id"), first.headers.get("warc-refers-to")} - {None}
        for _ in range(_MAX_FOLLOWING):
            member = _read_member(file)
            if member is None or not _belongs(member, ids):
                return
            ids.add(member.headers.get("warc-record-id"))
            yield member


def _belongs(member: _StoredMember, ids: set[str | None]) -> bool:
    references = {member.headers.get(name) for name in _REFERENCES}
    is_named = member.headers.get("warc-record-id") in ids
    return member.headers.get("warc-type") in ("response", "request", "revisit") and (
        is_named or bool(references & ids)
    )


def _read_member(file: BufferedReader) -> _StoredMember | None:
    """The next gzip member; None at the end, and where none can be read."""
    unpacking = zlib.decompressobj(31)
    data, start = bytearray(), bytearray()
    for piece in iter(partial(file.read, _PIECE), b""):
        try:
            unpacked = unpacking.decompress(piece)
        except zlib.error:
            return None
        start += unpacked[: max(0, 2 * _MAX_HEAD - len(start))]
        data += piece
        if unpacking.eof:
            file.seek(-len(unpacking.unused_data), 1)
            data = data[: len(data) - len(unpacking.unused_data)]
            head, _, block = bytes(start).partition(b"\r\n\r\n")
            return _StoredMember(bytes(data), _fields(head), block)
        if len(data) > _MAX_MEMBER:
            return None
    return None


def _fields(head: bytes) -> dict[str, str]:
    lines = head[:_MAX_HEAD].decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _response_head(members: list[_StoredMember]) -> list[str]:
    for member in members:
        kind = member.headers.get("content-type", "")
        if (
            member.headers.get("warc-type") in ("response", "revisit")
            and "msgtype=response" in kind
        ):
            head = member.block[:_MAX_HEAD].partition(b"\r\n\r\n")[0]
            return head.decode("latin-1").split("\r\n")
    return []
