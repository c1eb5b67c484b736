"""Tables and lines of text on a terminal of any width: no word is cut, no column squeezed to nothing."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

# What is piped is for grep, and not for a window: a line stays a line.
_PIPED_WIDTH = 100_000
_NARROWEST_TEXT = 20
_INDENT = 2
_WORD = re.compile(r"\s*(\S+)")


def output_console() -> Console:
    """In the width of the terminal; piped, without one, unless $COLUMNS gives it. $NO_COLOR
    (https://no-color.org) takes off the bold and dim letters too, as each of them is an escape code.
    """
    colours = None if os.environ.get("NO_COLOR") else "auto"
    console = Console(highlight=False, color_system=colours)  # type: ignore[arg-type]
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdecimal():
        console.width = _PIPED_WIDTH
    return console


@dataclass(frozen=True, slots=True)
class Column:
    """`wraps`: its cells may take several lines, broken between words. Of columns that do not fit, the one
    of the highest `rank` is left out first, and none of rank 0.
    """

    name: str
    right: bool = False
    wraps: bool = False
    rank: int = 0


def fitted_table(
    columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int
) -> RenderableType:
    """The rows in `width` cells: with fewer columns where it is narrow, and where not even those of rank 0
    fit, as a list of names and values for each row.
    """
    shown = list(range(len(columns)))
    while shown:
        for gap in (2, 1):
            widths = [_extent(columns[index], [row[index] for row in rows]) for index in shown]
            if chosen := _shares(widths, width - gap * (len(shown) - 1)):
                return _table([columns[i] for i in shown], _picked(rows, shown), chosen, gap)
        last = max(shown, key=lambda index: columns[index].rank)
        if columns[last].rank == 0:
            break
        shown.remove(last)
    return _records(columns, rows, width)


def _picked(rows: Sequence[Sequence[Text]], shown: Sequence[int]) -> list[list[Text]]:
    return [[row[index] for index in shown] for row in rows]


def _extent(column: Column, cells: Sequence[Text]) -> tuple[int, int]:
    """The least and the most cells that a column has use for."""
    most = max(map(cell_len, [column.name, *(cell.plain for cell in cells)]))
    if not column.wraps:
        return most, most
    words = [word for cell in cells for word in cell.plain.split()]
    return max(map(cell_len, [column.name, *words])), most


def _shares(extents: Sequence[tuple[int, int]], width: int) -> list[int]:
    """The least of each column, and of what is left an equal share to those that have use for it; empty
    where it does not fit.
    """
    left = width - sum(least for least, _ in extents)
    if left < 0:
        return []
    shares = [least for least, _ in extents]
    wanting = sorted(range(len(extents)), key=lambda index: extents[index][1] - extents[index][0])
    for position, index in enumerate(wanting):
        least, most = extents[index]
        added = min(most - least, left // (len(wanting) - position))
        shares[index] += added
        left -= added
    return shares


def _table(
    columns: Sequence[Column], rows: Sequence[Sequence[Text]], widths: Sequence[int], gap: int
) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for column, cells in zip(columns, widths, strict=True):
        justify = "right" if column.right else "left"
        table.add_column(
            column.name,
            justify=justify,  # type: ignore[arg-type]
            width=cells,
            no_wrap=not column.wraps,
            overflow="fold" if column.wraps else "ignore",
        )
    for row in rows:
        table.add_row(*row)
    return table


def _records(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int) -> Group:
    lines: list[Text] = []
    for first, *others in rows:
        lines += broken(Text.assemble((first.plain, "bold")), width)
        for column, cell in zip(columns[1:], others, strict=True):
            if cell.plain:
                value = Text.assemble((f"{column.name}: ", "dim"), cell)
                lines += broken(value, width, _INDENT)
    return Group(*lines)


def broken(text: Text, width: int, indent: int = 0) -> list[Text]:
    """Its lines, broken between words and indented; a word that is wider itself stays in one piece, as
    `rich` would not leave it.
    """
    width = max(width - indent, _NARROWEST_TEXT)
    parts = [part for line in text.split(allow_blank=True) for part in _lines_of(line, width)]
    lines = [Text.assemble(" " * indent, part, no_wrap=True, overflow="ignore") for part in parts]
    for line in lines:
        line.rstrip()
    return lines


def _lines_of(line: Text, width: int) -> Iterable[Text]:
    offsets, used = [], 0
    for word in _WORD.finditer(line.plain):
        cells = cell_len(word.group())
        if used and used + cells > width:
            offsets.append(word.start(1))
            used = cell_len(word.group(1))
        else:
            used += cells
    return line.divide(offsets)


def print_table(console: Console, table: RenderableType) -> None:
    """What `fitted_table` made: a word that is wider than the terminal is left to it."""
    console.print(table, crop=False)


def print_wrapped(console: Console, line: str | Text, style: str = "", indent: int = 0) -> None:
    """A line, broken between its words where it is wider than the terminal."""
    text = Text(line) if isinstance(line, str) else line
    text.stylize(style)
    for part in broken(text, console.width, indent):
        console.print(part, soft_wrap=True)
