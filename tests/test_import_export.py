"""Texts in and texts out: nothing is lost on the way, and what is wrong is named."""

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from storage_samples import LATER, NOW, article, article_id, rows

from commands import corpus
from commands.context import Context
from items import RemovedLine
from storage import frontier
from storage.articles import get, store
from storage.database import StorageError, open_database
from storage.export import export

SHARED = Path(__file__).parents[2] / "shared"

SEED = """ثقافة

افتتاح معرض الكتاب في دورته العاشرة

افتتح وزير الثقافة صباح اليوم معرض الكتاب في دورته العاشرة بمشاركة مئتي دار نشر من عشرين بلداً.

وقال الوزير في كلمة الافتتاح إن القراءة حق لكل طفل، وإن المعرض يستمر عشرة أيام ويفتح أبوابه مجاناً."""


class Warraq:
    """The commands on one data folder, as `warraq --data` gives it to them."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, command: str, *arguments: str | Path, code: int = 0) -> Result:
        context = Context(self.data)
        chosen = {"import": corpus.import_, "export": corpus.export, "status": corpus.status}
        result = CliRunner().invoke(chosen[command], list(map(str, arguments)), obj=context)
        assert result.exit_code == code, result.output
        return result

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with open_database(self.data) as db:
            return rows(db, sql)

    def dump(self) -> list[str]:
        with open_database(self.data) as db:
            return list(db.conn.iterdump())


@pytest.fixture
def warraq(tmp_path: Path) -> Warraq:
    return Warraq(tmp_path / "data")


@pytest.fixture
def filled(warraq: Warraq) -> Warraq:
    """A crawl's articles: some without this or that, a revised one, a copy, a hostile one."""
    hostile = '\u202eعنوان, "بين" <b>\x00\x1b[31m\ud83d'
    made = [
        article(
            0, author="سعاد", agency="سانا", image="https://news.example/a.jpg", modified=LATER
        ),
        article(1, section=None, source=None, site=None, url=None, tags=(), language=None),
        article(2, title=None, published="2026-10-31T09:30"),
        article(3, paragraphs=("نص أول قبل التعديل، وفيه جملة طويلة بعض الشيء.",)),
        article(3),
        article(4, paragraphs=article(0).paragraphs),
        article(5, title=hostile, section=hostile, paragraphs=(hostile, "سطر آخر")),
        article(7, number=1007),
    ]
    with open_database(warraq.data) as db:
        for each in made:
            store(db, each, found_by="feed", now=NOW)
        store(db, made[0], found_by="feed", now=LATER)
    return warraq


def corpus_of(warraq: Warraq) -> list[tuple[Any, ...]]:
    return warraq.rows("SELECT name, text FROM corpus ORDER BY name")


