"""A decoded document as lxml's tree, and what its head says of the page."""

from typing import Any

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from pipelines.extraction.html5 import close_elements
from pipelines.extraction.tree_index import index_tree


def parse_html(text: str, utf_8: bytes | None = None) -> HtmlElement | None:
    """The tree of an HTML document or fragment; None when `text` holds no HTML. `utf_8`: the text's
    bytes, where they are at hand.
    """
    if not text or text.isspace():
        return None
    data = text.encode("utf-8", "replace") if utf_8 is None else utf_8
    if closed := close_elements(data):
        data = closed.encode("utf-8", "replace")
    try:
        tree = lxml_html.document_fromstring(data, parser=_parser())
    except (ValueError, AssertionError, lxml_html.etree.ParserError):
        return None
    if len(data) > _MIN_CUT_BYTES:
        _cut_long_attributes(tree)
    return tree


# An attribute is read again for each element that looks at it, at some 2 ms a megabyte. Of a smaller
# page none is long enough to matter.
_MIN_CUT_BYTES, _MAX_ATTRIBUTE_CHARS = 500_000, 10_000
_LONG_ATTRIBUTES = etree.XPath(f"//@*[string-length() > {_MAX_ATTRIBUTE_CHARS}]")


def _cut_long_attributes(tree: HtmlElement) -> None:
    long: Any = _LONG_ATTRIBUTES(tree)
    for value in long:
        value.getparent().set(value.attrname, str(value)[:_MAX_ATTRIBUTE_CHARS])


# By default lxml.html calls a Python function for the class of each element.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)


def _parser() -> etree.HTMLParser:
    # Without `huge_tree` libxml2 stops at 255 levels of nesting, and gives nothing of what is below. With
    # `collect_ids` it keeps a table of elements by id, which nobody asks for: .2 ms a page.
    parser = etree.HTMLParser(
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
        no_network=True,
        huge_tree=True,
        collect_ids=False,
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    return parser


def body_of(tree: HtmlElement) -> HtmlElement:
    body = tree.find("body")
    return tree if body is None else body


def title_of(tree: HtmlElement) -> str:
    """The text of the first `title`, the site's name included."""
    titles = index_tree(tree).elements_of("title")
    return (titles[0].text or "")[:500] if titles else ""


def lead_of(tree: HtmlElement) -> str:
    """The page's description (Open Graph's, else the meta tag), often the article's lead."""
    described = ""
    for meta in index_tree(tree).elements_of("meta"):
        content = meta.get("content")
        if content and meta.get("property") == "og:description":
            return str(content)[:1000]
        if content and not described and meta.get("name") == "description":
            described = str(content)[:1000]
    return described
