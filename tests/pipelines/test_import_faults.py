"""An import of broken, hostile and half-read files: named, survived, taken up again."""

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from corpus_commands import SEED, Warraq
from sqlite_utils import Database
from storage_samples import NOW, article, article_id

from cli.import_export import import_
from cli.main import Context
from items import Article, RemovedLine
from pipelines.ingest.documents import _batches
from storage.article_rows import MAX_NUMBER
from storage.articles import store
from storage.database import open_database
from storage.formats.documents import Document, DocumentError
from storage.formats.import_files import read
from text.language_codes import language_of
from text.limits import (
    MAX_BATCH_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_PARAGRAPHS_AN_ARTICLE,
    MAX_WORDS_AN_ARTICLE,
)
from text.timestamps import stored_time
from text.urls import canonicalise


@pytest.fixture
def warraq(tmp_path: Path) -> Warraq:
    return Warraq(tmp_path / "data")


BAD_LINES = {
    "not JSON": (b"{", "not JSON"),
    "not an object": (b"[1]", "a JSON object was expected"),
    "no text": (b'{"url": "https://a.example/"}', "`text` is missing"),
    "blank text": (b'{"text": " "}', "`text` is missing"),
    "text of another kind": (b'{"text": 5}', "`text` must be text"),
    "not UTF-8": (b'{"text": "\xe1\xe2"}', "byte 0xe1"),
    "nested too deep": (b"[" * 100_000, "nested too deep"),
    "the same field twice": (b'{"text": "a", "text": "b"}', "`text` stands there twice"),
    "more words than an article": (
        b'{"text": "' + b"a " * 100_001 + b'"}',
        f"more than {MAX_WORDS_AN_ARTICLE} words",
    ),
    "more lines than an article": (
        b'{"text": "' + rb"a\n" * 20_001 + b'"}',
        f"{MAX_PARAGRAPHS_AN_ARTICLE} paragraphs",
    ),
    "clean without id": (b'{"text": "a", "clean": true}', "`id` must be"),
    "clean, id a path": (b'{"text": "a", "clean": true, "id": "../../x"}', "`id` must be"),
    "clean, nothing in it": (
        rb'{"text": "\u0000", "clean": true, "id": "0123456789abcdef"}',
        "left nothing",
    ),
}