def test_an_import_refines_and_keeps_number_and_id(warraq: Warraq, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    name = "007_e7b9692485539719.txt"
    (tmp_path / "texts" / name).write_text(SEED + "\n\nالعودة إلى الأعلى\n")
    (tmp_path / "texts" / "notes.md").write_text("not for us")
    result = warraq("import", tmp_path / "texts")
    assert "1 new" in result.stdout
    assert corpus_of(warraq) == [(name, SEED)]
    assert warraq.rows("SELECT section, title, found_by FROM articles") == [
        ("ثقافة", "افتتاح معرض الكتاب في دورته العاشرة", "import")
    ]
    assert warraq.rows("SELECT text FROM removed_lines WHERE reason = 'back_to_top'") == [
        ("العودة إلى الأعلى",)
    ]


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz"])
def test_json_lines_of_other_people(warraq: Warraq, tmp_path: Path, ending: str) -> None:
    body = "\n".join(SEED.split("\n\n")[2:])
    url = "http://news.example/أخبار/معرض/?utm_source=x"
    said = {"id": "sn1", "url": url, "title": "معرض", "text": body, "date": "2026-10-31"}
    line = json.dumps(said | {"source": "وكالة", "lang": "ar", "section": None, "tags": "x"})
    (tmp_path / f"a.{ending}").write_bytes(packed(line.encode() + b"\n\n", ending))
    warraq("import", tmp_path / f"a.{ending}")
    sql = "SELECT url, title, source, published, language, section FROM articles"
    assert warraq.rows(sql) == [(url, "معرض", "وكالة", "2026-10-31", "ar", None)]
    with open_database(warraq.data) as db:
        assert frontier.counts(db) == {"done": 1}
        [(known,)] = rows(db, "SELECT url FROM frontier")
    assert known.isascii()
    assert "utm" not in known


def packed(body: bytes, ending: str) -> bytes:
    return gzip.compress(body) if ending.endswith("gz") else body


@pytest.mark.parametrize("name", ["corpus", "corpus.jsonl", "corpus.jsonl.gz"])
def test_importing_what_was_exported_changes_nothing(
    filled: Warraq, tmp_path: Path, name: str
) -> None:
    before = filled.dump()
    filled("export", tmp_path / name)
    assert "0 new, 0 revised, 6 unchanged" in filled("import", tmp_path / name).stdout
    assert filled.dump() == before


def test_json_lines_make_the_same_rows_in_an_empty_database(filled: Warraq, tmp_path: Path) -> None:
    filled("export", tmp_path / "a.jsonl")
    other = Warraq(tmp_path / "other")
    other("import", tmp_path / "a.jsonl")
    for table in ("articles", "corpus"):
        assert other.rows(f"SELECT * FROM {table}") == filled.rows(f"SELECT * FROM {table}")
    other("export", tmp_path / "b.jsonl")
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()


def test_text_files_make_the_same_corpus_in_an_empty_database(
    warraq: Warraq, tmp_path: Path
) -> None:
    (tmp_path / "seeds").mkdir()
    for number, text in enumerate((SEED, SEED.partition("\n\n")[2].replace("العاشرة", "الثامنة"))):
        (tmp_path / "seeds" / f"{number:03d}_{article_id(number)}.txt").write_text(text)
    warraq("import", tmp_path / "seeds")
    warraq("export", tmp_path / "texts")
    other = Warraq(tmp_path / "other")
    other("import", tmp_path / "texts")
    assert corpus_of(other) == corpus_of(warraq)
    assert len(corpus_of(other)) == 2


def test_what_is_exported(filled: Warraq, tmp_path: Path) -> None:
    assert "6 articles" in filled("export", tmp_path / "texts", "--format", "txt").stdout
    found = {path.name: path.read_bytes().decode() for path in (tmp_path / "texts").iterdir()}
    assert found == dict(corpus_of(filled))
    assert f"1007_{article_id(7)}.txt" in found
    filled("export", tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    sql = "SELECT text, title FROM articles ORDER BY number"
    assert [(line["text"], line["title"] or None) for line in lines] == filled.rows(sql)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "data", "texts"]


def test_an_old_export_does_not_bring_old_texts_back(filled: Warraq, tmp_path: Path) -> None:
    filled("export", tmp_path / "a.jsonl")
    filled("export", tmp_path / "texts")
    with open_database(filled.data) as db:
        edited = article(0, paragraphs=("نص معدّل بعد التصدير.",))
        store(db, edited, found_by="feed", now="2026-11-09T06:00:00Z")
    before = filled.dump()
    assert "0 revised" in filled("import", tmp_path / "a.jsonl", tmp_path / "texts").stdout
    assert filled.dump() == before


def test_an_import_is_no_visit(warraq: Warraq, tmp_path: Path) -> None:
    (tmp_path / f"000_{article_id(0)}.txt").write_text(SEED + "\n\nالعودة إلى الأعلى")
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"url": "https://news.example/1", "title": "عنوان", "text": SEED})
    )
    warraq("import", tmp_path / f"000_{article_id(0)}.txt", tmp_path / "a.jsonl")
    with open_database(warraq.data) as db:
        db.execute("UPDATE articles SET first_seen = ?1, last_seen = ?1", [NOW])
        db.execute("UPDATE frontier SET state = 'queued', due = ?", [NOW])
    before = warraq.dump()
    warraq("import", tmp_path / f"000_{article_id(0)}.txt", tmp_path / "a.jsonl")
    assert warraq.dump() == before


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
    [said] = result.stderr.splitlines()
    assert said.startswith(f"{tmp_path / 'a.jsonl'}:2: ")
    assert complaint in said
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
    said = result.stderr.splitlines()
    assert [line[: len(start)] for line, start in zip(said, expected, strict=True)] == expected
    assert "1 new" in result.stdout


