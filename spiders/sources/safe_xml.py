"""Makes untrusted XML harmless: UTF-8, no DTD, nothing before the root element."""

import re
from html.entities import html5

from lxml import etree

from spiders.fetching.errors import WrongFormat
from text.charset import decode

_FIRST_TAG = re.compile(rb"<([a-z][\w:.-]*)", re.IGNORECASE)
_ILLEGAL = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# One pass, so that CDATA, where an ampersand stands for itself, stays as it is.
_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)"
    rb"|&(?!(?:amp|lt|gt|quot|apos|#\d{1,8}|#x[0-9a-f]{1,8});)(?:(\w{1,40});)?",
    re.DOTALL | re.IGNORECASE,
)
# Each is escaped in Python; so many take 0.2 s.
_MAX_AMPERSANDS = 300_000


def xml_from_root(body: bytes, roots: str, what: str) -> bytes:
    """The document in UTF-8 from the first element named in `roots` (`rss|feed`) on; WrongFormat if
    there is none. A wrong encoding, HTML entities, bare ampersands and warnings printed before the
    prolog do no harm.
    """
    if not body.strip():
        raise WrongFormat(f"an empty document, not {what}")
    # In bytes from here on: one emoji makes a str of 50 MB four times as large.
    document = decode(body, None).encode("utf-8", "replace")
    root = re.search(rf"<(?:[\w-]+:)?(?:{roots})(?=[\s>/])".encode(), document, re.IGNORECASE)
    if not root:
        tag = _FIRST_TAG.search(document)
        name = tag[1][:40].decode() if tag else ""
        kind = f"a document that begins with <{name}>" if name else "no XML at all"
        raise WrongFormat(f"{kind}, not {what}")
    document = _ILLEGAL.sub(b"", document[root.start() :])
    document, count = _AMPERSAND.subn(_resolve_entity, document, count=_MAX_AMPERSANDS)
    if count == _MAX_AMPERSANDS:
        raise WrongFormat(f"XML too broken to be read as {what}")
    return b'<?xml version="1.0" encoding="utf-8"?>' + _legal_references(document)


_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,8})|(\d{1,8}));", re.IGNORECASE)
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf]")
# XML 1.0, 2.2.
_CHARACTERS = ((0x9, 0xA), (0xD, 0xD), (0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))


def _legal_references(document: bytes) -> bytes:
    """Without numeric references to what is no character of XML: libxml2 recovers by giving bytes that
    are not UTF-8. The two halves of a surrogate pair, as an emoji is written by programs that count
    in UTF-16, become the character.
    """
    document = _REFERENCE.sub(_resolve_reference, document)
    if not _SURROGATE.search(document):
        return document
    halves = document.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
    return halves.decode("utf-16-le", "replace").encode()


def _resolve_reference(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    if any(first <= code <= last for first, last in _CHARACTERS):
        return match[0]
    return chr(code).encode("utf-8", "surrogatepass") if 0xD800 <= code <= 0xDFFF else b""


def _resolve_entity(match: re.Match[bytes]) -> bytes:
    """HTML's named entities become their characters, any other ampersand is escaped."""
    entity: bytes = match[0]
    if entity.startswith(b"<"):
        return entity
    character = html5.get(f"{match[1].decode()};", "") if match[1] else ""
    return character.encode() or b"&amp;" + entity[1:]


def parse_xml(document: bytes, what: str) -> etree._Element:
    """The root, recovered where possible; no entity is resolved and nothing is loaded."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(document, parser)
    if root is None:
        raise WrongFormat(f"XML too broken to be read as {what}")
    return root


def local_name(element: etree._Element) -> str:
    """The tag without its namespace, also where the prefix was never declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
