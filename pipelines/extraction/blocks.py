"""An element's paragraphs in reading order, from its markup alone. Which of them are the article's
is decided elsewhere.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from pipelines.extraction.tree_index import TreeIndex
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
# Where a page has nothing else to say, these may hold its article: left open, or for scripts to show.
_MAY_HOLD_TEXT = ("noscript", "button", "template", "object", "canvas", "select", "video", "audio")
_MIN_HELD_CHARS, _MIN_HELD_SHARE = 150, 0.5
# A longer cell is prose in a layout table; of a table with a header row or many alike, a cell of text.
_MAX_CELL_CHARS, _MAX_TABLE_CELL_CHARS = 60, 300
_MIN_ALIKE_ROWS = 3
_HIDDEN_NAMES = frozenset(
    ["sr-only", "screen-reader-text", "visually-hidden", "visuallyhidden", "element-invisible"]
)
_HIDDEN_STYLE = re.compile(r"display\s*+:\s*+none|visibility\s*+:\s*+hidden")


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


def hides(hidden: str | None, style: str | None) -> bool:
    """Whether attributes of these values hide their element."""
    if hidden is not None or not style:
        return hidden is not None
    style = style[:500].lower()
    return ("none" in style or "hidden" in style) and bool(_HIDDEN_STYLE.search(style))


@lru_cache(maxsize=8192)
def has_hidden_name(names: str) -> bool:
    """Whether a class is one of those by which themes keep words for screen readers."""
    return not _HIDDEN_NAMES.isdisjoint(names.lower().split())


def blocks(root: HtmlElement, index: TreeIndex | None = None) -> list[Block]:
    """The paragraphs below `root`, an element of the `index` (None: of its own). A line break ends a
    paragraph; a row of a data table is one.
    """
    index = index or TreeIndex(root)
    found, silent_chars = _read(root, index, SILENT_TAGS)
    if silent_chars >= _MIN_HELD_CHARS:
        shown = sum(len(block.text) for block in found)
        if silent_chars > _MIN_HELD_SHARE * (shown + silent_chars):
            return _read(root, index, SILENT_TAGS.difference(_MAY_HOLD_TEXT))[0]
    return found


def _read(
    root: HtmlElement, index: TreeIndex, silent_tags: frozenset[str]
) -> tuple[list[Block], int]:
    """The blocks, and how many characters the elements hold that are silent but may hold text."""
    reader = _BlockReader(root, index, silent_tags)
    path: list[int] = []
    first, ends = index.at[root], index.end_list
    for number in range(first, ends[first]):
        while path and number >= ends[path[-1]]:
            reader.leave(path.pop())
        path.append(number)
        if reader.silent is None:
            reader.enter(number)
        else:
            reader.count_silent(number)
    while path:
        reader.leave(path.pop())
    reader.flush()
    return reader.blocks, reader.silent_chars


class _BlockReader:
    """The blocks so far, and the text of the one being read. Elements have their numbers in the index;
    `silent` is the one around the current one whose text does not count.
    """

    def __init__(self, root: HtmlElement, index: TreeIndex, silent_tags: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self.silent: int | None = None
        self.silent_chars = 0
        self._index, self._elements, self._tags = index, index.elements, index.tags
        self._silent_tags = silent_tags
        self._data_tables: dict[HtmlElement, bool] = {}
        self._root = index.at[root]
        self._stack: list[int] = []
        self._parts: list[str] = []
        self._links = 0
        self._linked = 0

    def enter(self, number: int) -> None:
        tag = self._tags[number]
        if tag in BLOCK_TAGS or not self._stack:
            if tag == "tr" and self._is_data_row(self._elements[number]):
                self.row(number)
                return
            if self._parts:
                self.flush()
            self._stack.append(number)
        elif tag in self._silent_tags or not isinstance(
            tag, str
        ):  # else a comment's text would count
            self.silent = number
            self.count_silent(number)
            return
        elif self._is_hidden(number) and not self._holds_blocks(number):
            # Words for screen readers within a line.
            self.silent = number
            return
        elif tag == "br":
            self.flush()
            return
        elif tag == "a":
            self._links += 1
        if text := self._elements[number].text:
            self.text(text)

    def leave(self, number: int) -> None:
        if self.silent is not None:
            if number != self.silent:
                return
            self.silent = None
        elif self._stack and number == self._stack[-1]:
            if self._parts:
                self.flush()
            self._stack.pop()
        elif self._tags[number] == "a":
            self._links -= 1
        if number != self._root and (tail := self._elements[number].tail):
            self.text(tail)

    def text(self, text: str) -> None:
        if not self._parts and text.isspace():  # half of them all, between one tag and the next
            return
        self._parts.append(text)
        if self._links > 0:
            self._linked += len(text.strip())

    def count_silent(self, number: int) -> None:
        """Of what is below an element that may hold text; its own words label it."""
        if self.silent is not None and self._tags[self.silent] in _MAY_HOLD_TEXT:
            element = self._elements[number]
            if element.tag not in SILENT_TAGS:
                self.silent_chars += len((element.text or "").strip())
            if number != self.silent:
                self.silent_chars += len((element.tail or "").strip())

    def row(self, number: int) -> None:
        self.flush()
        row = self._elements[number]
        cells = [_cell_text(cell) for cell in row]
        self._emit(" | ".join(cell for cell in cells if cell), row, 0)
        self.silent = number

    def _is_data_row(self, row: HtmlElement) -> bool:
        table = row.getparent()
        if table is not None and table.tag != "table":
            table = table.getparent()
        if table is None or len(row) < 2:
            return False
        if table not in self._data_tables:
            self._data_tables[table] = is_data_table(table)
        most = _MAX_TABLE_CELL_CHARS if self._data_tables[table] else _MAX_CELL_CHARS
        return _is_row_of_cells(row, most)

    def flush(self) -> None:
        if self._parts:
            text, self._parts = squeeze("".join(self._parts)), []
            linked, self._linked = self._linked, 0
            if text and self._stack:
                self._emit(text, self._elements[self._stack[-1]], linked)

    def _emit(self, text: str, element: HtmlElement, linked: int) -> None:
        if text:
            self.blocks.append(Block(text, element, min(1.0, linked / len(text))))

    def _is_hidden(self, number: int) -> bool:
        """Whether a browser without scripts would not show it."""
        names, marks = self._index.names[number][0], self._index.marked.get(number)
        return bool(marks and hides(marks.get("hidden"), marks.get("style"))) or bool(
            names and has_hidden_name(names[:500])
        )

    def _holds_blocks(self, number: int) -> bool:
        return not BLOCK_TAGS.isdisjoint(self._tags[number : self._index.end_list[number]])


def _cell_text(cell: HtmlElement) -> str:
    """On one line; blocks and line breaks within become spaces."""
    parted = any(child.tag in BLOCK_TAGS or child.tag == "br" for child in cell.iterdescendants())
    return squeeze((" " if parted else "").join(cell.itertext()))


def is_data_table(table: HtmlElement) -> bool:
    """With cells of a header, or three rows of as many cells."""
    if next(table.iter("th"), None) is not None:
        return True
    sizes = [len(row) for row in table.iter("tr")]
    return len(sizes) >= _MIN_ALIKE_ROWS and min(sizes) >= 2 and len(set(sizes)) == 1


def _is_row_of_cells(row: HtmlElement, most: int) -> bool:
    """Two or more cells, short ones with no more than one block inside."""
    for cell in row:
        if cell.tag not in ("td", "th"):
            return False
        inside = [child.tag for child in cell.iter() if child is not cell]
        if sum(tag in BLOCK_TAGS for tag in inside) > 1 or "table" in inside:
            return False
        if len("".join(cell.itertext()).strip()) > most:
            return False
    return len(row) >= 2
