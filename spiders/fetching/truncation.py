"""Whether a document is complete: a wrong Content-Length hides that it was cut off."""

import re
import zlib

from text.gzip_members import gunzip, is_gzip

# Large enough for what themes write below the end of a page.
_TAIL_BYTES = 4096
_END_TAGS = (
    *(b"</html", b"</body"),
    *(b"</rss", b"</feed", b"</rdf", b"</urlset", b"</sitemapindex"),
)
_MAX_BYTES = 64_000_000


# What documents begin with; of others, which scripts add to a page, nothing tells the end.
_BEGINNINGS = re.compile(
    rb"<(?:[!?]|html|head|body|meta|title|link|script|style|base|rss|feed|rdf|urlset|sitemapindex|[a-z]+:)",
    re.IGNORECASE,
)


def is_fragment(body: bytes) -> bool:
    """Whether it is HTML without a page around it."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n\0")
    return text.startswith(b"<") and not _BEGINNINGS.match(text)


def is_complete(body: bytes) -> bool:
    """True as well for what is neither HTML nor XML: it has no end tag, or its parser notices."""
    if is_gzip(body):
        return _is_whole_gzip(body)
    text = body.strip(b"\xef\xbb\xbf \t\r\n\0")
    if not text.startswith(b"<") or text.endswith(b"/>") or is_fragment(text):
        return True
    tail = text[-_TAIL_BYTES:].lower()
    return any(tag in tail for tag in _END_TAGS)


def _is_whole_gzip(body: bytes) -> bool:
    try:
        return gunzip(body, _MAX_BYTES)[1]
    except zlib.error:
        return False
