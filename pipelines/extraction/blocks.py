"""An element's paragraphs in reading order, from its markup alone. Which of them are the article's
is decided elsewhere.
"""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

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


class Block(NamedTuple):
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
    reader.read()
    return reader.blocks, reader.silent_chars


# What an element does to the text around it; the rare ones are last.
_BLOCK, _LINK, _NOTHING, _SILENT_ELEMENT, _BREAK, _ROW = range(6)


def _effects(index: TreeIndex, silent_tags: frozenset[str]) -> list[int]:
    """By number. Words for screen readers within a line are silent."""
    by_tag = {tag: _effect(tag, silent_tags) for tag in set(index.tags)}
    effects = [by_tag[tag] for tag in index.tags]
    if hidden := hidden_elements(index):
        starts = [number for number, tag in enumerate(index.tags) if tag in BLOCK_TAGS]
        for number in hidden:
            at = bisect_left(starts, number)
            if at == len(starts) or starts[at] >= index.end_list[number]:
                effects[number] = _SILENT_ELEMENT
    return effects


def _effect(tag: object, silent_tags: frozenset[str]) -> int:
    if tag in BLOCK_TAGS:
        return _ROW if tag == "tr" else _BLOCK
    if tag in silent_tags or not isinstance(tag, str):  # else a comment's text would count
        return _SILENT_ELEMENT
    return {"a": _LINK, "br": _BREAK}.get(tag, _NOTHING)


@lru_cache(maxsize=1)
def hidden_elements(index: TreeIndex) -> tuple[int, ...]:
    """The numbers of those that a browser without scripts would not show."""
    hidden = [
        number
        for number, marks in index.marked.items()
        if ("style" in marks or "hidden" in marks)
        and hides(marks.get("hidden"), marks.get("style"))
    ]
    # All at once first: most of a page's classes were never judged before.
    classes = {names for names, _ in index.distinct_names if names}
    joined = " ".join(classes).lower()
    if any(name in joined for name in _HIDDEN_NAMES):
        hiding = {names for names in classes if has_hidden_name(names[:500])}
        hidden += [number for number, (names, _) in enumerate(index.names) if names in hiding]
    return tuple(hidden)


class _BlockReader:
    """The blocks so far, and the text of the one being read. Elements have their numbers in the index."""

    def __init__(self, root: HtmlElement, index: TreeIndex, silent_tags: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self.silent_chars = 0
        self._index = index
        self._root = index.at[root]
        self._effects = _effects(index, silent_tags)
        self._effects[self._root] = _ROW if root.tag == "tr" else _BLOCK
        self._data_tables: dict[HtmlElement, bool] = {}
        self._stack: list[int] = []  # of open blocks
        self._parts: list[str] = []
        self._linked = 0

    def read(self) -> None:
        """Each turn ends an element or begins the next, and takes the text that follows. With a call for
        each, the loop takes a third longer.
        """
        effects, parts, stack = self._effects, self._parts, self._stack
        ends, elements = self._index.end_list, self._index.elements
        opened: list[int] = []
        number, end, links = self._root, -1, 0
        while True:
            if number == end:
                closed = opened.pop()
                effect = effects[closed]
                if effect == _BLOCK:
                    if parts:
                        self._flush()
                    stack.pop()
                elif effect == _LINK:
                    links -= 1
                if not opened:
                    return
                end, text = ends[opened[-1]], elements[closed].tail
            else:
                opened.append(number)
                end, effect = ends[number], effects[number]
                if effect == _BLOCK:
                    if parts:
                        self._flush()
                    stack.append(number)
                elif effect == _LINK:
                    links += 1
                elif effect != _NOTHING and self._passes_over(number):
                    number = end
                    continue
                text = elements[number].text
                number += 1
            # Half of them are white space between one tag and the next.
            if text and (parts or not text.isspace()):
                parts.append(text)
                if links:
                    self._linked += len(text.strip())

    def _passes_over(self, number: int) -> bool:
        effect = self._effects[number]
        if effect == _SILENT_ELEMENT:
            self._count_silent(number)
            return True
        self._flush()
        if effect == _BREAK:
            return False
        row = self._index.elements[number]
        if self._is_data_row(row):
            if text := " | ".join(filter(None, map(_cell_text, row))):
                self.blocks.append(Block(text, row, 0.0))
            self._effects[number] = _SILENT_ELEMENT
            return True
        self._effects[number] = _BLOCK
        self._stack.append(number)
        return False

    def _count_silent(self, number: int) -> None:
        """Of what is below an element that may hold text; its own words label it."""
        index = self._index
        if index.tags[number] not in _MAY_HOLD_TEXT:
            return
        for inner in range(number + 1, index.end_list[number]):
            if index.tags[inner] not in SILENT_TAGS:
                self.silent_chars += len((index.elements[inner].text or "").strip())
            self.silent_chars += len((index.elements[inner].tail or "").strip())

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

    def _flush(self) -> None:
        if self._parts:
            text, linked = squeeze("".join(self._parts)), self._linked
            self._parts.clear()
            self._linked = 0
            if text:
                share = min(1.0, linked / len(text)) if linked else 0.0
                self.blocks.append(Block(text, self._index.elements[self._stack[-1]], share))


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
