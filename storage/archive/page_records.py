"""A page as WARC records: a response with its request, or a resource."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from items import Exchange, Heads, Page
from storage.archive.pointer import Pointer, digest_of
from storage.archive.warc_file import WarcWriter
from storage.archive.warc_record import Member, make_member, target

_HTTP = "application/http; msgtype="
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_BREAKS = re.compile(r"[\r\n]+")
# Headers of the body as it was sent, which do not hold for the decoded one that is kept, become
# X-Crawl-…, as Common Crawl names them.
_CODINGS = {"content-encoding", "transfer-encoding"}


@dataclass(frozen=True, slots=True)
class OriginalRecord:
    """The earlier page of the same address with the same bytes."""

    page: int
    uri: str
    fetched: str


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page's records, compressed, that are not written yet: a row points to the first. `digest` is of
    the body, `uri` and `revisit_of` as in `Pointer`.
    """

    members: tuple[Member, ...]
    digest: str
    uri: str
    revisit_of: int | None = None


def write_page(
    writer: WarcWriter, page: Page, digest: str, original: OriginalRecord | None = None
) -> Pointer:
    """Append the page, without a sync. `digest` is of the body. Raises ArchiveError."""
    return write_record(writer, make_record(page, digest, original))


def write_record(writer: WarcWriter, record: PageRecord) -> Pointer:
    """Append it, without a sync. Raises ArchiveError."""
    file, offset = writer.append(record.members)
    length = len(record.members[0].data)
    return Pointer(file, offset, length, record.digest, record.uri, record.revisit_of)


def make_record(
    page: Page, digest: str | None = None, original: OriginalRecord | None = None
) -> PageRecord:
    """Of `page.body` is the `digest`, where it is known. Without `original`, it needs no database: a
    worker makes it.
    """
    digest = digest or digest_of(page.body)
    if page.exchange and page.source is not None:
        return _rendered_record(page, page.exchange, page.source, digest, original)
    if page.exchange:
        return _exchange_record(page.exchange, page.body, page.fetched, digest, original)
    uri = target(page.url or page.key)
    kind = f"text/html; charset={page.charset}" if page.charset else "text/html"
    return _resource_record(uri, page.body, page.fetched, kind, digest, original)


def _rendered_record(
    page: Page,
    exchange: Exchange,
    source: bytes,
    digest: str,
    original: OriginalRecord | None,
) -> PageRecord:
    """What the browser made of the response, as WARC's conversion of it, which is what was refined; then
    the response itself with its request.
    """
    uri = target(exchange.url)
    kind = f"text/html; charset={page.charset}"
    raw = digest_of(source)
    if original:
        rendered = _revisit(uri, b"", page.fetched, digest, original, kind)
        response, request = _exchange_members(exchange, source, page.fetched, raw, beside=rendered)
    else:
        response, request = _exchange_members(exchange, source, page.fetched, raw)
        headers = {"Content-Type": kind, "WARC-Refers-To": response.id}
        rendered = make_member(
            "conversion", page.body, page.fetched, uri=uri, digest=digest, headers=headers
        )
    return _record([rendered, response, request], digest, uri, original)


def write_exchange(
    writer: WarcWriter, exchange: Exchange, body: bytes, fetched: str, digest: str
) -> Pointer:
    """Append a response with its request, without a sync. Raises ArchiveError."""
    return write_record(writer, _exchange_record(exchange, body, fetched, digest))


def _exchange_record(
    exchange: Exchange,
    body: bytes,
    fetched: str,
    digest: str,
    original: OriginalRecord | None = None,
) -> PageRecord:
    members = _exchange_members(exchange, body, fetched, digest, original)
    return _record(members, digest, target(exchange.url), original)


def _exchange_members(
    exchange: Exchange,
    body: bytes,
    fetched: str,
    digest: str,
    original: OriginalRecord | None = None,
    beside: Member | None = None,
) -> tuple[Member, Member]:
    """The response, and its request. `beside`: a record of the same capture."""
    uri = target(exchange.url)
    head = _response_head(exchange.response, len(body))
    headers = {"WARC-IP-Address": exchange.address} if exchange.address else {}
    if beside:
        headers["WARC-Concurrent-To"] = beside.id
    if original:
        response = _revisit(uri, head, fetched, digest, original, _HTTP + "response")
    else:
        headers["Content-Type"] = _HTTP + "response"
        response = make_member(
            "response", head + body, fetched, uri=uri, digest=digest, headers=headers
        )
    headers = {"Content-Type": _HTTP + "request", "WARC-Concurrent-To": response.id}
    request = make_member("request", _head(exchange.request), fetched, uri=uri, headers=headers)
    return response, request


def write_resource(
    writer: WarcWriter, uri: str, body: bytes, fetched: str, kind: str, digest: str
) -> Pointer:
    """Append what came without a request of its own; `kind` is its media type."""
    return write_record(writer, _resource_record(uri, body, fetched, kind, digest))


def _resource_record(
    uri: str,
    body: bytes,
    fetched: str,
    kind: str,
    digest: str,
    original: OriginalRecord | None = None,
) -> PageRecord:
    if original:
        record = _revisit(uri, b"", fetched, digest, original, kind)
    else:
        record = make_member(
            "resource", body, fetched, uri=uri, digest=digest, headers={"Content-Type": kind}
        )
    return _record([record], digest, uri, original)


def _record(
    members: Sequence[Member], digest: str, uri: str, original: OriginalRecord | None
) -> PageRecord:
    return PageRecord(tuple(members), digest, uri, original.page if original else None)


def _revisit(
    uri: str, block: bytes, fetched: str, digest: str, original: OriginalRecord, kind: str
) -> Member:
    headers = {
        "Content-Type": kind,
        "WARC-Profile": _REVISIT,
        "WARC-Payload-Digest": digest,
        "WARC-Refers-To-Target-URI": original.uri,
        "WARC-Refers-To-Date": original.fetched,
    }
    return make_member("revisit", block, fetched, uri=uri, headers=headers)


def _response_head(heads: Heads, length: int) -> bytes:
    lengths = {value for name, value in heads.lines if name.lower() == "content-length"}
    if not _CODINGS & {name.lower() for name, _ in heads.lines} and lengths <= {str(length)}:
        return _head(heads)
    lines = [
        (f"X-Crawl-{name}" if name.lower() in _CODINGS | {"content-length"} else name, value)
        for name, value in heads.lines
    ]
    return _head(Heads(heads.start, (*lines, ("Content-Length", str(length)))))


def _head(heads: Heads) -> bytes:
    lines = [heads.start, *(f"{name}: {value}" for name, value in heads.lines)]
    text = "".join(f"{_BREAKS.sub(' ', line)}\r\n" for line in lines)
    return text.encode("latin-1", "replace") + b"\r\n"
