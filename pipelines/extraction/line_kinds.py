"""What the lines of an article are, by their markup: paragraphs, headings, items of lists, quotes, rows
of tables, entries of a live blog.

An element gives its kind to the lines in it unless it lays the page out: themes put whole articles into
list items, tables and quotes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from lxml.html import HtmlElement

from items import LineKind
from pipelines.extraction.blocks import BLOCK_TAGS, Block, is_data_table
from pipelines.extraction.tree_index import TreeIndex, index_tree
from text.normalise import squeeze

_TAGS: dict[str, LineKind] = {
    **dict.fromkeys(("h1", "h2"), "heading"),
    **dict.fromkeys(("h3", "h4", "h5", "h6"), "subheading"),
    **dict.fromkeys(("li", "dt", "dd"), "list_item"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "blockquote": "quote",
    "pre": "preformatted",
}
_ROLES: dict[str, LineKind] = {"listitem": "list_item", "blockquote": "quote"}
PARAGRAPH: LineKind = "paragraph"
_HEADINGS = ("heading", "subheading")
_ITEMS = ("list_item", "table_row", "table_header")
_VERSE = frozenset(("verse", "poem", "poetry", "stanza", "wp-block-verse"))
_MAX_CLASS_CHARS = 500
_WHOLE = frozenset(("html", "body", "main", "article"))
# A longer heading is prose; with most of the text in headings, they are this page's paragraphs.
_MAX_HEADING_CHARS = 200
_MAX_HEADING_SHARE = 0.5
# An element with more of the article's text than this, or an item with more lines, is layout.
_MAX_SHARE = 0.8
_MAX_ITEM_LINES = 3
_MAX_PLACES = 8  # elements around a line that are looked at, from the innermost
_MAX_ENTRY_CHARS = 120
_MAX_TIMES = 20  # of one element
_MIN_ENTRIES = 2


@dataclass(frozen=True, slots=True)
class _Place:
    """An element, by its number, that gives a kind to the lines in it; `outer`: the next one around it."""

    element: int
    tag: str
    kind: LineKind
    outer: "_Place | None"

    def outwards(self) -> Iterator["_Place"]:
        place: _Place | None = self
        while place is not None:
            yield place
            place = place.outer


def line_kinds(blocks: Sequence[Block], kept: Sequence[bool]) -> tuple[LineKind, ...]:
    """The kind of each block of a page; of those that are not `kept`, `paragraph`."""
    texts = [block for block, is_kept in zip(blocks, kept, strict=True) if is_kept]
    if not texts:
        return (PARAGRAPH,) * len(kept)
    index = index_tree(texts[0].element.getroottree().getroot())
    found = iter(_Kinds(texts, index).kinds())
    return tuple([next(found) if is_kept else PARAGRAPH for is_kept in kept])


@dataclass(slots=True)
class _Kinds:
    """The kinds of an article's blocks, from what their elements hold of it."""

    blocks: Sequence[Block]
    index: TreeIndex
    _known: dict[int, _Place | None] = field(default_factory=dict)
    _tables: dict[HtmlElement, bool] = field(default_factory=dict)
    _chars: Counter[int] = field(default_factory=Counter)
    _lines: Counter[int] = field(default_factory=Counter)
    _headed: set[int] = field(default_factory=set)
    _headings_are_prose: bool = False
    _most_chars: float = 0.0

    def kinds(self) -> list[LineKind]:
        numbers = [self.index.at[block.element] for block in self.blocks]
        places = list(map(self._places, numbers))
        self._count(places)
        kinds: list[LineKind] = [
            self._kind_by_places(around, len(block.text))
            for around, block in zip(places, self.blocks, strict=True)
        ]
        for at in _entries(self.blocks, numbers, self.index):
            kinds[at] = "entry"
        return kinds

    def _kind_by_places(self, around: Sequence[_Place], chars: int) -> LineKind:
        for place in around:
            if self._gives_kind(place, chars):
                return place.kind
        return PARAGRAPH

    def _places(self, number: int) -> list[_Place]:
        """The innermost first."""
        place, tag = self._place(number), self.index.tags[number]
        around = list(islice(place.outwards(), _MAX_PLACES)) if place else []
        if tag not in ("tr", "table"):
            return around
        element = self.index.elements[number]
        if tag == "tr":  # a row on one line
            around.insert(0, _Place(number, tag, _kind_of_row(element), place))
        elif any(child.tag == "caption" for child in element[:3]):
            around.insert(0, _Place(number, tag, "caption", place))
        return around

    def _place(self, number: int) -> _Place | None:
        path, known, parents = [], self._known, self.index.parent_list
        while number not in known:
            path.append(number)
            if number == 0:
                break
            number = parents[number]
        place = known.get(number)
        for step in reversed(path):
            kind = self._kind_of(step)
            place = _Place(step, self.index.tags[step], kind, place) if kind else place
            known[step] = place
        return place

    def _kind_of(self, number: int) -> LineKind | None:
        tag, marks = self.index.tags[number], self.index.marked.get(number)
        if tag in _WHOLE:
            return None
        if marks and (role := marks.get("role")):
            if role == "heading":
                level = self.index.elements[number].get("aria-level") or "2"
                return "subheading" if level > "2" else "heading"
            if role in _ROLES:
                return _ROLES[role]
        names = self.index.names[number][0]
        if names and _is_verse(names[:_MAX_CLASS_CHARS]):
            return "verse"
        if tag in ("td", "th"):
            return self._kind_of_cell(self.index.elements[number])
        return _TAGS.get(tag)

    def _kind_of_cell(self, cell: HtmlElement) -> LineKind | None:
        """None in a table that lays the page out."""
        row = cell.getparent()
        table = row if row is None or row.tag != "tr" else row.getparent()
        if table is not None and table.tag in ("thead", "tbody", "tfoot"):
            table = table.getparent()
        if row is None or table is None or table.tag != "table":
            return None
        if table not in self._tables:
            self._tables[table] = is_data_table(table)
        return _kind_of_row(row) if self._tables[table] else None

    def _count(self, places: Sequence[Sequence[_Place]]) -> None:
        heading_chars = 0
        for around, block in zip(places, self.blocks, strict=True):
            size = len(block.text)
            for place in around:
                self._chars[place.element] += size
            if around:
                self._lines[around[0].element] += 1
                if around[0].kind in _HEADINGS:
                    heading_chars += size
                    self._headed.update(place.element for place in around[1:])
        total = sum(len(block.text) for block in self.blocks)
        self._headings_are_prose = heading_chars > _MAX_HEADING_SHARE * total
        self._most_chars = _MAX_SHARE * total

    def _gives_kind(self, place: _Place, chars: int) -> bool:
        element = place.element
        if place.kind in _HEADINGS:
            return chars <= _MAX_HEADING_CHARS and not self._headings_are_prose
        if place.kind == "verse" or place.tag in ("tr", "table"):
            return True
        is_item = place.kind in _ITEMS
        if is_item and (self._lines[element] > _MAX_ITEM_LINES or element in self._headed):
            return False
        return self._chars[element] <= self._most_chars


