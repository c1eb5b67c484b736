"""The archive's files: whole after any kill, within their budget, and what is damaged is found."""

import gzip
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from storage_samples import NOW, rows
from warcs import files, fill, is_sound, keep, kinds, page, pages, rows_of

from items import Exchange, Heads, Hints, Page
from storage import frontier
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import ArchiveError, read_page
from storage.archive.recovery import close_abandoned
from storage.archive.retention import enforce_budget
from storage.archive.verify import verify_archive
from storage.archive.warc_file import WarcWriter
from storage.database import transaction
from storage.link_rows import hints_from_json, hints_to_json

_TEXT = st.text() | st.none()
_TEXTS = st.lists(st.text(), max_size=3).map(tuple)


@pytest.mark.parametrize(
    "sample",
    [
        page(),
        page(exchange=None),
        page(body=b"", charset=None),
        page(body=bytes(range(256)) * 40),
        page(body=b"HTTP/1.1 200 OK\r\n\r\nWARC/1.1\r\n\r\n", exchange=None, fragment=True),
        page(key="https://news.example/?p=1", hints=Hints(title="عنوان", tags=("أ", "ب"))),
        page(url="https://news.example/خبر", exchange=None),
    ],
)
def test_a_page_comes_back_as_it_was(
    db: Database, writer: WarcWriter, tmp_path: Path, sample: Page
) -> None:
    keep(db, writer, sample)
    keep(db, writer, replace(sample, fetched="2026-11-02T06:00:00Z"))
    assert pages(db, tmp_path) == [sample, replace(sample, fetched="2026-11-02T06:00:00Z")]
    assert kinds(tmp_path)[-1 if sample.exchange is None else -2] == "revisit"
    assert is_sound(tmp_path)
    assert verify_archive(db, tmp_path).problems == []


@settings(max_examples=40)
@given(st.builds(Hints, _TEXT, _TEXT, _TEXT, _TEXT, _TEXTS, _TEXTS, _TEXT, _TEXT))
def test_hints_come_back_as_they_were(hints: Hints) -> None:
    assert hints_from_json(hints_to_json(hints, exact=True)) == hints


def test_a_file_ends_when_it_is_full_and_each_begins_with_what_wrote_it(
    db: Database, tmp_path: Path
) -> None:
    writer = WarcWriter(archive_folder(tmp_path), {"software": "test"}, file_bytes=1500)
    for number in range(6):
        keep(db, writer, page(number))
    writer.finish()
    found = files(tmp_path)
    assert len(found) == 3
    assert all(path.name.endswith(".warc.gz") for path in found)
    assert kinds(tmp_path).count("warcinfo") == 3
    assert is_sound(tmp_path)
    assert len(pages(db, tmp_path)) == 6