def test_a_line_without_end_is_cut(
    warraq: Warraq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.jsonlines.LONGEST", 4096)
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


def test_a_folder_s_other_texts_are_not_lost(filled: Warraq, tmp_path: Path) -> None:
    """Importing a folder and exporting onto it would replace the raw texts by clean ones."""
    texts = tmp_path / "texts"
    texts.mkdir()
    raw, stale = texts / f"000_{article_id(0)}.txt", texts / f"999_{article_id(999)}.txt"
    raw.write_text("نص خام")
    (texts / "notes.txt").write_text("mine")
    result = filled("export", texts, code=1)
    assert "would be lost (1, such as 000_" in result.stderr
    assert (raw.read_text(), len(list(texts.iterdir()))) == ("نص خام", 2)
    stale.write_text("نص قديم")
    filled("export", texts, "--replace")
    assert not stale.exists()
    assert (texts / "notes.txt").read_text() == "mine"
    assert len(list(texts.iterdir())) == 7
    filled("export", texts)


def test_what_cannot_be_written_is_said_and_leaves_nothing(filled: Warraq, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "folder.jsonl" / "x").touch()
    for dest in ("file", "file/a.jsonl", "folder.jsonl"):
        assert "cannot be written" in filled("export", tmp_path / dest, code=1).stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "file", "folder.jsonl"]


def test_a_broken_export_leaves_the_earlier_one(filled: Warraq, tmp_path: Path) -> None:
    filled("export", tmp_path / "a.jsonl")
    before = (tmp_path / "a.jsonl").read_bytes()

    def full(count: int) -> None:
        raise OSError(28, "No space left on device")

    with open_database(filled.data) as db, pytest.raises(StorageError, match="No space left"):
        export(db, tmp_path / "a.jsonl", "jsonl", progress=full)
    assert (tmp_path / "a.jsonl").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "data"]


def test_without_a_database_there_is_nothing_to_show(warraq: Warraq, tmp_path: Path) -> None:
    assert "There is no database" in warraq("status", code=1).stderr
    assert "There is no database" in warraq("export", tmp_path / "a", code=1).stderr
    assert not warraq.data.exists()


def test_status_for_people_and_for_machines(filled: Warraq) -> None:
    with open_database(filled.data) as db:
        store(db, article(9, site="\x1b[31m[bold]x"), now=NOW)
    table = filled("status").stdout
    header, *lines = table.splitlines()
    assert header.split()[:3] == ["site", "articles", "copies"]
    assert lines[0].split()[:2] == ["[31m[bold]x", "1"]
    assert lines[1].split()[:3] == ["news", "5", "1"]
    assert lines[2].startswith("(no site)")
    assert "\x1b" not in table
    said = json.loads(filled("status", "--json").stdout)
    assert [(site["site"], site["articles"]) for site in said["sites"]][1:] == [
        ("news", 5),
        (None, 1),
    ]
    assert said["sites"][1]["frontier"] == {"done": 6}


IMPORT = """
import sys
from pathlib import Path
from commands.importing import import_documents
from storage.database import open_database
from storage.intake import read
with open_database(Path(sys.argv[1])) as db:
    for imported in import_documents(db, read(Path(sys.argv[2])), "2026-11-01T06:00:00Z"):
        print("batch", flush=True)
"""


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
        [sys.executable, "-c", IMPORT, folder / "killed", folder / "a.jsonl"],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONPATH": "."},
    )
    assert process.stdout
    with process.stdout:
        for _ in range(batches):
            assert process.stdout.readline() == b"batch\n"
        process.kill()
        return process.wait()


def seeds() -> Iterator[Any]:
    """Name, what is expected, and the lines with every white space as one space."""
    expected = SHARED / "seeds" / "expected.json"
    if not expected.exists():
        pytest.skip("the seed articles are not here (../shared/seeds)")
    for name, said in json.loads(expected.read_text()).items():
        if not name.startswith("_"):
            lines = (SHARED / "seeds" / f"{name}.txt").read_text().splitlines()
            yield name, said, [" ".join(line.split()) for line in lines]


def test_the_seeds_come_out_as_expected(warraq: Warraq) -> None:
    expected = list(seeds())
    warraq("import", SHARED / "seeds")
    with open_database(warraq.data) as db:
        for name, said, lines in expected:
            stored = get(db, name.partition("_")[2])
            assert stored is not None
            assert stored.number == int(name[:3])
            assert stored.paragraphs == tuple(lines[at - 1] for at in said["body"])
            assert stored.title == (lines[said["title"] - 1] if said["title"] else None)
            assert stored.section == (lines[said["section"] - 1] if "section" in said else None)
    assert [name for (name,) in warraq.rows("SELECT name FROM corpus ORDER BY name")] == [
        f"{name}.txt" for name, _, _ in expected
    ]
