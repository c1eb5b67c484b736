"""The header fields of a request and its response as they cross the wire, for the archive."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from items import Exchange, Heads
from spiders.fetching.request_headers import added_names
from spiders.fetching.request_kinds import kind_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Headers, Response


_META = "warraq_exchange"
_LEFT_OUT = "(not recorded)"


class WireHeaders:
    """A downloader middleware below the decompressing one, which removes the headers of what it undid."""

    def process_response(self, request: "Request", response: "Response") -> "Response":
        if kind_of(request) != "robots":
            request.meta[_META] = exchange(request, response)
        return response


def exchange_of(response: "Response") -> Exchange | None:
    """None for a response that never crossed a wire."""
    recorded: Exchange | None = response.meta.get(_META)
    return recorded


def exchange(request: "Request", response: "Response") -> Exchange:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    protocol = response.protocol or "HTTP/1.1"
    secret = added_names(request)
    request_lines = (("Host", parts.netloc.rpartition("@")[2]), *_lines(request.headers, secret))
    return Exchange(
        url=request.url,
        request=Heads(f"{request.method} {path} HTTP/1.1", request_lines),
        response=Heads(
            f"{protocol} {response.status} {_phrase(response.status)}".rstrip(),
            # What answers a login may be one.
            _lines(response.headers, {"set-cookie"} if secret else set()),
        ),
        address=str(response.ip_address) if response.ip_address else None,
    )


def _lines(headers: "Headers", secret: set[str]) -> tuple[tuple[str, str], ...]:
    """The values of those that are `secret`, in lower case, are left out."""
    return tuple(
        (
            name.decode("latin-1"),
            _LEFT_OUT if name.decode("latin-1").lower() in secret else value.decode("latin-1"),
        )
        for name, values in headers.items()
        for value in values
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
