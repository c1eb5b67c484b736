"""Conditional requests (RFC 9110 13): what changed is sent, what did not is answered in one line."""

from items import Validators
from spiders.discovery.probe import Fetched

NOT_MODIFIED = 304


def headers_for(known: Validators | None) -> dict[str, str]:
    """What to send of an earlier answer."""
    if known is None:
        return {}
    sent = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in sent.items() if value}


def validators_of(url: str, answer: Fetched, cursor: str | None = None) -> Validators:
    """What to keep of an answer, under the address that was asked for."""
    return Validators(
        url=url,
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
        cursor=cursor,
    )
