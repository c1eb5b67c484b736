"""Imported documents are archived as they were read, and read back into the same documents."""

from dataclasses import replace
from pathlib import Path

import pytest
from corpus_commands import SEED, Warraq
from storage_samples import article_id
from warcs import files, is_sound, kinds, rows_of

from storage.archive.verify import verify_archive
from storage.database import open_database
from storage.formats import import_files
from storage.formats.documents import Document, DocumentError
from storage.formats.import_records import read_document

LINE = '{"url": "https://news.example/1", "title": "عنوان", "text": "نص الخبر الأول كله."}\n'


@pytest.fixture
def warraq(tmp_path: Path) -> Warraq:
    return Warraq(tmp_path / "data")


def test_files_and_lines_come_back_as_the_documents_they_were(
    warraq: Warraq, tmp_path: Path
) -> None:
    text, lines = tmp_path / f"007_{article_id(7)}.txt", tmp_path / "a.jsonl"
    text.write_text("\ufeff" + SEED, "utf-8")
    lines.write_text(LINE, "utf-8")
    warraq("import", text, lines)
    assert kinds(warraq.data) == ["warcinfo", "resource", "resource"]
    assert is_sound(warraq.data)
    with open_database(warraq.data) as db:
        assert verify_archive(db, warraq.data).problems == []
        rows = rows_of(db)
        documents = [read_document(db, warraq.data, row) for row in rows]
    given = [next(iter(import_files.read(path))) for path in (text, lines)]
    assert [row["number"] for row in rows] == [7, 8]
    assert [plain(document) for document in documents] == [plain(document) for document in given]
    assert [document.raw for document in documents] == [text.read_bytes(), lines.read_bytes()]


def plain(document: Document | DocumentError) -> Document:
    """Without what its place in a file was, and the id and number that it was given."""
    assert isinstance(document, Document)
    return replace(document, path=Path(), offset=0, line=None, id=None, number=None)


def test_an_export_that_comes_back_is_the_same_clean_article(
    warraq: Warraq, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(LINE, "utf-8")
    warraq("import", tmp_path / "a.jsonl")
    warraq("export", tmp_path / "b.jsonl")
    other = Warraq(tmp_path / "other")
    other("import", tmp_path / "b.jsonl")
    with open_database(other.data) as db:
        [row] = rows_of(db)
        exported = read_document(db, other.data, row).kept
    assert exported is not None
    assert exported.article.paragraphs == ("نص الخبر الأول كله.",)


def test_what_is_read_again_is_not_kept_again(warraq: Warraq, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINE, "utf-8")
    warraq("import", tmp_path / "a.jsonl")
    warraq("import", tmp_path / "a.jsonl")
    assert len(files(warraq.data)) == 1
    (tmp_path / "a.jsonl").write_text(LINE.replace("الأول", "الثاني"), "utf-8")
    warraq("import", tmp_path / "a.jsonl")
    assert kinds(warraq.data).count("resource") == 2


def test_without_an_archive_an_import_is_as_before(
    warraq: Warraq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("settings.WARRAQ_ARCHIVE", False)
    (tmp_path / "a.jsonl").write_text(LINE, "utf-8")
    warraq("import", tmp_path / "a.jsonl")
    assert files(warraq.data) == []
    assert warraq.rows("SELECT count(*) FROM articles") == [(1,)]
