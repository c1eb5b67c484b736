"""CSV and XLSX as LibreOffice opens them: Arabic whole, formulas inert, dates as dates; and what does not
fit into one cell or one sheet.
"""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from format_readers import read_xlsx
from hostile_rows import FACTS, HOSTILE, hostile_row
from lxml import etree

from storage.formats.csv_cells import original_cell
from storage.formats.csv_table import COLUMNS
from storage.formats.file_formats import FORMATS

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# LibreOffice takes 65 535 characters of a field of CSV, and 32 767 are what a cell of XLSX may have.
LONG = ("نص طويل من الأخبار. " * 3_000).strip()
# CSV as a person would open it, and with formulas evaluated, which LibreOffice only does on demand.
EVALUATED = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"


def rows() -> Iterator[dict[str, object]]:
    for number, value in enumerate(HOSTILE.values()):
        yield hostile_row(number, title=value, section=value, author=value)
    yield hostile_row(900, title="طويل", text=LONG)
    yield hostile_row(901, title="", published="2026-11-01T00:00:00Z", gone_at=None)


def written(name: str) -> bytes:
    return b"".join(FORMATS[name].write(rows(), FACTS))


@dataclass
class OfficeCell:
    text: str
    kind: str | None
    value: str | None
    formula: str | None


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[OfficeCell]]]:
    """The first sheet of both files, as LibreOffice has it in its memory."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: Debian's libreoffice-calc-nogui")
    folder = tmp_path_factory.mktemp("office")
    sheets = {}
    for name in ("csv", "xlsx"):
        (folder / f"a.{name}").write_bytes(written(name))
        options = [f"--infilter={EVALUATED}"] if name == "csv" else []
        command = [
            program,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            *options,
        ]
        subprocess.run(
            [*command, "--convert-to", "fods", "--outdir", str(folder), str(folder / f"a.{name}")],
            check=True,
            capture_output=True,
            timeout=300,
        )
        sheets[name] = _cells(folder / "a.fods")
    return sheets


def _cells(path: Path) -> list[list[OfficeCell]]:
    tree = etree.parse(str(path), etree.XMLParser(huge_tree=True))
    table = tree.find(f".//{TABLE}table")
    assert table is not None
    lines = []
    for row in table.iter(f"{TABLE}table-row"):
        cells: list[OfficeCell] = []
        for cell in row.iter(f"{TABLE}table-cell"):
            count = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
            text = "\n".join(map(_text, cell.findall(f"{TEXT}p")))
            kind = cell.get(f"{OFFICE}value-type")
            value = cell.get(f"{OFFICE}date-value") or cell.get(f"{OFFICE}value")
            made = OfficeCell(text, kind, value, cell.get(f"{TABLE}formula"))
            cells += [made] * min(count, len(COLUMNS))
        lines.append(cells[: len(COLUMNS)])
    return lines


def _text(paragraph: etree._Element) -> str:
    """With spaces and tabs, which are elements."""
    parts = [paragraph.text or ""]
    for child in paragraph.iter():
        if child is paragraph:
            continue
        if child.tag == f"{TEXT}s":
            parts.append(" " * int(child.get(f"{TEXT}c", "1")))
        elif child.tag == f"{TEXT}tab":
            parts.append("\t")
        else:
            parts.append(child.text or "")
        parts.append(child.tail or "")
    return "".join(parts)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_no_cell_is_a_formula(office: dict[str, list[list[OfficeCell]]], name: str) -> None:
    assert [cell for row in office[name] for cell in row if cell.formula] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_workbook_has_each_text(office: dict[str, list[list[OfficeCell]]], kind: str) -> None:
    number = list(HOSTILE).index(kind)
    row = office["xlsx"][number + 1]
    shown = row[COLUMNS.index("title")]
    assert shown.kind == "string"
    assert _seen(shown.text) == _seen(HOSTILE[kind])
    assert row[COLUMNS.index("number")].value == str(number)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [k for k in HOSTILE if k not in ("number", "date", "nul")])
def test_csv_has_each_text(office: dict[str, list[list[OfficeCell]]], kind: str) -> None:
    """Of `007` a program that opens CSV makes 7, and of `1/2` a day: CSV has no types. At a NUL it stops."""
    number = list(HOSTILE).index(kind)
    row = next(r for r in office["csv"] if r[0].text == str(number))
    assert _seen(original_cell(row[COLUMNS.index("title")].text)) == _seen(HOSTILE[kind])


def _seen(text: str) -> str:
    """Of what is seen: LibreOffice drops controls, or shows them as spaces."""
    return "".join(c for c in text if c.isprintable() and not c.isspace())


@pytest.mark.slow
def test_times_are_times_and_numbers_numbers(office: dict[str, list[list[OfficeCell]]]) -> None:
    head, first, *_ = office["xlsx"]
    assert [cell.text for cell in head] == list(COLUMNS)
    published = first[COLUMNS.index("published")]
    assert (published.kind, published.value) == ("date", "2026-10-31T09:30:00")
    assert published.text == "2026-10-31 09:30"
    assert first[COLUMNS.index("modified")].value == "2026-11-01"
    assert first[COLUMNS.index("words")].kind == "float"
    assert first[COLUMNS.index("gone_at")].kind is None


@pytest.mark.slow
def test_a_long_text_is_whole_in_csv(office: dict[str, list[list[OfficeCell]]]) -> None:
    row = next(row for row in office["csv"] if row[0].text == "900")
    assert row[COLUMNS.index("text")].text == LONG


def test_a_sheet_is_made_to_be_worked_with() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    sheet = book["articles"]
    assert sheet.sheet_view.rightToLeft
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:W{sheet.max_row}"
    assert sheet.column_dimensions["W"].width > 40
    assert sheet["A1"].font.bold
    english = [hostile_row(n, language="en") for n in range(3)]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(FORMATS["xlsx"].write(english, FACTS))))
    assert not book["articles"].sheet_view.rightToLeft


@pytest.mark.parametrize("text", [LONG, "x" * 40_000, "😀" * 40_000, "ا" * 32_767, "a " * 16_384])
def test_what_a_cell_does_not_hold_goes_on_in_another_sheet(text: str) -> None:
    data = b"".join(FORMATS["xlsx"].write([hostile_row(5, text=text, title=text)], FACTS))
    (article,) = read_xlsx(data)
    assert (article["text"], article["title"]) == (text, text)
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert len(str(cell.value).encode("utf-16-le")) // 2 <= 32_767


def test_what_a_sheet_does_not_hold_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.formats.workbook.MAX_ROWS", 4)
    articles = [hostile_row(n) for n in range(7)]
    data = b"".join(FORMATS["xlsx"].write(articles, FACTS))
    assert [row["number"] for row in read_xlsx(data)] == list(range(7))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["articles", "articles 2", "articles 3"]
    assert [sheet.max_row for sheet in book] == [4, 4, 2]
    monkeypatch.setattr("storage.formats.workbook.MAX_SHEET_BYTES", 10)
    data = b"".join(FORMATS["xlsx"].write(articles, FACTS))
    assert [row["number"] for row in read_xlsx(data)] == list(range(7))


def test_a_workbook_needs_no_64_bit_sizes() -> None:
    """With those, Excel asks whether it shall repair the file."""
    with zipfile.ZipFile(io.BytesIO(written("xlsx"))) as packed:
        assert all(info.extract_version < 45 for info in packed.infolist())
