"""An element's paragraphs in reading order, from its markup alone. Which of them are the article's
is decided elsewhere.
"""

from dataclasses import dataclass

from lxml.html import HtmlElement

from text.normalise import squeeze

_BLOCKS = (
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main nav ol p pre section "
    "summary table tbody td tfoot th thead tr ul"
)
# Never text. A `noscript` repeats a lazily loaded picture.
_SILENT = (
    "script style noscript template svg math iframe object embed video audio canvas map button "
    "select option textarea input head title link meta datalist"
)
BLOCK_TAGS, SILENT_TAGS = frozenset(_BLOCKS.split()), frozenset(_SILENT.split())
_MAX_CELL_CHARS = 60  # a longer cell is prose in a layout table


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


def blocks(root: HtmlElement) -> list[Block]:
    """The paragraphs below `root`. A line break ends a paragraph; a row of a data table is one."""
    reader = _BlockReader(root)
    path: list[HtmlElement] = []
    for element in root.iter():
        above = element.getparent()
        while path and path[-1] is not above:
            reader.leave(path.pop())
        path.append(element)
        if reader.silent is None:
            reader.enter(element)
    while path:
        reader.leave(path.pop())
    reader.flush()
    return reader.blocks


class _BlockReader:
    """The blocks so far, and the text of the one being read. `silent` is the element around the
    current one whose text does not count.
    """

    def __init__(self, root: HtmlElement) -> None:
        self.blocks: list[Block] = []
        self.silent: HtmlElement | None = None
        self._root = root
        self._stack: list[HtmlElement] = []
        self._parts: list[str] = []
        self._links = 0
        self._linked = 0

    def enter(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in BLOCK_TAGS or not self._stack:
            if tag == "tr" and _is_data_row(element):
                self.row(element)
                return
            self.flush()
            self._stack.append(element)
        elif tag in SILENT_TAGS or not isinstance(tag, str):  # else a comment's text would count
            self.silent = element
            return
        elif tag == "br":
            self.flush()
            return
        elif tag == "a":
            self._links += 1
        if text := element.text:
            self.text(text)

    def leave(self, element: HtmlElement) -> None:
        if self.silent is not None:
            if element is not self.silent:
                return
            self.silent = None
        elif self._stack and element is self._stack[-1]:
            self.flush()
            self._stack.pop()
        elif element.tag == "a":
            self._links -= 1
        if element is not self._root and (tail := element.tail):
            self.text(tail)

    def text(self, text: str) -> None:
        self._parts.append(text)
        if self._links > 0:
            self._linked += len(text.strip())

    def row(self, row: HtmlElement) -> None:
        self.flush()
        cells = [squeeze("".join(cell.itertext())) for cell in row]
        self._emit(" | ".join(cell for cell in cells if cell), row, 0)
        self.silent = row

    def flush(self) -> None:
        if self._parts:
            text, self._parts = squeeze("".join(self._parts)), []
            linked, self._linked = self._linked, 0
            if text and self._stack:
                self._emit(text, self._stack[-1], linked)

    def _emit(self, text: str, element: HtmlElement, linked: int) -> None:
        if text:
            self.blocks.append(Block(text, element, min(1.0, linked / len(text))))


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
    return all(len("".join(cell.itertext()).strip()) <= _MAX_CELL_CHARS for cell in cells)