def _kind_of_row(row: HtmlElement) -> LineKind:
    parent = row.getparent()
    is_head = parent is not None and parent.tag == "thead"
    cells = [cell.tag for cell in row if cell.tag in ("td", "th")]
    return "table_header" if is_head or (cells and "td" not in cells) else "table_row"


@lru_cache(maxsize=8192)
def _is_verse(names: str) -> bool:
    return not _VERSE.isdisjoint(names.lower().split())


def _entries(blocks: Sequence[Block], numbers: Sequence[int], index: TreeIndex) -> list[int]:
    """The blocks that are an entry's time, each more than half of it; none where there is but one."""
    times = _times_by_element(index)
    found = [
        at
        for at, (block, number) in enumerate(zip(blocks, numbers, strict=True))
        if number in times
        and len(block.text) <= _MAX_ENTRY_CHARS
        and _is_time(block.text, times[number])
    ]
    return found if len(found) >= _MIN_ENTRIES else []


def _times_by_element(index: TreeIndex) -> Mapping[int, list[str]]:
    """The texts of the page's `time` elements by the nearest block-level element around them."""
    times: defaultdict[int, list[str]] = defaultdict(list)
    for time in index.elements_of("time"):
        number = index.at[time]
        while number and index.tags[number] not in BLOCK_TAGS:
            number = index.parent_list[number]
        if index.tags[number] in BLOCK_TAGS and (text := squeeze("".join(time.itertext())[:500])):
            times[number].append(text)
    return times


def _is_time(line: str, times: Sequence[str]) -> bool:
    return any(2 * len(time) >= len(line) and time in line for time in times[:_MAX_TIMES])
