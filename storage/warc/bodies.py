"""The body of an HTTP answer as its archive holds it: its encodings undone, within limits.

Archives differ in what they did to a body before: where it does not look encoded as its head says,
it is taken as it is.
"""

import re
import zlib
from collections.abc import Callable
from typing import Any

from storage.warc.record_heads import Head

_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[^\r\n]*\r?\n")


class TooLargeError(Exception):
    """More bytes than allowed; a small body can hold very many."""


def decoded(body: bytes, head: Head, most: int) -> bytes:
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
