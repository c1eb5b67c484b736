"""Whether a document came to its own end: a wrong length in its header hides that it was cut."""

import zlib

# Large enough for what themes write below the end of a page.
_TAIL = 4096
_ENDS = (
    *(b"</html", b"</body"),
    *(b"</rss", b"</feed", b"</rdf", b"</urlset", b"</sitemapindex"),
)
_LARGEST = 64_000_000


def is_complete(body: bytes) -> bool:
    """True as well for what is neither HTML nor XML: nothing tells its end, or its parser does."""
    if body.startswith(b"\x1f\x8b"):
        return _is_whole_gzip(body)
    text = body.strip(b"\xef\xbb\xbf \t\r\n\0")
    if not text.startswith(b"<") or text.endswith(b"/>"):
        return True
    tail = text[-_TAIL:].lower()
    return any(end in tail for end in _ENDS)


def _is_whole_gzip(body: bytes) -> bool:
    packed = zlib.decompressobj(wbits=31)
    try:
        packed.decompress(body, _LARGEST)
    except zlib.error:
        return False
    return packed.eof or bool(packed.unconsumed_tail)
