"""A record as the page that was fetched: its response, with transfer and content encodings undone."""

import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storage.warc.record_heads import RecordHead, capture_time, http_head, warc_head
from storage.warc.split import Span

_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[^\r\n]*\r?\n")


class TooLargeError(Exception):
    """More bytes than allowed; a small body can hold very many."""


def decode_body(body: bytes, head: RecordHead, most: int) -> bytes:
    """`body` as the page that it is. Raises TooLargeError beyond `most` bytes."""
    if "chunked" in head.get("transfer-encoding").lower():
        body = _unchunked(body)
    for encoding in reversed(head.get("content-encoding").lower().split(",")):
        if undo := _ENCODINGS.get(encoding.strip()):
            body = undo(body, most)
    if len(body) > most:
        raise TooLargeError(f"more than {most >> 20} MiB")
    return body


def _unchunked(body: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while size := _SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(parts)
        parts.append(body[size.end() : size.end() + length])
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    # The answer was cut off, or its chunks had been joined already.
    return b"".join(parts) if at >= len(body) else body


def _gunzip(body: bytes, most: int) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    return _limited(zlib.decompressobj(31).decompress, body, most, zlib.error)


def _inflate(body: bytes, most: int) -> bytes:
    for window in (15, -15):
        page = _limited(zlib.decompressobj(window).decompress, body, most, zlib.error)
        if page is not body:
            return page
    return body


def _brotli(body: bytes, most: int) -> bytes:
    import brotli

    if body.lstrip()[:1] == b"<":
        return body
    inflater = brotli.Decompressor()

    def inflate(data: bytes, limit: int) -> bytes:
        return bytes(inflater.process(data, output_buffer_limit=limit))

    return _limited(inflate, body, most, brotli.error)


def _zstd(body: bytes, most: int) -> bytes:
    if not body.startswith(b"\x28\xb5\x2f\xfd"):
        return body
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    return _limited(zstd.ZstdDecompressor().decompress, body, most, zstd.ZstdError)


def _limited(
    inflate: Callable[[bytes, int], bytes], body: bytes, most: int, error: type[Exception]
) -> bytes:
    """What is damaged is taken as it is: no page comes of it, and that is counted."""
    try:
        page = inflate(body, most + 1)
    except error:
        return body
    if len(page) > most:
        raise TooLargeError(f"more than {most >> 20} MiB")
    return page


_ENCODINGS: dict[str, Callable[[bytes, int], Any]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _brotli,
    "zstd": _zstd,
}

# A page of this size is none; a crawl has the same limit.
LARGEST_PAGE = 8 * 1024 * 1024
# What to ask `spans` for: the heads come on top.
WHOLE = LARGEST_PAGE + 128 * 1024
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was answered, at `fetched` (ISO 8601 UTC)."""

    url: str
    fetched: str
    body: bytes
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Revisit:
    """The address answered at `fetched` as it had `before`, as far as that is said."""

    url: str
    fetched: str
    before: str | None


def capture(span: Span) -> Capture | Revisit | str:
    """The page in the record; a word for why there is none, empty where none was to be expected."""
    head = None if span.problem else warc_head(span.data)
    if head is None:
        return "broken"
    if head.kind == "revisit":
        return _revisit(head)
    if head.kind not in ("response", "resource"):
        return ""
    if not head.url.startswith(("http:", "https:")):
        return ""  # dns:, metadata:, urn:
    if head.get("warc-truncated"):
        return "truncated"  # half a page would be half a text
    fetched = head.date
    if fetched is None:
        return "broken"
    if head.kind == "resource":
        return _capture(span, head, head, fetched)
    answer = http_head(span.data, head.body)
    if answer is None:
        return "broken"
    if answer[0] != 200:
        return "not_found" if answer[0] >= 400 else "redirect"
    return _capture(span, head, answer[1], fetched)


def _revisit(head: RecordHead) -> Revisit | str:
    """That another address had the same bytes says nothing of this one."""
    original = head.get("warc-refers-to-target-uri").strip("<>") or head.url
    if original != head.url or head.date is None or "identical" not in head.get("warc-profile"):
        return "revisit"
    return Revisit(head.url, head.date, capture_time(head.get("warc-refers-to-date")))


def _capture(span: Span, head: RecordHead, content: RecordHead, fetched: str) -> Capture | str:
    said = content.get("content-type")
    if said and "html" not in said.lower():
        return "not_html"
    if span.size > len(span.data):
        return "too_large"
    # Two line ends close every record.
    stored = span.data[content.body : max(content.body, span.size - 4)]
    try:
        body = decode_body(stored, content, LARGEST_PAGE)
    except TooLargeError:
        return "too_large"
    if not said and not _HTML.search(body[:2048]):
        return "not_html"
    charset = _CHARSET.search(said)
    return Capture(head.url, fetched, body, charset[1] if charset else None)
