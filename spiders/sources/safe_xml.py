"""Makes untrusted XML harmless: UTF-8, no DTD, nothing before the root element."""

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
    return b'<?xml version="1.0" encoding="utf-8"?>' + text.encode("utf-8", "replace")


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
