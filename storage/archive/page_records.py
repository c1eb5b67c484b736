"""A page as WARC records: a response with its request, or a resource."""

import re
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


def write_page(
    writer: WarcWriter, page: Page, digest: str, original: OriginalRecord | None = None
) -> Pointer:
    """Append the page, without a sync. `digest` is of the body. Raises ArchiveError."""
    if page.exchange and page.source is not None:
        return _write_rendered(writer, page, page.exchange, page.source, digest, original)
    if page.exchange:
        return write_exchange(writer, page.exchange, page.body, page.fetched, digest, original)
    uri = target(page.url or page.key)
    kind = f"text/html; charset={page.charset}" if page.charset else "text/html"
    return write_resource(writer, uri, page.body, page.fetched, kind, digest, original)


def _write_rendered(
    writer: WarcWriter,
    page: Page,
    exchange: Exchange,
    source: bytes,
    digest: str,
    original: OriginalRecord | None,
) -> Pointer:
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
    return _append(writer, [rendered, response, request], digest, uri, original)


def write_exchange(
    writer: WarcWriter,
    exchange: Exchange,
    body: bytes,
    fetched: str,
    digest: str,
    original: OriginalRecord | None = None,
) -> Pointer:
    uri = target(exchange.url)
    members = _exchange_members(exchange, body, fetched, digest, original)
    return _append(writer, [*members], digest, uri, original)


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
    writer: WarcWriter,
    uri: str,
    body: bytes,
    fetched: str,
    kind: str,
    digest: str,
    original: OriginalRecord | None = None,
) -> Pointer:
    """Append what came without a request of its own; `kind` is its media type."""
    if original:
        record = _revisit(uri, b"", fetched, digest, original, kind)
    else:
        record = make_member(
            "resource", body, fetched, uri=uri, digest=digest, headers={"Content-Type": kind}
        )
    return _append(writer, [record], digest, uri, original)


def _append(
    writer: WarcWriter,
    members: list[Member],
    digest: str,
    uri: str,
    original: OriginalRecord | None,
) -> Pointer:
    file, offset = writer.append(members)
    revisit_of = original.page if original else None
    return Pointer(file, offset, len(members[0].data), digest, uri, revisit_of)


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
