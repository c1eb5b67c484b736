"""Cells of CSV that no spreadsheet takes for a formula.

A text that begins with `=`, `+`, `-`, `@`, a tab or a line break, behind spaces and quotes too, gets an
apostrophe in front, as OWASP advises ("CSV Injection"); so does a text that begins with an apostrophe, so
that the first one of a cell is always ours and can be taken off. Numbers stay numbers.
"""

import csv
import re
from collections.abc import Iterable
from typing import Any, TypeVar

_MARK = "'"
# Excel reads the full-width signs as the others; programs trim what stands in front.
_FORMULA = re.compile(
    "[\\s\"'`\u00ab\u2018-\u201f\u200b-\u200f\u2060\ufeff\x00-\x1f]*[=+\\-@\uff1d\uff0b\uff0d\uff20|%\u2212\ufe63\ufe62\ufe66\ufe6b]"
    "|[\\t\\r\\n]|'"
)

T = TypeVar("T")


def harmless_cell(value: T) -> T | str:
    """`value`, or with an apostrophe in front if it is a text that could be taken for a formula."""
    return _MARK + value if isinstance(value, str) and _FORMULA.match(value) else value


def original_cell(cell: str) -> str:
    """What `harmless_cell` made the cell of."""
    return cell.removeprefix(_MARK)


class HarmlessWriter:
    """`csv.writer` with such cells."""

    def __init__(self, stream: Any, *args: Any, **options: Any) -> None:
        self._writer = csv.writer(stream, *args, **options)

    def writerow(self, row: Iterable[object]) -> Any:
        """What the stream's own `write` gives: datasette awaits it."""
        return self._writer.writerow([harmless_cell(cell) for cell in row])
