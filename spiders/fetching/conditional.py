"""Conditional requests (RFC 9110 13): what changed is sent, what did not is answered in one line."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from items import Validators
from spiders.fetching.fetch import Fetched
from text.timestamps import http_date

NOT_MODIFIED = 304
_SOON = timedelta(minutes=1)


def headers_for(known: Validators | None) -> dict[str, str]:
    """What to send of an earlier answer."""
    if known is None:
        return {}
    sent = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in sent.items() if value}


def validators_of(url: str, answer: Fetched, cursor: str | None = None) -> Validators:
    """What to keep of an answer, under the address that was asked for.

    Not a Last-Modified of the last minute: it counts in seconds, and what changes again within this
    one would never be sent (RFC 9110 8.8.2.2).
    """
    return Validators(
        url=url,
        etag=answer.headers.get("etag"),
        last_modified=_settled(answer.headers),
        cursor=cursor,
    )


def _settled(headers: Mapping[str, str]) -> str | None:
    said = headers.get("last-modified")
    modified = http_date(said)
    # Both by the server's clock, which may be wrong.
    asked = http_date(headers.get("date")) or datetime.now(UTC)
    return None if modified and abs(asked - modified) < _SOON else said
