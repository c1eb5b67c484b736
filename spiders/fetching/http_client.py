"""Twisted's HTTP client with bounds where bytes arrive: the head of an answer is counted line by line, and
a body of many small chunks is handed on in one piece.
"""

from collections.abc import Callable
from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web._newclient import Request, ResponseFailed
from twisted.web.http import _ChunkedTransferDecoder
from twisted.web.iweb import IResponse

from text.limits import MAX_HEADER_BYTES, MAX_HEADERS


class HeadersTooLarge(Exception):
    """A head of more bytes or lines than is read, those of interim answers (1xx) included."""


class _JoinedChunks(_ChunkedTransferDecoder):
    """Calls its reader once for what came at once: 64 kB in chunks of a byte would hold the loop for half
    a second.
    """

    def __init__(
        self, data_callback: Callable[[bytes], None], finish_callback: Callable[[bytes], None]
    ) -> None:
        self._chunks: list[bytes] = []
        self._deliver, self._finish = data_callback, finish_callback
        super().__init__(self._chunks.append, self._end)

    def dataReceived(self, data: bytes) -> None:
        try:
            super().dataReceived(data)
        finally:
            self._flush()

    def _flush(self) -> None:
        joined = b"".join(self._chunks)
        self._chunks.clear()
        if joined:
            self._deliver(joined)

    def _end(self, rest: bytes) -> None:
        self._flush()
        self._finish(rest)


class _BoundedParser(_LenientHTTPClientParser):
    _head_bytes = 0
    _head_lines = 0

    @property
    def _transferDecoders(self) -> dict[bytes, type[_ChunkedTransferDecoder]]:  # type: ignore[override]
        return {b"chunked": _JoinedChunks}

    def lineReceived(self, line: bytes) -> None:
        self._head_bytes += len(line) + 1
        self._head_lines += 1
        if self._head_bytes > MAX_HEADER_BYTES or self._head_lines > MAX_HEADERS:
            raise HeadersTooLarge
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:
        raise HeadersTooLarge


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Request) -> Deferred[IResponse]:
        response = super().request(request)
        # As Scrapy does it: Twisted names the class where it makes the parser.
        if self._parser is not None:
            self._parser.__class__ = _BoundedParser
        return response

    def _giveUp(self, reason: Failure) -> None:
        if isinstance(reason.value, HeadersTooLarge):
            # Under TLS, losing the connection would wait for the other side, and read on.
            self.transport.abortConnection()  # type: ignore[union-attr]
            self._disconnectParser(reason)  # type: ignore[no-untyped-call]
        else:
            super()._giveUp(reason)  # type: ignore[no-untyped-call]


class BoundedClientFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _BoundedProtocol:
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


def has_headers_too_large(error: BaseException) -> bool:
    """Whether that is why the connection was given up."""
    cause = error.__cause__
    return isinstance(cause, ResponseFailed) and any(
        isinstance(reason.value, HeadersTooLarge) for reason in cause.reasons
    )