@pytest.mark.parametrize(("line", "complaint"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_named_and_the_rest_goes_on(
    warraq: Warraq, tmp_path: Path, line: bytes, complaint: str
) -> None:
    good = [json.dumps({"text": SEED.replace("العاشرة", word)}).encode() for word in ("5", "6")]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([good[0], line, good[1]]))
    result = warraq("import", tmp_path / "a.jsonl", code=1)
    [message] = result.stderr.splitlines()
    assert message.startswith(f"{tmp_path / 'a.jsonl'}:2: ")
    assert complaint in message
    assert "2 new, 0 revised, 0 unchanged, 0 copies, 1 failed" in result.stdout


def test_bad_files_are_named_and_the_rest_goes_on(warraq: Warraq, tmp_path: Path) -> None:
    noise = os.urandom(9999).replace(b"\n", b"")
    whole = gzip.compress(json.dumps({"text": SEED}).encode() + b"\n" + noise)
    files: dict[str, tuple[bytes | None, str]] = {
        "cut.jsonl.gz": (whole[:-500], ":2: the file is damaged from here on"),
        "no.jsonl.gz": (b"plain", ":1: not JSON"),
        "wide.jsonl": ('{"text": "a"}'.encode("utf-16"), ": is UTF-16: convert it"),
        "wide.txt": ("نص".encode("utf-16"), ": is UTF-16: convert it"),
        "other.jsonl": (b"\x28\xb5\x2f\xfd\0", ": is compressed by zstd"),
        "long.txt": (b"a" * (8 << 20) + b"b", ": longer than 8 MiB"),
        "empty.txt": (b"\n \n", ": holds no text"),
        "old.txt": ("سطر\nنص".encode("windows-1256"), ":1: not UTF-8: byte 0xd3"),
    }
    found_first: dict[str, tuple[bytes | None, str]] = {
        "page.html": (b"<p>", ": is none of .txt, .jsonl, .jsonl.gz"),
        "missing.txt": (None, ": cannot be read: No such file"),
    }
    files = found_first | files
    for name, (body, _) in files.items():
        if body is not None:
            (tmp_path / name).write_bytes(body)
    (tmp_path / "folder").mkdir()
    paths = [tmp_path / name for name in files]
    result = warraq("import", *paths, tmp_path / "folder", code=1)
    expected = [f"{tmp_path / name}{complaint}" for name, (_, complaint) in files.items()]
    expected.insert(2, f"{tmp_path / 'folder'}: holds no .txt")
    messages = result.stderr.splitlines()
    assert [line[: len(start)] for line, start in zip(messages, expected, strict=True)] == expected
    assert "1 new" in result.stdout


def record(**fields: Any) -> dict[str, Any]:
    return {"url": "https://a.example/1", "title": "عنوان", "text": SEED} | fields


HOSTILE_VALUES: tuple[object, ...] = (
    *(
        "\ud800",
        "a\x00b",
        "\x1b[31m\x9b",
        "\u202ex\u2066",
        "\ufffe",
        "\U000e0041",
        " ",
        "x" * 20_000,
    ),
    *(5, -1, 10**30, 1e999, float("nan"), True, [], ["x"], {}, {"text": 1}, [[[]]], None),
)
FOREIGN = ("url", "title", "section", "source", "published", "date", "language", "lang", "id")
EXPORTED = (
    *("url", "site", "title", "section", "source", "agency", "author", "published", "modified"),
    *("language", "tags", "image", "number", "found_by", "first_seen", "last_seen"),
)
_ACTS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@pytest.mark.parametrize("clean", [False, True], ids=["foreign", "exported"])
def test_whatever_stands_in_an_optional_field_the_record_goes_in(
    warraq: Warraq, tmp_path: Path, clean: bool
) -> None:
    records = [
        record(text=f"كتبت الوزارة {name} في {number}.", **{name: value})
        | ({"clean": True, "id": article_id(1000 * place + number)} if clean else {})
        for place, name in enumerate(EXPORTED if clean else FOREIGN)
        for number, value in enumerate(HOSTILE_VALUES)
    ]
    lines = map(json.dumps, records)
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    result = warraq("import", tmp_path / "a.jsonl")
    assert "0 copies, 0 failed" in result.stdout
    stored = warraq.rows(
        "SELECT url, title, section, published, language, image, number FROM articles"
    )
    for url, *texts, published, language, image, number in stored:
        assert all(address is None or canonicalise(address) for address in (url, image))
        assert published is None or stored_time(published) == published
        assert language is None or language_of(language) == language
        assert number is None or 0 <= number <= MAX_NUMBER
        assert not any(_ACTS.search(text or "") for text in texts)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"published": "2025-13-45"}, "`published` is left out"),
        ({"published": "yesterday"}, "`published` is left out"),
        ({"date": "0001-01-01"}, "`date` is left out"),
        ({"published": "2025-01-02T03:04:05+99:00"}, "`published` is left out"),
        ({"language": "klingon"}, "`language` is left out"),
        ({"url": "javascript:alert(1)"}, "`url` is left out"),
        ({"url": "http://["}, "`url` is left out"),
        ({"url": "https://a.example/\ud800"}, "`url` is left out"),
        ({"title": ["x"]}, "`title` is left out: text was expected, not list"),
        ({"clean": True, "id": "0" * 16, "number": 10**9}, "`number` is left out"),
        ({"clean": True, "id": "0" * 16, "number": -1}, "`number` is left out"),
        ({"clean": True, "id": "0" * 16, "number": "5"}, "`number` is left out"),
        ({"clean": True, "id": "0" * 16, "tags": "x"}, "`tags` is left out"),
        ({"clean": True, "id": "0" * 16, "first_seen": "2026-99-01T00:00:00Z"}, "`first_seen` is"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_left_out(
    warraq: Warraq, tmp_path: Path, fields: dict[str, Any], complaint: str
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(record(**fields)))
    result = warraq("import", tmp_path / "a.jsonl")
    [message] = result.stderr.splitlines()
    assert message.startswith(f"{tmp_path / 'a.jsonl'}:1: {complaint}")
    assert "1 new, 0 revised, 0 unchanged, 0 copies, 0 failed, 1 field left out" in result.stdout


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2025-01-02", "2025-01-02"),
        ("2025-01-02 03:04", "2025-01-02T03:04"),
        ("2025-01-02T03:04:05.678", "2025-01-02T03:04:05"),
        ("2025-01-02T03:04:05+02:00", "2025-01-02T01:04:05Z"),
        ("Mon, 06 Jan 2025 10:00:00 GMT", "2025-01-06T10:00:00Z"),
    ],
)
def test_times_of_other_programs_are_stored_as_ours(
    warraq: Warraq, tmp_path: Path, given: str, stored: str
) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(record(published=given, lang="Arabic")))
    warraq("import", tmp_path / "a.jsonl")
    assert warraq.rows("SELECT published, language FROM articles") == [(stored, "ar")]


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_without_end_is_passed_over_and_never_held(tmp_path: Path, packed: bool) -> None:
    size, good = 6 * MAX_DOCUMENT_BYTES, json.dumps(record()).encode()
    path = tmp_path / "a.jsonl"
    with gzip.open(path, "wb", 1) if packed else path.open("wb") as file:
        for _ in range(size >> 20):
            # Not so monotonous that it is taken for a bomb.
            file.write(os.urandom(1 << 16).replace(b"\n", b"") * 16)
        file.write(b"\n" + good)
    tracemalloc.start()
    refused, kept = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(refused, DocumentError)
    assert ":1: longer than 8 MiB" in str(refused)
    assert isinstance(kept, Document)
    assert peak < 3 * MAX_DOCUMENT_BYTES


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    for name, piece in (("lines", b"\n"), ("line", b" ")):
        path = tmp_path / f"{name}.jsonl.gz"
        path.write_bytes(gzip.compress(piece * (40 << 20)))
        [error] = read(path)
        assert "unpacks to over 200 times its size" in str(error) or "longer than" in str(error)


