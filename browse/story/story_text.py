"""A story's text as it is laid out: its paragraphs by their kinds, and its removed lines in place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from browse.live_database import ResultRow
from items import LineKind
from storage.article_rows import unpacked_kinds

# A longer heading, of an import, is laid out as the paragraph it looks like.
_MAX_HEADING_CHARS = 1000
_MAX_CELLS = 40
_CONTAINERS = {
    "list_item": "ul",
    "quote": "blockquote",
    "table_header": "table",
    "table_row": "table",
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A paragraph, or a removed line with its reason. `tag` is a heading's, below the title's h1."""

    text: str
    reason: str | None = None
    kind: LineKind = "paragraph"
    tag: Literal["p", "h2", "h3"] = "p"

    @property
    def cells(self) -> list[str]:
        """Of a table's row."""
        return self.text.split(" | ", _MAX_CELLS - 1)


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that stand in one list, quote or table, whose `container` is the element's name; other
    lines have none.
    """

    container: str | None
    lines: list[ShownLine]

    @property
    def columns(self) -> int:
        return max(len(line.cells) for line in self.lines if line.reason is None)


def shown_lines(paragraphs: Sequence[str], packed: str | None) -> list[ShownLine]:
    """The paragraphs with their kinds, which are `packed`. The first level of headings is h2, whichever
    level it is on the page.
    """
    paragraph: LineKind = "paragraph"
    kinds = unpacked_kinds(packed, len(paragraphs)) or (paragraph,) * len(paragraphs)
    tags: dict[LineKind, Literal["h2", "h3"]] = {
        "heading": "h2",
        "subheading": "h3" if "heading" in kinds else "h2",
    }
    return [
        ShownLine(text, None, kind, tags.get(kind, "p") if len(text) <= _MAX_HEADING_CHARS else "p")
        for text, kind in zip(paragraphs, kinds, strict=True)
    ]


def with_removed_lines(
    lines: Sequence[ShownLine], removed: Sequence[ResultRow]
) -> Iterator[ShownLine]:
    """The text with the removed lines in place; `position` counts both."""
    remaining = iter(lines)
    position = 0
    for row in removed:
        for _, line in zip(range(position, row["position"]), remaining, strict=False):
            yield line
        yield ShownLine(row["text"], row["reason"])
        position = row["position"] + 1
    yield from remaining


def line_groups(lines: Iterable[ShownLine]) -> Iterator[LineGroup]:
    """The lines by what they stand in. A removed line between two rows of a table stands in it too."""
    between: list[ShownLine] = []
    group = LineGroup(None, [])
    for is_removed, run in groupby(lines, key=lambda line: line.reason is not None):
        if is_removed:
            between = list(run)
            continue
        for container, found in groupby(run, key=lambda line: _CONTAINERS.get(line.kind)):
            if container == group.container:
                group.lines.extend([*between, *found])
            else:
                yield from (part for part in (group, LineGroup(None, between)) if part.lines)
                group = LineGroup(container, list(found))
            between = []
    yield from (part for part in (group, LineGroup(None, between)) if part.lines)
