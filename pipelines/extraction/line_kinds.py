"""What the lines of an article are, by their markup: paragraphs, headings, items of lists, quotes, rows
of tables, entries of a live blog.

An element gives its kind to the lines in it unless it lays the page out: themes put whole articles into
list items, tables and quotes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from items import LineKind
from pipelines.extraction.blocks import BLOCK_TAGS, Block, is_data_table
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
    """An element that gives a kind to the lines in it; `outer`: the next one around it."""

    element: HtmlElement
    kind: LineKind
    outer: "_Place | None"

    def outwards(self) -> Iterator["_Place"]:
        place: _Place | None = self
        while place is not None:
            yield place
            place = place.outer


def line_kinds(blocks: Sequence[Block], kept: Sequence[bool]) -> tuple[LineKind, ...]:
    """The kind of each block; of those that are not `kept`, `paragraph`."""
    texts = [block for block, is_kept in zip(blocks, kept, strict=True) if is_kept]
    found = iter(_Kinds(texts).kinds()) if texts else iter(())
    return tuple(next(found) if is_kept else "paragraph" for is_kept in kept)


@dataclass(slots=True)
class _Kinds:
    """The kinds of an article's blocks, from what their elements hold of it."""

    blocks: Sequence[Block]
    _known: dict[HtmlElement, _Place | None] = field(default_factory=dict)
    _tables: dict[HtmlElement, bool] = field(default_factory=dict)
    _chars: Counter[HtmlElement] = field(default_factory=Counter)
    _lines: Counter[HtmlElement] = field(default_factory=Counter)
    _headed: set[HtmlElement] = field(default_factory=set)
    _headings_are_prose: bool = False
    _most_chars: float = 0.0

    def kinds(self) -> list[LineKind]:
        places = [self._places(block) for block in self.blocks]
        self._count(places)
        kinds: list[LineKind] = [
            next((p.kind for p in around if self._gives_kind(p, block)), "paragraph")
            for around, block in zip(places, self.blocks, strict=True)
        ]
        entries = _entries(self.blocks)
        return ["entry" if at in entries else kind for at, kind in enumerate(kinds)]

    def _places(self, block: Block) -> list[_Place]:
        """The innermost first."""
        place = self._place(block.element)
        around = list(islice(place.outwards(), _MAX_PLACES)) if place else []
        if block.tag == "tr":  # a row on one line
            around.insert(0, _Place(block.element, _kind_of_row(block.element), place))
        if block.tag == "table" and any(child.tag == "caption" for child in block.element[:3]):
            around.insert(0, _Place(block.element, "caption", place))
        return around

    def _place(self, element: HtmlElement) -> _Place | None:
        path = []
        at: HtmlElement | None = element
        while at is not None and at not in self._known:
            path.append(at)
            at = at.getparent()
        place = self._known[at] if at is not None else None
        for step in reversed(path):
            kind = self._kind_of(step)
            place = _Place(step, kind, place) if kind else place
            self._known[step] = place
        return place

    def _kind_of(self, element: HtmlElement) -> LineKind | None:
        tag, get = element.tag, element.get
        if tag in _WHOLE:
            return None
        if role := get("role"):
            if role == "heading":
                return "subheading" if (get("aria-level") or "2") > "2" else "heading"
            if role in _ROLES:
                return _ROLES[role]
        names = (get("class") or "")[:_MAX_CLASS_CHARS]
        if names and not _VERSE.isdisjoint(names.lower().split()):
            return "verse"
        if tag in ("td", "th"):
            return self._kind_of_cell(element)
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

    def _gives_kind(self, place: _Place, block: Block) -> bool:
        element = place.element
        if place.kind in _HEADINGS:
            return len(block.text) <= _MAX_HEADING_CHARS and not self._headings_are_prose
        if place.kind == "verse" or element.tag in ("tr", "table"):
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


def _entries(blocks: Sequence[Block]) -> set[int]:
    """The blocks that are an entry's time, each more than half of it; none where there is but one."""
    times = _times_by_element(blocks[0].element)
    found = {
        at
        for at, block in enumerate(blocks)
        if len(block.text) <= _MAX_ENTRY_CHARS and _is_time(block, times)
    }
    return found if len(found) >= _MIN_ENTRIES else set()


def _times_by_element(element: HtmlElement) -> Mapping[HtmlElement, list[str]]:
    """The texts of the page's `time` elements by the nearest block-level element around them."""
    times: defaultdict[HtmlElement, list[str]] = defaultdict(list)
    for time in element.getroottree().iter("time"):
        around = time
        while around is not None and around.tag not in BLOCK_TAGS:
            around = around.getparent()
        if around is not None and (text := squeeze("".join(time.itertext())[:500])):
            times[around].append(text)
    return times


def _is_time(block: Block, times: Mapping[HtmlElement, list[str]]) -> bool:
    return any(
        2 * len(time) >= len(block.text) and time in block.text
        for time in times.get(block.element, ())[:_MAX_TIMES]
    )
