"""Whether a document is complete: a wrong Content-Length hides that it was cut off."""

import zlib

from text.gzip_members import gunzip, is_gzip

# Large enough for what themes write below the end of a page.
_TAIL_BYTES = 4096
_END_TAGS = (
    *(b"</html", b"</body"),
    *(b"</rss", b"</feed", b"</rdf", b"</urlset", b"</sitemapindex"),
)
_MAX_BYTES = 64_000_000


def is_complete(body: bytes) -> bool:
    """True as well for what is neither HTML nor XML: it has no end tag, or its parser notices."""
    if is_gzip(body):
        return _is_whole_gzip(body)
    text = body.strip(b"\xef\xbb\xbf \t\r\n\0")
    if not text.startswith(b"<") or text.endswith(b"/>"):
        return True
    tail = text[-_TAIL_BYTES:].lower()
    return any(tag in tail for tag in _END_TAGS)


def _is_whole_gzip(body: bytes) -> bool:
    try:
        return gunzip(body, _MAX_BYTES)[1]
    except zlib.error:
        return False