def test_a_new_day_begins_a_new_file(
    db: Database, writer: WarcWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(db, writer, page(0))
    writer.rotate()
    assert [path.suffix for path in files(tmp_path)] == [".open"]
    monkeypatch.setattr("storage.archive.warc_file._day", lambda moment: "tomorrow")
    writer.rotate()
    assert [path.suffix for path in files(tmp_path)] == [".gz"]


def test_several_write_at_once_each_into_its_own_file(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    other = WarcWriter(archive_folder(tmp_path), {})
    for number in range(4):
        keep(db, writer if number % 2 else other, page(number))
    assert len(files(tmp_path)) == 2
    assert len(pages(db, tmp_path)) == 4, "they are read while they are written"
    assert close_abandoned(db, tmp_path) == 0, "their writer lives"
    assert verify_archive(db, tmp_path).problems == []
    other.finish()


def test_heads_are_kept_letter_by_letter_and_cannot_forge_others(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    lines = (
        ("X-Note", "caf\xe9\x85"),
        ("X-Forged", "a\r\n\r\nb"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )
    exchange = Exchange(
        "https://news.example/ a|b", Heads("GET / HTTP/1.1", ()), Heads("HTTP/1.1 200 OK", lines)
    )
    keep(db, writer, page(exchange=exchange))
    writer.finish()
    assert pages(db, tmp_path) == [page()]
    assert is_sound(tmp_path)
    [path] = files(tmp_path)
    with gzip.open(path) as stream:
        content = stream.read()
    assert (
        b"\r\nX-Note: caf\xe9\x85\r\nX-Forged: a b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        in content
    )
    assert b"WARC-Target-URI: https://news.example/%20a%7Cb\r\n" in content


def test_beyond_the_budget_the_oldest_files_go(db: Database, tmp_path: Path) -> None:
    fill(db, tmp_path, 4)
    newest = files(tmp_path)[2:]
    budget = sum(path.stat().st_size for path in newest)
    assert enforce_budget(db, tmp_path, budget) == 2
    assert files(tmp_path) == newest
    assert {found.url for found in pages(db, tmp_path)} == {page(2).url, page(3).url}
    assert verify_archive(db, tmp_path).problems == []
    assert enforce_budget(db, tmp_path, budget) == 0


def test_on_a_small_disk_the_archive_gives_way(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(db, tmp_path, 4)
    oldest, *others = files(tmp_path)
    free = 5_000_000
    disk = SimpleNamespace(free=free)
    monkeypatch.setattr("storage.archive.retention.shutil.disk_usage", lambda _: disk)
    assert enforce_budget(db, tmp_path, 1 << 40, room=free) == 0
    assert enforce_budget(db, tmp_path, 1 << 40, room=free + oldest.stat().st_size) == 1
    assert files(tmp_path) == others


def test_neither_the_file_being_written_nor_one_with_pages_to_refine_goes(
    db: Database, writer: WarcWriter, tmp_path: Path
) -> None:
    fill(db, tmp_path, 2)
    keep(db, writer, page(9))
    with transaction(db):
        db.execute("UPDATE _archived_pages SET outcome = 'failed' WHERE page = 1")
        frontier.add(db, "news", [], now=NOW)
        db.execute(
            "INSERT INTO frontier (url, fetch_url, site, state, discovered_at) "
            "VALUES (?1, ?1, 'news', 'queued', ?2)",
            [page(0).key, NOW],
        )
    assert enforce_budget(db, tmp_path, 1) == 1
    assert {found.url for found in pages(db, tmp_path)} == {page(0).url, page(9).url}
    db.execute("UPDATE frontier SET state = 'failed'")
    assert enforce_budget(db, tmp_path, 1) == 1


def test_a_kill_between_the_rows_and_the_file_leaves_a_file_that_goes_the_next_time(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(db, tmp_path, 3)

    def killed(path: Path, missing_ok: bool = False) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(KeyboardInterrupt):
        enforce_budget(db, tmp_path, 1)
    monkeypatch.undo()
    assert len(files(tmp_path)) == 3
    assert len(pages(db, tmp_path)) == 2, "no row points into it any more"
    assert verify_archive(db, tmp_path).problems == []
    enforce_budget(db, tmp_path, 1)
    assert files(tmp_path) == []


def test_a_revisit_whose_original_has_gone_says_so(db: Database, tmp_path: Path) -> None:
    for _ in range(2):
        fill(db, tmp_path, 1)
    assert kinds(tmp_path).count("revisit") == 1
    enforce_budget(db, tmp_path, files(tmp_path)[1].stat().st_size)
    [row] = rows_of(db)
    with pytest.raises(ArchiveError, match="has gone with its file"):
        read_page(db, tmp_path, row)
    found = verify_archive(db, tmp_path)
    assert (found.problems, found.gone) == ([], 1)
    fill(db, tmp_path, 1)
    originals = "SELECT count(*) FROM _archived_pages WHERE revisit_of IS NULL"
    assert rows(db, originals) == [(1,)], "its bytes are stored once more"
