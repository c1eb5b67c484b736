"""What programs of other people read in an export: the articles, as titles and paragraphs."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import rispy
import yaml
from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.token import Token
from openpyxl.utils.escape import unescape
from pyarrow import parquet
from pybtex.database import parse_string

from storage.formats.csv_cells import original_cell

TEI = "{http://www.tei-c.org/ns/1.0}"
Read = list[dict[str, Any]]


def read_csv(data: bytes) -> Read:
    csv.field_size_limit(1 << 27)
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [{name: original_cell(cell) for name, cell in row.items()} for row in rows]


def read_xlsx(data: bytes) -> Read:
    """Cells by the columns' names; a text that goes on in another sheet in one piece."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    articles: Read = []
    for sheet in book:
        head, *rows = [[_cell(cell.value) for cell in row] for row in sheet.iter_rows()]
        records = [dict(zip(head, row, strict=True)) for row in rows]
        if sheet.title != "continued":
            articles += records
            continue
        for record in records:
            article = next(a for a in articles if a["id"] == record["id"])
            article[record["column"]] += record["text"]
    return articles


def _cell(value: Any) -> Any:
    return unescape(value) if isinstance(value, str) else value


def read_jsonl(data: bytes) -> Read:
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def read_parquet(data: bytes) -> Read:
    return list(parquet.read_table(io.BytesIO(data)).to_pylist())


def read_hf(data: bytes) -> Read:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".parquet"))
        return [row for name in names for row in read_parquet(packed.read(name))]


def read_md(data: bytes) -> Read:
    """By a parser of CommonMark, with tables. Each article begins with a heading of the first level, and
    has its metadata in front, or in the block of code below.
    """
    text = data.decode()
    _, front, body = text.split("---\n", 2)
    assert yaml.safe_load(front)
    articles: Read = [] if "made:" in front else [{"lines": []}]
    for token in _blocks(MarkdownIt("commonmark").enable("table").parse(body)):
        if token.tag == "h1":
            if "made:" in front:
                articles.append({"lines": []})
            articles[-1]["title"] = token.content
        elif token.type == "fence" and token.info == "yaml":
            articles[-1] = {**yaml.safe_load(token.content), **articles[-1]}
        else:
            articles[-1]["lines"].append((token.tag, token.content))
    if "made:" not in front:
        articles[0] = {**yaml.safe_load(front), **articles[0]}
    return articles


def _blocks(tokens: list[Token]) -> Iterator[Token]:
    """Each block that has a text, with its text instead of its markup, and where it stands as its tag."""
    open_tags: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            open_tags.append(token.tag)
        elif token.nesting == -1:
            open_tags.pop()
        elif token.type == "inline":
            token.content = "".join(map(_inline, token.children or ()))
            token.tag = next((t for t in reversed(open_tags) if t in _TAGS), open_tags[-1])
            yield token
        else:
            assert token.type == "fence", token
            token.content = token.content.removesuffix("\n")
            yield token


_TAGS = ("h1", "h2", "h3", "li", "blockquote", "th", "td")


def _inline(token: Token) -> str:
    assert token.type in ("text", "text_special", "hardbreak", "strong_open", "strong_close") or (
        token.type in ("em_open", "em_close")
    ), token
    return "\n" if token.type == "hardbreak" else token.content


def read_tei(data: bytes) -> Read:
    root = etree.fromstring(data)
    texts = [root] if root.tag == f"{TEI}TEI" else root.findall(f"{TEI}TEI")
    return [
        {
            "title": text.findtext(f".//{TEI}titleStmt/{TEI}title"),
            "author": text.findtext(f".//{TEI}titleStmt/{TEI}author"),
            "section": text.findtext(f".//{TEI}term[@type='section']"),
            "agency": text.findtext(f".//{TEI}orgName"),
            "source": text.findtext(f".//{TEI}bibl/{TEI}note[@type='source']"),
            "lines": [
                (etree.QName(leaf).localname, _with_breaks(leaf))
                for leaf in text.iterfind(f"{TEI}text//*")
                if leaf.tag != f"{TEI}lb" and leaf.text is not None and leaf.text.strip("\n")
            ][1:],
        }
        for text in texts
    ]


def _with_breaks(element: Any) -> str:
    return str(element.text) + "".join("\n" + (line.tail or "") for line in element)


def read_txt(data: bytes) -> Read:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return [{"name": name, "text": packed.read(name).decode()} for name in packed.namelist()]


_LATEX = {
    "\\textbackslash{}": "\\",
    "\\textbraceleft{}": "{",
    "\\textbraceright{}": "}",
    "\\textasciitilde{}": "~",
    "\\textasciicircum{}": "^",
    **{"\\" + sign: sign for sign in "#$%&_"},
}
_ESCAPE = re.compile("|".join(map(re.escape, _LATEX)))


def read_bib(data: bytes) -> Read:
    entries = parse_string(data.decode(), "bibtex").entries
    return [
        {"key": key, "type": entry.type}
        | {name: _typeset(value) for name, value in entry.fields.items()}
        | {"author": " and ".join(_typeset(str(name)) for name in entry.persons.get("author", ()))}
        for key, entry in entries.items()
    ]


def _typeset(value: str) -> str:
    value = value.removeprefix("{").removesuffix("}") if value.startswith("{") else value
    return _ESCAPE.sub(lambda found: _LATEX[found[0]], value)


def read_ris(data: bytes) -> Read:
    return list(rispy.loads(data.decode()))


READERS: dict[str, Callable[[bytes], Read]] = {
    name.removeprefix("read_"): reader
    for name, reader in globals().items()
    if name.startswith("read_")
}
