"""Makes untrusted XML and HTML harmless: UTF-8, no DTD, nothing before the root element, no tag with
thousands of attributes.

libxml2's HTML parser compares each attribute with all before it: 40 000 of one tag take 1.3 s,
2 million (8 MB) an hour. Tags are read here as the HTML standard's tokenizer reads them.
"""

import re
from html.entities import html5

from lxml import etree

from spiders.fetching.errors import WrongFormat
from text.charset import decode

_FIRST_TAG = re.compile(r"<([a-z][\w:.-]*)", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# One pass, so that CDATA, where an ampersand stands for itself, stays as it is.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)(?:(\w+);)?",
    re.DOTALL | re.IGNORECASE,
)


def xml_from_root(body: bytes, roots: str, what: str) -> bytes:
    """The document in UTF-8 from the first element named in `roots` (`rss|feed`) on; WrongFormat if
    there is none. A wrong encoding, HTML entities, bare ampersands and warnings printed before the
    prolog do no harm.
    """
    if not body.strip():
        raise WrongFormat(f"an empty document, not {what}")
    text = decode(body, None)
    root = re.search(rf"<(?:[\w-]+:)?(?:{roots})(?=[\s>/])", text, re.IGNORECASE)
    if not root:
        tag = _FIRST_TAG.search(text)
        kind = f"a document that begins with <{tag[1][:40]}>" if tag else "no XML at all"
        raise WrongFormat(f"{kind}, not {what}")
    text = _AMPERSAND.sub(_resolve_entity, _ILLEGAL.sub("", text[root.start() :]))
    document = _legal_references(text.encode("utf-8", "replace"))
    return b'<?xml version="1.0" encoding="utf-8"?>' + document


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


def _resolve_entity(match: re.Match[str]) -> str:
    """HTML's named entities become their characters, any other ampersand is escaped."""
    entity: str = match[0]
    if entity.startswith("<"):
        return entity
    return html5.get(f"{match[1]};") or "&amp;" + entity[1:]


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


# 1 500 attributes take 2 ms; 8 MB of such tags 3 s.
_MAX_ATTRIBUTES = 1500
_RAW = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = r"[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_TAG = re.compile(rf"<[a-z](?:{_ATTRIBUTE}|[\s/=]++)*+", re.IGNORECASE)
_ATTRIBUTES = re.compile(_ATTRIBUTE)


def has_tag_bomb(text: str) -> bool:
    """Linear in the length of `text`."""
    for tag in _TAG.finditer(_RAW.sub(" ", text)):
        if tag.end() - tag.start() > 2 * _MAX_ATTRIBUTES and _count(tag[0]) > _MAX_ATTRIBUTES:
            return True
    return False


def _count(tag: str) -> int:
    return sum(1 for _ in _ATTRIBUTES.finditer(tag))
