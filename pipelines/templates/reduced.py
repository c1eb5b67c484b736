"""A page with little left of it, for its metadata: what its head and its JSON-LD say, and at most one
element of its body.
"""

from lxml.html import HtmlElement

from pipelines.extraction.page import body_of

_SAYING = ("title", "meta", "link", "base", "script")


def reduced(tree: HtmlElement, frame: HtmlElement | None) -> HtmlElement:
    """A new tree; what it holds is taken out of the old one, which is spent."""
    body = body_of(tree)
    if frame is body:
        return tree
    small = tree.makeelement("html", dict(tree.attrib))
    head, rest = small.makeelement("head"), small.makeelement("body", dict(body.attrib))
    saying = [element for element in tree.iter(*_SAYING) if _says(element)]
    if frame is not None:
        within = set(frame.iter(*_SAYING))
        saying = [element for element in saying if element not in within]
        rest.append(frame)
    head.extend(saying)
    small.append(head)
    small.append(rest)
    return small


def _says(element: HtmlElement) -> bool:
    if element.tag == "script":
        return "ld+json" in (element.get("type") or "").lower()
    if element.tag == "link":
        return "canonical" in (element.get("rel") or "").lower()
    # Pictures drawn in the page have titles too.
    parent = element.getparent()
    return element.tag != "title" or (parent is not None and parent.tag != "svg")
