"""Texts in and texts out: nothing is lost on the way, and what is wrong is named."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from corpus_commands import SEED, Warraq
from storage_samples import LATER, NOW, article, article_id, rows

from storage import frontier
from storage.article_rows import get
from storage.articles import store
from storage.database import StorageError, open_database
from storage.formats.export import export

SHARED = Path(__file__).parents[3] / "shared"


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
        for item in made:
            store(db, item, found_by="feed", now=NOW)
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
    fields = {"id": "sn1", "url": url, "title": "معرض", "text": body, "date": "2026-10-31"}
    line = json.dumps(fields | {"source": "وكالة", "lang": "ar", "section": None, "tags": "x"})
    (tmp_path / f"a.{ending}").write_bytes(packed(line.encode() + b"\n\n", ending))
    warraq("import", tmp_path / f"a.{ending}")
    sql = "SELECT url, title, source, published, language, section FROM articles"
    assert warraq.rows(sql) == [(url, "معرض", "وكالة", "2026-10-31", "ar", None)]
    with open_database(warraq.data) as db:
        assert frontier.counts(db) == {"done": 1}
        [(known,)] = rows(db, "SELECT url FROM frontier")
    assert known.isascii()
    assert "utm" not in known


def test_who_published_and_wrote_it_is_taken_of_any_line(warraq: Warraq, tmp_path: Path) -> None:
    given: dict[str, object] = {
        "site": "صحيفة النهر",
        "author": "سعاد\u202e حمدان",
        "agency": "سانا",
    }
    wrong: dict[str, object] = {"site": 7, "author": ["x"], "agency": "x" * 100_000}
    body = [" ".join(f"كلمة{at}من{n}" for n in range(40)) for at in range(3)]
    url = "https://river.example/"
    lines = [
        {"url": f"{url}{at}", "title": f"عنوان {at}", "text": body[at], **fields}
        for at, fields in enumerate((given, wrong, dict[str, object]()))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    warraq("import", tmp_path / "a.jsonl")
    found = warraq.rows("SELECT site, author, agency FROM articles ORDER BY number")
    assert found == [("صحيفة النهر", "سعاد حمدان", "سانا"), (None,) * 3, (None,) * 3]
    assert warraq.rows("SELECT name FROM sites") == [("صحيفة النهر",)]


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
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8-sig") as file:
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


@pytest.mark.environment
def test_status_for_people_and_for_machines(filled: Warraq) -> None:
    with open_database(filled.data) as db:
        store(db, article(9, site="\x1b[31m[bold]x"), now=NOW)
    table = filled("status", code=1).stdout
    header, *lines = table.splitlines()
    assert header.split()[:3] == ["site", "articles", "copies"]
    assert lines[0].split()[:2] == ["[31m[bold]x", "1"]
    assert lines[1].split()[:3] == ["news", "5", "1"]
    assert lines[2].startswith("(no site)")
    assert "\x1b" not in table
    fields = json.loads(filled("status", "--json", code=1).stdout)
    assert [(site["site"], site["articles"]) for site in fields["sites"]][1:] == [
        ("news", 5),
        (None, 1),
    ]
    assert fields["sites"][1]["frontier"] == {"done": 6}


def seeds() -> Iterator[Any]:
    """Name, what is expected, and the lines without the spaces around them."""
    expected = SHARED / "seeds" / "expected.json"
    if not expected.exists():
        pytest.skip("the seed articles are missing (../shared/seeds)")
    for name, fields in json.loads(expected.read_text()).items():
        if not name.startswith("_"):
            lines = (SHARED / "seeds" / f"{name}.txt").read_text().splitlines()
            yield name, fields, [line.strip() for line in lines]


def test_the_seeds_come_out_as_expected(warraq: Warraq) -> None:
    expected = list(seeds())
    warraq("import", SHARED / "seeds")
    with open_database(warraq.data) as db:
        for name, fields, lines in expected:
            stored = get(db, name.partition("_")[2])
            assert stored is not None
            assert stored.number == int(name[:3])
            assert stored.paragraphs == tuple(lines[at - 1] for at in fields["body"])
            assert stored.title == (lines[fields["title"] - 1] if fields["title"] else None)
            assert stored.section == (lines[fields["section"] - 1] if "section" in fields else None)
    assert [name for (name,) in warraq.rows("SELECT name FROM corpus ORDER BY name")] == [
        f"{name}.txt" for name, _, _ in expected
    ]
