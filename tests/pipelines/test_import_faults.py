"""An import of broken, hostile and half-read files: named, survived, taken up again."""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from corpus_commands import SEED, Warraq
from storage_samples import NOW, article, article_id

from items import RemovedLine
from storage.articles import store
from storage.database import open_database


@pytest.fixture
def warraq(tmp_path: Path) -> Warraq:
    return Warraq(tmp_path / "data")


BAD_LINES = {
    "not JSON": (b"{", "not JSON"),
    "not an object": (b"[1]", "a JSON object was expected"),
    "no text": (b'{"url": "https://a.example/"}', "`text` is missing"),
    "blank text": (b'{"text": " "}', "`text` is missing"),
    "text of another kind": (b'{"text": 5}', "`text` must be text"),
    "title of another kind": (b'{"text": "a", "title": []}', "`title` must be text"),
    "not UTF-8": (b'{"text": "\xe1\xe2"}', "byte 0xe1"),
    "nested too deep": (b"[" * 100_000, "nested too deep"),
    "a number without end": (b'{"text": "a", "x": ' + b"9" * 9999 + b"}", "limit"),
    "clean without id": (b'{"text": "a", "clean": true}', "`id` must be"),
    "clean, id a path": (b'{"text": "a", "clean": true, "id": "../../x"}', "`id` must be"),
    "clean, tags no list": (
        b'{"text": "a", "clean": true, "id": "0123456789abcdef", "tags": "x"}',
        "`tags` must be",
    ),
    "clean, number below 0": (
        b'{"text": "a", "clean": true, "id": "0123456789abcdef", "number": -1}',
        "`number` must be",
    ),
    "clean, time no time": (
        b'{"text": "a", "clean": true, "id": "0123456789abcdef", "first_seen": "x"}',
        "`first_seen` must be",
    ),
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
    files = {
        "cut.jsonl.gz": (whole[:-500], ":2: the file is damaged from here on"),
        "no.jsonl.gz": (b"plain", ":1: the file is damaged from here on"),
        "empty.txt": (b"\n \n", ": holds no text"),
        "old.txt": ("سطر\nنص".encode("windows-1256"), ":1: not UTF-8: byte 0xd3"),
        "page.html": (b"<p>", ": is none of .txt, .jsonl, .jsonl.gz"),
        "missing.txt": (None, ": cannot be read: No such file"),
    }
    for name, (body, _) in files.items():
        if body is not None:
            (tmp_path / name).write_bytes(body)
    (tmp_path / "folder").mkdir()
    paths = [tmp_path / name for name in files]
    result = warraq("import", *paths, tmp_path / "folder", code=1)
    expected = [f"{tmp_path / name}{complaint}" for name, (_, complaint) in files.items()]
    expected.insert(0, f"{tmp_path / 'folder'}: holds no .txt")
    messages = result.stderr.splitlines()
    assert [line[: len(start)] for line, start in zip(messages, expected, strict=True)] == expected
    assert "1 new" in result.stdout


def test_a_line_without_end_is_cut(
    warraq: Warraq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.formats.json_lines.LONGEST", 4096)
    long = json.dumps({"text": "ا" * 9000})
    good = json.dumps({"text": SEED}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(f"{long}\n{good}\n")
    result = warraq("import", tmp_path / "a.jsonl", code=1)
    assert "a.jsonl:1: longer than" in result.stderr
    assert "1 new" in result.stdout


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
