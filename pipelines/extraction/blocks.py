"""From an element to its paragraphs, in reading order. What belongs to the article is decided
elsewhere; here only markup is known.
"""

import re
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
# Never text. A `noscript` holds the twin of a lazy picture.
SILENT_TAGS = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "canvas",
        "map",
        "button",
        "select",
        "option",
        "textarea",
        "input",
        "head",
        "title",
        "link",
        "meta",
        "datalist",
    ]
)
_SPACE = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_CELL_MAX = 60  # characters; a longer cell is prose in a layout table


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: `element` is the nearest block-level element, `linked` the share of its
    characters inside links (0 to 1).
    """

    text: str
    element: HtmlElement
    linked: float

    @property
    def tag(self) -> str:
        return str(self.element.tag)


def squeeze(text: str) -> str:
    """White space of every kind becomes one space; none at the ends."""
    return _SPACE.sub(" ", text).strip()


def blocks(root: HtmlElement) -> list[Block]:
    """The paragraphs below `root`. A line break ends a paragraph; a row of a data table is one."""
    reader = _Reader()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            reader.text(element.tail)
        elif event == "end":
            reader.leave(element, is_root=element is root)
        elif element.tag in SILENT_TAGS:
            walk.skip_subtree()
            reader.silent.add(element)
        elif element.tag == "tr" and _is_data_row(element):
            walk.skip_subtree()
            reader.silent.add(element)
            reader.row(element)
        else:
            reader.enter(element)
    reader.flush()
    return reader.found


class _Reader:
    """What the walk has read and not yet handed out."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.silent: set[HtmlElement] = set()
        self._stack: list[HtmlElement] = []
        self._parts: list[str] = []
        self._links = 0
        self._linked = 0

    def enter(self, element: HtmlElement) -> None:
        if element.tag in BLOCK_TAGS or not self._stack:
            self.flush()
            self._stack.append(element)
        elif element.tag == "br":
            self.flush()
        elif element.tag == "a":
            self._links += 1
        if element.tag != "br":
            self.text(element.text)

    def leave(self, element: HtmlElement, *, is_root: bool) -> None:
        if element in self.silent:
            self.silent.discard(element)
        elif self._stack and element is self._stack[-1]:
            self.flush()
            self._stack.pop()
        elif element.tag == "a":
            self._links -= 1
        if not is_root:
            self.text(element.tail)

    def text(self, text: str | None) -> None:
        if text:
            self._parts.append(text)
            if self._links > 0:
                self._linked += len(text.strip())

    def row(self, row: HtmlElement) -> None:
        self.flush()
        cells = [squeeze("".join(cell.itertext())) for cell in row]
        self._emit(" | ".join(cell for cell in cells if cell), row, 0)

    def flush(self) -> None:
        text, self._parts = squeeze("".join(self._parts)), []
        linked, self._linked = self._linked, 0
        if self._stack:
            self._emit(text, self._stack[-1], linked)

    def _emit(self, text: str, element: HtmlElement, linked: int) -> None:
        if text:
            self.found.append(Block(text, element, min(1.0, linked / len(text))))


def _is_data_row(row: HtmlElement) -> bool:
    """Two or more short cells, with no block inside, beside rows of the same kind."""
    cells = list(row)
    if len(cells) < 2 or any(cell.tag not in ("td", "th") for cell in cells):
        return False
    if any(
        child.tag in BLOCK_TAGS or child.tag == "br"
        for cell in cells
        for child in cell.iter()
        if child is not cell
    ):
        return False
    return all(len("".join(cell.itertext()).strip()) <= _CELL_MAX for cell in cells)
