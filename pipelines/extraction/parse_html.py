"""Parsing: from a decoded document to a tree."""

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement


def parse_html(text: str) -> HtmlElement | None:
    """The tree of an HTML document or fragment; None when there is none in it."""
    data = text.encode("utf-8", "replace")
    if not data.strip():
        return None
    try:
        return lxml_html.document_fromstring(data, parser=_parser())
    except (ValueError, AssertionError, lxml_html.etree.ParserError):
        return None


# lxml.html asks a function of Python's for the class of each element; here all are of one.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


def _parser() -> etree.HTMLParser:
    # libxml2 stops at 255 levels of nesting by itself.
    parser = etree.HTMLParser(
        remove_comments=True, remove_pis=True, encoding="utf-8", no_network=True
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    return parser


def body_of(tree: HtmlElement) -> HtmlElement:
    body = tree.find("body")
    return tree if body is None else body


def title_of(tree: HtmlElement) -> str:
    """What the page calls itself, site name and all."""
    title = next(tree.iter("title"), None)
    return "" if title is None else (title.text or "")[:500]


def lead_of(tree: HtmlElement) -> str:
    """How the page describes itself (Open Graph or the description), often the article's lead."""
    described = ""
    for meta in tree.iter("meta"):
        content = meta.get("content")
        if content and meta.get("property") == "og:description":
            return str(content)[:1000]
        if content and not described and meta.get("name") == "description":
            described = str(content)[:1000]
    return described