def test_a_batch_is_bounded_by_its_bytes(tmp_path: Path) -> None:
    long = json.dumps(
        record(text="ab " * (MAX_WORDS_AN_ARTICLE - 1), pad="x" * (MAX_BATCH_BYTES // 4 - 10**6))
    )
    (tmp_path / "a.jsonl").write_text("\n".join([long] * 8))
    assert max(map(len, _batches(read(tmp_path / "a.jsonl")))) < 8


def test_what_only_the_database_refuses_costs_no_other_record(
    warraq: Warraq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the checks let through, a batch is stored but for the record that fails."""

    def failing(db: Database, item: Article, **options: Any) -> Any:
        if item.title == "3":
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        return store(db, item, **options)

    monkeypatch.setattr("pipelines.ingest.documents.store", failing)
    lines = [json.dumps({"title": f"{n}", "text": f"{SEED} {n}."}) for n in range(9)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    result = warraq("import", tmp_path / "a.jsonl", code=1)
    assert f"{tmp_path / 'a.jsonl'}:4: cannot be imported: UnicodeEncodeError" in result.stderr
    assert warraq.rows(
        "SELECT count(*) FROM (SELECT id FROM articles UNION SELECT id FROM copies)"
    ) == [(8,)]


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.warc", "a.warc.gz", "a"])
def test_a_pipe_is_not_waited_for(warraq: Warraq, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    result = warraq("import", tmp_path / name, "/dev/null", code=1)
    assert f"{tmp_path / name}: is a pipe, no file" in result.stderr
    assert "/dev/null: is a device, no file" in result.stderr
    assert "holds no" in warraq("import", tmp_path, code=1).stderr


def test_json_lines_come_from_standard_input(warraq: Warraq) -> None:
    lines = "\n".join([json.dumps(record()), "{"])
    result = CliRunner().invoke(import_, ["-"], input=lines, obj=Context(warraq.data))
    assert result.exit_code == 1
    assert "<stdin>:2: not JSON" in result.stderr
    assert "1 new" in result.stdout


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    path, line = tmp_path / "a.jsonl", json.dumps(record()) + "\n"
    path.write_text(line * 2)
    count = 0
    for _ in read(path):
        count += 1
        with path.open("a") as file:
            file.write(line * 2)
        assert count < 100
    assert count < 20


def test_numbers_have_one_range(warraq: Warraq, tmp_path: Path) -> None:
    """The last number is kept, and what comes after it has a number that every format takes."""
    (tmp_path / "texts").mkdir()
    for number, sample in ((MAX_NUMBER, 0), (MAX_NUMBER - 1, 1), (10**9, 2), (7, 3)):
        text = SEED.replace("العاشرة", str(sample))
        (tmp_path / "texts" / f"{number}_{article_id(sample)}.txt".rjust(24, "0")).write_text(text)
    result = warraq("import", tmp_path / "texts")
    assert "the number is left out: the last one is 999999999" in result.stderr
    with open_database(warraq.data) as db:
        for sample in range(5, 8):
            store(db, article(sample), now=NOW)
    numbers = warraq.rows("SELECT number FROM articles ORDER BY number")
    assert len(set(numbers)) == 7
    assert (MAX_NUMBER,) in numbers
    assert (MAX_NUMBER - 1,) in numbers
    for dest in ("a.jsonl", "again"):
        warraq("export", tmp_path / dest)
        other = Warraq(tmp_path / f"other-{dest}")
        assert "left out" not in other("import", tmp_path / dest).stdout
        assert other.rows("SELECT number FROM articles ORDER BY number") == numbers


def test_a_hostile_name_reaches_no_terminal_and_no_file_name(
    warraq: Warraq, tmp_path: Path
) -> None:
    name = "a\x1b[31m\u202e.txt"
    (tmp_path / name).write_bytes(b"\xff")
    result = warraq("import", tmp_path / name, code=1)
    assert not {"\x1b", "\u202e"} & set(result.stderr)
    with open_database(warraq.data) as db:
        removed = (RemovedLine(0, "../x", "../x"),)
        store(db, article(0, site="../../etc", title="../../x", removed=removed), now=NOW)
    warraq("export", tmp_path / "texts")
    assert [path.name for path in (tmp_path / "texts").iterdir()] == [f"000_{article_id(0)}.txt"]


# It waits for the kill, two transactions later at the latest.
IMPORT = """
import sys
from pathlib import Path
from pipelines.ingest.documents import import_documents
from storage.database import open_database
from storage.formats.import_files import read
with open_database(Path(sys.argv[1])) as db:
    imports = import_documents(db, read(Path(sys.argv[2])), "2026-11-01T06:00:00Z")
    for number, _ in enumerate(imports, start=1):
        print("batch", flush=True)
        if number == int(sys.argv[3]) + 2:
            sys.stdin.read()
"""


@pytest.mark.slow
def test_a_killed_import_is_taken_up_again(tmp_path: Path) -> None:
    lines = [
        json.dumps({"url": f"https://a.example/{n}", "title": f"خبر {n}", "text": f"{SEED} {n}."})
        for n in range(400)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    for batches in (1, 2, 4):
        assert killed_import(tmp_path, batches) == -signal.SIGKILL
        half = Warraq(tmp_path / "killed")
        assert half.rows("PRAGMA integrity_check") == [("ok",)]
        [(stored,)] = half.rows("SELECT count(*) FROM articles")
        assert stored >= 50 * batches
    whole = Warraq(tmp_path / "whole")
    whole("import", tmp_path / "a.jsonl")
    half("import", tmp_path / "a.jsonl")
    sql = "SELECT number, id, url, text, text_hash FROM articles"
    assert half.rows(sql) == whole.rows(sql)
    assert len(whole.rows(sql)) == 400


def killed_import(folder: Path, batches: int) -> int:
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, folder / "killed", folder / "a.jsonl", str(batches)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert process.stdin
    assert process.stdout
    with process.stdin, process.stdout:
        for _ in range(batches):
            assert process.stdout.readline() == b"batch\n"
        process.kill()
        return process.wait()
