"""What a template prints of its own, outside of gettext: text nodes, and attributes that are read out."""

import re
from collections.abc import Iterator

from jinja2 import Environment, nodes
from lxml import html

# Attributes that a reader sees or hears.
_READ_OUT = ("aria-label", "alt", "placeholder", "title", "label", "content")
# Blocks whose text is no text: the class of the body.
_NOT_READ = ("body_class",)
_LETTERS = re.compile("[A-Za-z]{2,}")


def bare_texts(template: str) -> list[str]:
    """Every text of a template in Latin letters that does not come from a catalogue or the database."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    printed = "".join(_printed(environment.parse(template)))
    # `<{{ tag }} …>`: an element whose name is a value.
    skeleton = re.sub(r"<(/?)(?=[\s>])", r"<\1span", printed)
    if not skeleton.strip():
        return []
    return [
        text for text in _texts(html.fromstring(f"<div>{skeleton}</div>")) if _LETTERS.search(text)
    ]


def _printed(node: nodes.Node) -> Iterator[str]:
    """The template's own text and the constants that its expressions can give, both branches of an if."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for part in node.nodes:
            is_text = isinstance(part, nodes.TemplateData)
            yield from _printed(part) if is_text else _constants(part)
    elif isinstance(node, nodes.Block) and node.name in _NOT_READ:
        return
    elif isinstance(node, nodes.Stmt | nodes.Template):
        for child in node.iter_child_nodes():
            yield from _printed(child)


def _constants(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        yield str(node.value)
    elif isinstance(node, nodes.CondExpr):
        yield from _constants(node.expr1)
        yield from _constants(node.expr2) if node.expr2 else ()
    elif isinstance(node, nodes.Or | nodes.And):
        yield from _constants(node.left)
        yield from _constants(node.right)
    elif isinstance(node, nodes.Concat):
        for part in node.nodes:
            yield from _constants(part)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        yield from _constants(node.node)


def _texts(tree: html.HtmlElement) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "meta"):
            yield element.tail or ""
            continue
        is_code = element.tag in ("code", "pre", "kbd", "textarea")
        yield "" if is_code else (element.text or "")
        yield element.tail or ""
        yield from (element.get(name) or "" for name in _READ_OUT)
