"""Conditional requests (RFC 9110 13): what has not changed is answered by 304, without a body."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from items import Validators
from spiders.fetching.fetch import Fetched
from text.timestamps import http_date

NOT_MODIFIED = 304
_RECENT = timedelta(minutes=1)


def headers_for(known: Validators | None) -> dict[str, str]:
    """The request headers that `known`, kept of an earlier response, gives."""
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


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


def _strong_last_modified(headers: Mapping[str, str]) -> str | None:
    last_modified = headers.get("last-modified")
    modified = http_date(last_modified)
    # Both by the server's clock, which may be wrong.
    sent = http_date(headers.get("date")) or datetime.now(UTC)
    return None if modified and abs(sent - modified) < _RECENT else last_modified
