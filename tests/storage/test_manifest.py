"""A manifest: which saved page has which address."""

import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.formats.documents import DocumentError
from storage.formats.manifest import COLUMNS, ManifestEntry, read_manifest

ROWS: list[dict[str, Any]] = [
    {"file": "pages/17.html.gz", "url": "https://paper.example/17", "charset": "windows-1256",
     "fetched": "2026-11-01T08:30:00Z"},
    {"file": "صفحة ١.html", "url": "https://صحيفة.example/خبر", "charset": "", "fetched": ""},
    {"file": "/srv/pages/a b.htm", "url": "", "charset": "", "fetched": ""},
]  # fmt: skip
ENTRIES: list[tuple[str, str, str | None, str]] = [
    ("pages/17.html.gz", "https://paper.example/17", "windows-1256", "2026-11-01T08:30:00Z"),
    ("صفحة ١.html", "https://صحيفة.example/خبر", None, ""),
    ("/srv/pages/a b.htm", "", None, ""),
]


def as_json_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def as_json_with_nulls(rows: list[dict[str, Any]]) -> bytes:
    return as_json_lines([{name: value or None for name, value in row.items()} for row in rows])


def as_table(rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> bytes:
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines).encode()


def as_windows_table(rows: list[dict[str, Any]]) -> bytes:
    return b"\xef\xbb\xbf" + as_table(rows).replace(b"\n", b"\r\n").rstrip()


def as_shuffled_table(rows: list[dict[str, Any]]) -> bytes:
    return as_table(rows, COLUMNS[::-1]).replace(b"url", b"URL ")


def read(path: Path, content: bytes) -> tuple[list[ManifestEntry], list[str], list[str]]:
    """Entries, errors, warnings."""
    path.write_bytes(content)
    warnings: list[str] = []
    found = list(read_manifest(path, warnings.append))
    entries = [item for item in found if isinstance(item, ManifestEntry)]
    return entries, [str(item) for item in found if isinstance(item, DocumentError)], warnings


@pytest.mark.parametrize(
    "write", [as_json_lines, as_json_with_nulls, as_table, as_windows_table, as_shuffled_table]
)
def test_both_forms_say_the_same(
    write: Callable[[list[dict[str, Any]]], bytes], tmp_path: Path
) -> None:
    entries, errors, warnings = read(tmp_path / "any.name", write(ROWS))
    assert (errors, warnings) == ([], [])
    assert entries == [
        ManifestEntry(tmp_path / file, url, charset, fetched)
        for file, url, charset, fetched in ENTRIES
    ]


def test_blank_lines_and_missing_cells_are_nothing(tmp_path: Path) -> None:
    table = b"\n\nfile\turl\tfetched\n\na.html\n\nb.html\thttps://b.example/x\n"
    entries, errors, _ = read(tmp_path / "m.tsv", table)
    assert errors == []
    assert [(entry.path.name, entry.url) for entry in entries] == [
        ("a.html", ""),
        ("b.html", "https://b.example/x"),
    ]


@pytest.mark.parametrize(
    ("fetched", "expected"),
    [
        ("2026-11-01T08:30:00Z", "2026-11-01T08:30:00Z"),
        ("2026-11-01T08:30:00+03:00", "2026-11-01T05:30:00Z"),
        ("2026-11-01 08:30", "2026-11-01T08:30:00Z"),
        ("2026-11-01", "2026-11-01T23:59:59Z"),
        ("Sun, 01 Nov 2026 08:30:00 GMT", "2026-11-01T08:30:00Z"),
    ],
)
def test_fetched_is_a_time(fetched: str, expected: str, tmp_path: Path) -> None:
    line = json.dumps({"file": "a.html", "fetched": fetched}).encode()
    entries, errors, _ = read(tmp_path / "m", line)
    assert errors == []
    assert entries[0].fetched == expected


