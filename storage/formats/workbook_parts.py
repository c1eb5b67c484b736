"""The parts of an XLSX file (ECMA-376) as XML, and the rows of its sheets."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.formats.corpus_facts import CorpusFacts
from storage.formats.xml_text import text

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# In characters of the usual face; the others are as wide as their names need.
_WIDTHS = {
    **{"title": 48, "text": 80, "url": 36, "outlet": 20, "author": 20, "section": 14},
    **{"published": 17, "modified": 17, "gone_at": 17, "first_seen": 17, "last_seen": 17, "id": 18},
}
_MIN_WIDTH = 10


@dataclass(frozen=True, slots=True)
class CellTime:
    """A time of a cell, in days since 1899-12-30."""

    days: float


Cell = str | int | CellTime | None


def _relation(number: int, kind: str, target: str, base: str = _DOCUMENT) -> str:
    return f'<Relationship Id="rId{number}" Type="{base}/{kind}" Target="{target}"/>'


def _relations(*relations: str) -> bytes:
    xmlns = f'xmlns="{_PACKAGE}/relationships"'
    return f"{_XML}<Relationships {xmlns}>{''.join(relations)}</Relationships>".encode()


RELATIONS = _relations(
    _relation(1, "officeDocument", "xl/workbook.xml"),
    _relation(2, "metadata/core-properties", "docProps/core.xml", f"{_PACKAGE}/relationships"),
)
# Formats of cells: 0 of texts and numbers, 1 of the columns' names, 2 of times.
STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
).encode()


def sheet_path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def sheet(columns: Sequence[str], rows: Iterable[bytes], is_mirrored: bool) -> Iterator[bytes]:
    """A sheet of lines of `row_line`, below the columns' names, which stay in sight and filter.
    `is_mirrored`: its first column is on the right.
    """
    mirrored = ' rightToLeft="1"' if is_mirrored else ""
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{_WIDTHS.get(name, max(_MIN_WIDTH, len(name) + 2))}" customWidth="1"/>'
        for n, name in enumerate(columns, 1)
    )
    start = (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView{mirrored} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>"
    )
    yield start.encode() + row_line(columns, style=1)
    count = 1
    for line in rows:
        count += line.count(b"<row>")
        yield line
    area = f"A1:{_letters(len(columns))}{count}"
    yield f'</sheetData><autoFilter ref="{area}"/></worksheet>'.encode()


def row_line(cells: Iterable[Cell], style: int = 0) -> bytes:
    """A row of a sheet. Texts are written as such: none of them is read as a number, a formula, a date."""
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>".encode()


def _cell(cell: Cell, style: int) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, CellTime):
        return f'<c s="2"><v>{cell.days!r}</v></c>'
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{cell_text(cell)}</t></is></c>'


# ECMA-376 22.9.2.19: a character that XML forbids is `_xHHHH_`, and so is what only looks like it.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(value: str) -> str:
    return text(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", value))


def _letters(column: int) -> str:
    """The name of a column, from 1: A, B, …, Z, AA."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def workbook(sheets: Sequence[str]) -> bytes:
    lines = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{lines}</sheets></workbook>"
    ).encode()


def workbook_relations(count: int) -> bytes:
    sheets = (_relation(n, "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1))
    return _relations(*sheets, _relation(count + 1, "styles", "styles.xml"))


def properties(facts: CorpusFacts) -> bytes:
    """Who made it, when, and what was selected."""
    chosen = ", ".join(f"{name}: {value}" for name, value in facts.choices()) or "all articles"
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>{text(facts.software)}</dc:creator><dc:description>{cell_text(chosen)}</dc:description>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{text(facts.made_at)}</dcterms:created>'
        "</cp:coreProperties>"
    ).encode()


def content_types(count: int) -> bytes:
    sheets = "".join(
        f'<Override PartName="/{sheet_path(n)}" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in range(1, count + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{sheets}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    ).encode()
