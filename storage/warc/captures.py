"""A record as the page that was fetched: its response with transfer and content encodings removed."""

import re
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from storage.warc.record_heads import (
    RecordHead,
    capture_time,
    header_lines,
    http_head,
    warc_head,
)
from storage.warc.split import Span
from text.gzip_members import gunzip, is_gzip

_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[^\r\n]*\r?\n")


class TooLargeError(Exception):
    """More bytes than allowed; a small body can inflate to very many."""


def decode_body(body: bytes, head: RecordHead, most: int) -> bytes:
    """`body` without its encodings. Raises TooLargeError beyond `most` bytes."""
    if "chunked" in head.get("transfer-encoding").lower():
        body = _unchunked(body)
    for encoding in reversed(head.get("content-encoding").lower().split(",")):
        if decode := _DECODERS.get(encoding.strip()):
            body = decode(body, most)
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
    # The response was cut off, or its chunks had been joined already.
    return b"".join(parts) if at >= len(body) else body


def _gunzip(body: bytes, most: int) -> bytes:
    if not is_gzip(body):
        return body
    return _limited(lambda data, limit: gunzip(data, limit)[0], body, most, zlib.error)


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
    """A damaged body stays as it is: it makes no page, and that is counted."""
    try:
        page = inflate(body, most + 1)
    except error:
        return body
    if len(page) > most:
        raise TooLargeError(f"more than {most >> 20} MiB")
    return page


_DECODERS: dict[str, Callable[[bytes, int], Any]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _brotli,
    "zstd": _zstd,
}

# Bytes; a crawl has the same limit.
LARGEST_PAGE = 8 * 1024 * 1024
# Bytes to ask `spans` for: a page with its heads.
WHOLE = LARGEST_PAGE + 128 * 1024
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was fetched at `fetched` (ISO 8601 UTC), with all headers of its response."""

    url: str
    fetched: str
    body: bytes
    charset: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Revisit:
    """The address had the same bytes at `fetched` as at `before`; None: the record does not say when."""

    url: str
    fetched: str
    before: str | None


def capture(span: Span) -> Capture | Revisit | str:
    """The page in the record, or a word for why it has none; empty for records that never have one."""
    head = None if span.problem else warc_head(span.data)
    if head is None:
        return "broken"
    if head.kind == "revisit":
        return _revisit(head)
    if head.kind not in ("response", "resource") and not _is_rendered(head):
        return ""
    if not head.url.startswith(("http:", "https:")):
        return ""  # dns:, metadata:, urn:
    if head.get("warc-truncated"):
        return "truncated"  # half a page would be half a text
    fetched = head.date
    if fetched is None:
        return "broken"
    if head.kind != "response":
        return _capture(span, head, head, fetched)
    response = http_head(span.data, head.body)
    if response is None:
        return "broken"
    status, http = response
    if status != 200:
        return "not_found" if status >= 400 else "redirect"
    return _capture(span, head, http, fetched)


def _is_rendered(head: RecordHead) -> bool:
    """Whether it is what a browser made of a response; other conversions are a page's bare text."""
    return head.kind == "conversion" and "html" in head.get("content-type").lower()


def _revisit(head: RecordHead) -> Revisit | str:
    """One that refers to another address says nothing about this one's earlier captures."""
    original = head.get("warc-refers-to-target-uri").strip("<>") or head.url
    if original != head.url or head.date is None or "identical" not in head.get("warc-profile"):
        return "revisit"
    return Revisit(head.url, head.date, capture_time(head.get("warc-refers-to-date")))


def _capture(span: Span, head: RecordHead, content: RecordHead, fetched: str) -> Capture | str:
    media_type = content.get("content-type")
    if media_type and "html" not in media_type.lower():
        return "not_html"
    if span.size > len(span.data):
        return "too_large"
    # Two line breaks end every record.
    stored = span.data[content.body : max(content.body, span.size - 4)]
    try:
        body = decode_body(stored, content, LARGEST_PAGE)
    except TooLargeError:
        return "too_large"
    if not media_type and not _HTML.search(body[:2048]):
        return "not_html"
    charset = _CHARSET.search(media_type)
    # Of a resource, nothing but the record's own.
    headers = () if content is head else header_lines(span.data, head.body, content.body)
    return Capture(head.url, fetched, body, charset[1] if charset else None, headers)