BAD_LINES = [
    ({"file": ""}, "`file` is empty"),
    ({"url": "https://a.example/1"}, "`file` is empty"),
    ({"file": "a\0b"}, "`file` is empty"),
    ({"file": 3}, "`file` is 3"),
    ({"file": "a.html", "url": ["https://a.example/"]}, "`url` is ["),
    ({"file": "a.html", "url": "a.example/1"}, "begin with http"),
    ({"file": "a.html", "url": "javascript:alert(1)"}, "begin with http"),
    ({"file": "a.html", "url": "http://[x"}, "begin with http"),
    ({"file": "a.html", "charset": "klingon"}, "`charset`"),
    ({"file": "a.html", "fetched": "yesterday"}, "`fetched` is no time"),
    ({"file": "a.html", "fetched": "2026-13-01"}, "`fetched` is no time"),
]


@pytest.mark.parametrize(("row", "message"), BAD_LINES, ids=str)
def test_a_bad_line_is_named_and_the_others_go_on(
    row: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.jsonl"
    rows = [{"file": "first.html"}, row, {"file": "last.html"}]
    entries, errors, _ = read(path, as_json_lines(rows))
    assert [entry.path.name for entry in entries] == ["first.html", "last.html"]
    assert len(errors) == 1
    assert errors[0].startswith(f"{path}:2: ")
    assert message in errors[0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"file": "a.html"', "not JSON"),
        (b'["a.html"]', "no JSON object"),
        (b'{"file": ' + b"[" * 100_000, "nested too deep"),
        (b'{"file": "\xff"}', "not UTF-8"),
        (b'{"file": "' + b"a" * 400_000 + b'"}', "longer than"),
        (b'{"file": "a.html", "size": ' + b"9" * 5000 + b"}", "digits"),
    ],
    ids=["cut", "list", "deep", "latin", "long", "number"],
)
def test_a_line_that_is_no_object(line: bytes, message: str, tmp_path: Path) -> None:
    content = b'{"file": "first.html"}\n' + line + b'\n{"file": "last.html"}\n'
    entries, errors, _ = read(tmp_path / "m", content)
    assert [entry.path.name for entry in entries] == ["first.html", "last.html"]
    assert len(errors) == 1
    assert "m:2: " in errors[0]
    assert message in errors[0]


def test_a_row_with_too_many_cells(tmp_path: Path) -> None:
    entries, errors, _ = read(tmp_path / "m", b"file\turl\na.html\t\tx\nb.html\n")
    assert [entry.path.name for entry in entries] == ["b.html"]
    assert ["3 cells, but 2 columns" in error and ":2:" in error for error in errors] == [True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a.html\thttps://a.example/1\nb.html\n", "no column `file`"),
        (b"file,url\na.html,https://a.example/1\n", "no column `file`"),
        (b"file\turl\turl\na.html\n", "two columns `url`"),
        ("file\na.html\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04file", "ZIP"),
    ],
    ids=["no head", "commas", "twice", "utf-16", "zip"],
)
def test_what_is_no_manifest_is_one_error(content: bytes, message: str, tmp_path: Path) -> None:
    entries, errors, _ = read(tmp_path / "m", content)
    assert (entries, len(errors)) == ([], 1)
    assert message in errors[0]


def test_each_unused_column_is_named_once(tmp_path: Path) -> None:
    rows = [{"file": f"{number}.html", "lang": "ar", "id": "7"} for number in range(5)]
    for content in (as_json_lines(rows), as_table(rows, ("file", "lang", "id"))):
        entries, errors, warnings = read(tmp_path / "m", content)
        assert (len(entries), errors) == (5, [])
        assert [warning.split("`")[1] for warning in warnings] == ["lang", "id"]


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None], ids=["folder", "missing"])
def test_what_cannot_be_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "m")
    found = list(read_manifest(tmp_path / "m", print))
    assert [type(item) for item in found] == [DocumentError]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"file\nout.html\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    assert list(read_manifest(Path("-"), print)) == [ManifestEntry(Path("out.html"))]


@given(st.binary(max_size=300) | st.lists(st.sampled_from(
    [b"file", b"\t", b"\n", b"{", b"}", b'"file":', b'"a"', b"url", b"null", b"\xef\xbb\xbf", b"\r"]
)).map(b"".join))  # fmt: skip
def test_no_bytes_end_it(content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        for item in read_manifest(Path(file.name), print):
            assert isinstance(item, ManifestEntry | DocumentError)
