"""An article's text in the pieces of a document: its paragraphs, headings, lists, tables, verses."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from items import LineKind
from storage.article_rows import Row, unpacked_kinds

# Lines of these kinds belong together where one follows the other.
_TOGETHER = {
    "list_item": "list",
    "quote": "quote",
    "table_header": "table",
    "table_row": "table",
    "verse": "verse",
    "preformatted": "preformatted",
}
_CELLS = " | "


@dataclass(frozen=True, slots=True)
class Passage:
    """`kind`: a line kind, of one line; or `list`, `quote`, `table`, `verse`, `preformatted`, of all that
    follow each other. `kinds` is parallel to `lines`.
    """

    kind: str
    lines: tuple[str, ...]
    kinds: tuple[LineKind, ...]

    def rows(self) -> Iterator[tuple[bool, list[str]]]:
        """Of a table: whether the row is one of headers, and its cells."""
        for kind, line in zip(self.kinds, self.lines, strict=True):
            yield kind == "table_header", line.split(_CELLS)


def passages(row: Row) -> Iterator[Passage]:
    """The pieces of the text of a row of `articles`, in order."""
    lines = row["text"].split("\n\n")
    plain: tuple[LineKind, ...] = ("paragraph",)
    kinds = unpacked_kinds(row["kinds"], len(lines)) or plain * len(lines)
    places = groupby(range(len(lines)), lambda place: _TOGETHER.get(kinds[place], place))
    for name, group in places:
        chosen = list(group)
        kind = name if isinstance(name, str) else kinds[chosen[0]]
        yield Passage(
            kind, tuple(lines[place] for place in chosen), tuple(kinds[place] for place in chosen)
        )
