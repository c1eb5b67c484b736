"""A record as the page that was fetched."""

import re
from dataclasses import dataclass

from storage.warc.bodies import TooLargeError, decoded
from storage.warc.record_heads import Head, http_head, moment, warc_head
from storage.warc.split import Span

# A page of this size is none; a crawl has the same limit.
LARGEST_PAGE = 8 * 1024 * 1024
# What to ask `spans` for: the heads come on top.
WHOLE = LARGEST_PAGE + 128 * 1024
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head)\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was answered, at `fetched` (ISO 8601 UTC)."""

    url: str
    fetched: str
    body: bytes
    charset: str | None = None


@dataclass(frozen=True, slots=True)
class Revisit:
    """The address answered at `fetched` as it had `before`, as far as that is said."""

    url: str
    fetched: str
    before: str | None


def capture(span: Span) -> Capture | Revisit | str:
    """The page in the record; a word for why there is none, empty where none was to be expected."""
    head = None if span.problem else warc_head(span.data)
    if head is None:
        return "broken"
    if head.kind == "revisit":
        return _revisit(head)
    if head.kind not in ("response", "resource"):
        return ""
    if not head.url.startswith(("http:", "https:")):
        return ""  # dns:, metadata:, urn:
    if head.get("warc-truncated"):
        return "truncated"  # half a page would be half a text
    fetched = head.date
    if fetched is None:
        return "broken"
    if head.kind == "resource":
        return _capture(span, head, head, fetched)
    answer = http_head(span.data, head.body)
    if answer is None:
        return "broken"
    if answer[0] != 200:
        return "not_found" if answer[0] >= 400 else "redirect"
    return _capture(span, head, answer[1], fetched)


def _revisit(head: Head) -> Revisit | str:
    """That another address had the same bytes says nothing of this one."""
    original = head.get("warc-refers-to-target-uri").strip("<>") or head.url
    if original != head.url or head.date is None or "identical" not in head.get("warc-profile"):
        return "revisit"
    return Revisit(head.url, head.date, moment(head.get("warc-refers-to-date")))


def _capture(span: Span, head: Head, content: Head, fetched: str) -> Capture | str:
    said = content.get("content-type")
    if said and "html" not in said.lower():
        return "not_html"
    if span.size > len(span.data):
        return "too_large"
    # Two line ends close every record.
    stored = span.data[content.body : max(content.body, span.size - 4)]
    try:
        body = decoded(stored, content, LARGEST_PAGE)
    except TooLargeError:
        return "too_large"
    if not said and not _HTML.search(body[:2048]):
        return "not_html"
    charset = _CHARSET.search(said)
    return Capture(head.url, fetched, body, charset[1] if charset else None)
