"""The kinds of an article's lines, through everything that moves its text."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, rows

from items import Article, LineKind
from storage.article_rows import article_row, get, get_one, iterate, packed_kinds, unpacked_kinds
from storage.articles import store
from storage.boilerplate.apply import take_out
from storage.boilerplate.learn import short_lines
from storage.database import open_database
from storage.duplicates import copies
from storage.formats import json_lines
from storage.formats.documents import Document
from storage.formats.export import export
from storage.reprocessed_articles import differences, rewrite_article
from text.normalise import normalise_article

KINDS: tuple[LineKind, ...] = ("paragraph", "heading", "list_item", "list_item", "paragraph")
PACKED = "paragraph heading list_item*2 paragraph"
TEXT = (
    "افتتحت البلدية صباح اليوم المكتبة في حضور جمع من الأهالي والطلاب. " * 4,
    "ما الجديد",
    "قاعة للأطفال",
    "قاعة للصحف",
    "وقال المدير إن الأبواب مفتوحة للجميع.",
)


def sample(number: int = 0, **changes: object) -> Article:
    return article(number, **{"paragraphs": TEXT, "kinds": KINDS, **changes})


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "data")


@given(st.lists(st.sampled_from(get_args(LineKind))))
def test_what_is_packed_is_unpacked(kinds: list[LineKind]) -> None:
    found = unpacked_kinds(packed_kinds(kinds), len(kinds))
    assert found == (() if set(kinds) <= {"paragraph"} else tuple(kinds))


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "heading",
        "heading*3",
        "heading*99999999999999999999",
        "heading*-1 heading",
        "x*2",
        "heading*x",
        "heading* heading* heading",
        "**",
    ],
)
def test_what_does_not_fit_is_paragraphs(text: str | None) -> None:
    assert unpacked_kinds(text, 2) == ()


def test_kinds_are_stored_with_the_text_and_read_back(db: Database) -> None:
    store(db, sample(), now=NOW)
    assert rows(db, "SELECT kinds FROM articles") == [(PACKED,)]
    stored = get(db, 0)
    assert stored is not None
    assert (stored.kinds, len(stored.paragraphs)) == (KINDS, 5)
    assert [item.kinds for item in iterate(db)] == [KINDS]
    store(db, article(1, kinds=("paragraph", "paragraph")), now=NOW)
    assert rows(db, "SELECT kinds FROM articles WHERE number = 1") == [(None,)]


def test_a_paragraph_that_is_split_or_dropped_keeps_the_others_kinds() -> None:
    found = normalise_article(sample(paragraphs=(TEXT[0], "فصل\nتابع", " ", "بند\n\n", "نص")))
    assert found.paragraphs == (TEXT[0].strip(), "فصل", "تابع", "بند", "نص")
    assert found.kinds == ("paragraph", "heading", "heading", "list_item", "paragraph")
    with pytest.raises(ValueError, match="zip"):
        normalise_article(sample(paragraphs=TEXT[:3]))


def test_a_revision_keeps_the_kinds_of_its_text(db: Database) -> None:
    store(db, sample(), now=NOW)
    store(db, sample(paragraphs=("نص آخر.", "فصل"), kinds=("paragraph", "heading")), now=LATER)
    assert rows(db, "SELECT kinds FROM articles") == [("paragraph heading",)]
    assert rows(db, "SELECT kinds FROM revisions") == [(PACKED,)]


def test_a_visit_adds_the_kinds_that_were_not_known_and_erases_none(db: Database) -> None:
    for kinds in ((), KINDS, ()):
        outcome = store(db, sample(kinds=kinds), now=NOW).outcome
    assert outcome == "unchanged"
    assert rows(db, "SELECT kinds FROM articles") == [(PACKED,)]


def test_a_copy_keeps_its_kinds_on_its_way_out_and_back(db: Database) -> None:
    store(db, sample(1, published=NOW), now=NOW)
    store(db, sample(2, published=LATER, paragraphs=(TEXT[0],), kinds=()), now=NOW)
    changed = sample(2, published=LATER)
    store(db, changed, now=LATER)
    [(copy, packed, past)] = rows(db, "SELECT id, kinds, revisions FROM copies")
    assert (copy, packed) == (changed.id, PACKED)
    assert [revision["kinds"] for revision in json.loads(past or "[]")] in ([None], [])
    found = copies.get(db, copy)
    assert found is not None
    assert found.kinds == KINDS
    own = tuple(f"نص كتبه الموقع بنفسه عن أمر آخر تماما، وفيه كلام كثير رقم {n}." for n in range(5))
    store(db, replace(changed, paragraphs=own), now="2026-11-03T06:00:00Z")
    assert rows(db, f"SELECT kinds FROM articles WHERE id = '{copy}'") == [(PACKED,)]
    past = "SELECT revisions.kinds FROM revisions ORDER BY revision DESC LIMIT 1"
    assert rows(db, past) == [(PACKED,)]


def test_a_revision_of_a_copy_from_before_has_no_kinds(db: Database) -> None:
    store(db, sample(1, published=NOW), now=NOW)
    store(db, sample(2, published=LATER), now=NOW)
    row = article_row(normalise_article(sample(2)))
    old = {
        name: row[name] for name in ("section", "title", "source", "modified", "text", "text_hash")
    }
    past = json.dumps([old | {"valid_from": NOW, "valid_to": LATER, "removed": None}])
    db.execute("UPDATE copies SET revisions = ?", [past])
    copies.to_articles(db, sample(2).id)
    assert rows(db, "SELECT kinds FROM revisions") == [(None,)]


def test_reprocessing_corrects_kinds_without_a_revision(db: Database) -> None:
    store(db, sample(kinds=()), now=NOW)
    current = get_one(db, "articles", "number", 0)
    assert current is not None
    today = normalise_article(sample())
    changes = differences(current, today, dated=True)
    assert changes == {"kinds": PACKED}
    assert rewrite_article(db, "articles", current, today, changes, LATER) == "corrected"
    assert rows(db, "SELECT kinds FROM articles") == [(PACKED,)]
    assert rows(db, "SELECT * FROM revisions") == []


def test_learned_lines_take_their_kinds_along() -> None:
    item = normalise_article(sample())
    lines = short_lines(item.paragraphs)
    heading = {line.hash for line in lines if line.text == TEXT[1]}
    cleaned = take_out(item, heading, lines)
    assert (len(cleaned.paragraphs), cleaned.kinds) == (4, (KINDS[0], *KINDS[2:]))
    assert take_out(replace(item, kinds=()), heading, lines).kinds == ()


def test_json_lines_and_parquet_have_a_kind_for_each_paragraph(
    db: Database, tmp_path: Path
) -> None:
    store(db, sample(), now=NOW)
    store(db, article(1), now=NOW)
    for name in ("jsonl", "parquet"):
        export(db, tmp_path / f"a.{name}", name)
    first, second = map(json.loads, (tmp_path / "a.jsonl").read_text().splitlines())
    assert tuple(first["kinds"]) == KINDS
    assert "kinds" not in second
    read = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["kinds"] for row in read] == [list(KINDS), ["paragraph"] * 2]
    documents = list(json_lines.read(tmp_path / "a.jsonl"))
    kept = [doc.kept.article.kinds for doc in documents if isinstance(doc, Document) and doc.kept]
    assert kept == [KINDS, ()]


@pytest.mark.parametrize(
    "kinds", [["heading"], "heading", {"a": 1}, [1, 2], ["x", "y"], [["heading"], "heading"], 7]
)
def test_kinds_of_a_record_that_do_not_fit_are_left_out_and_named(kinds: object) -> None:
    record = {"id": "0" * 16, "text": "نص\n\nآخر", "clean": True, "kinds": kinds}
    found = json_lines.document(json.dumps(record).encode(), Path("a.jsonl"), 1, 0)
    assert found.kept is not None
    assert found.kept.article.kinds == ()
    assert [line.partition("` ")[0] for line in found.left_out] == ["`kinds"]
