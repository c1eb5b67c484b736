"""Conditional requests (RFC 9110 13): what has not changed is answered by 304, without a body."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from items import Validators
from spiders.fetching.fetch import Fetched
from text.timestamps import http_date

NOT_MODIFIED = 304
# Characters. An ETag has some 40; servers refuse requests with headers of 8 KiB.
MAX_VALIDATOR = 1024
_RECENT = timedelta(minutes=1)


def headers_for(known: Validators | None) -> dict[str, str]:
    """The request headers that `known`, kept of an earlier response, gives."""
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value and _is_sent(value)}


def _is_sent(value: str) -> bool:
    """A server's own value is sent back where it is a header's: short, without control characters."""
    return len(value) <= MAX_VALIDATOR and value.isascii() and value.isprintable()


def validators_of(url: str, response: Fetched, cursor: str | None = None) -> Validators:
    """What to keep of a response, under the URL that was requested.

    Not a Last-Modified of the last minute: it counts in seconds, and a second change within the same
    second would never be sent (RFC 9110 8.8.2.2).
    """
    return Validators(
        url=url,
        etag=response.headers.get("etag"),
        last_modified=_strong_last_modified(response.headers),
        cursor=cursor,
    )


def updated_validators(known: Validators, response: Fetched) -> Validators:
    """What a 304 says instead of what was kept (RFC 9111 4.3.4)."""
    return replace(
        known,
        etag=response.headers.get("etag") or known.etag,
        last_modified=_strong_last_modified(response.headers) or known.last_modified,
    )


def _strong_last_modified(headers: Mapping[str, str]) -> str | None:
    last_modified = headers.get("last-modified")
    modified = http_date(last_modified)
    if modified is None:
        return last_modified
    # Both by the server's clock, which may be wrong.
    sent = http_date(headers.get("date")) or datetime.now(UTC)
    return None if abs(sent - modified) < _RECENT else last_modified
