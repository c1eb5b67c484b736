"""Records that workers make, and records that are written in groups with one sync."""

import asyncio
import gzip
import pickle
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import NOW
from warcs import files, is_sound, kinds, page, pages

from items import Page
from storage.archive.archive import Archive
from storage.archive.page_records import PageRecord, make_record
from storage.archive.page_rows import PageOutcome, insert_page
from storage.archive.pointer import Pointer
from storage.archive.read_pages import ArchiveError
from storage.archive.warc_file import WarcWriter
from storage.database import transaction

Results = list[Pointer | BaseException]


def made(page_: Page) -> PageRecord:
    """As it comes back from a worker."""
    record: PageRecord = pickle.loads(pickle.dumps(make_record(page_)))
    return record


def add_at_once(
    archive: Archive, db: Database, given: Sequence[tuple[Page, PageRecord | None]]
) -> Results:
    async def add() -> Results:
        adding = (archive.add(db, page_, record) for page_, record in given)
        return await asyncio.gather(*adding, return_exceptions=True)

    return asyncio.run(add())


def insert(db: Database, page_: Page, at: object) -> None:
    assert isinstance(at, Pointer)
    with transaction(db):
        insert_page(db, page_, at, PageOutcome("new", site="news"), NOW)


def _without_ids(data: Path) -> list[bytes]:
    """All lines of the pages' records but those that differ each time they are written."""
    lines = b"".join(gzip.decompress(path.read_bytes()) for path in files(data)).splitlines()
    first = next(n for n, line in enumerate(lines) if n and line.startswith(b"WARC/1.1"))
    ids = (b"WARC-Record-ID", b"WARC-Concurrent-To")
    return [line for line in lines[first:] if not line.startswith(ids)]


def test_a_record_of_a_worker_is_as_one_made_here(db: Database, tmp_path: Path) -> None:
    given = [page(0), page(1, "كلام " * 4000), page(2, exchange=None), page(3, body=b"")]
    for name in ("here", "worker"):
        archive = Archive(tmp_path / name)
        records = [made(page_) if name == "worker" else None for page_ in given]
        results = add_at_once(archive, db, list(zip(given, records, strict=True)))
        assert all(isinstance(result, Pointer) for result in results)
        archive.close(db)
        assert is_sound(tmp_path / name)
    assert _without_ids(tmp_path / "here") == _without_ids(tmp_path / "worker")


def test_pages_of_a_group_are_read_back_each_from_its_place(db: Database, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    given = [page(number, "كلام " * number) for number in range(8)]
    records = [made(page_) if number % 2 else None for number, page_ in enumerate(given)]
    results = add_at_once(archive, db, list(zip(given, records, strict=True)))
    for page_, at in zip(given, results, strict=True):
        insert(db, page_, at)
    assert [found.body for found in pages(db, tmp_path)] == [page_.body for page_ in given]
    archive.close(db)
    assert is_sound(tmp_path)


def test_the_same_bytes_are_a_revisit_though_a_worker_made_a_record(
    db: Database, tmp_path: Path
) -> None:
    archive = Archive(tmp_path)
    for _ in range(2):
        [at] = add_at_once(archive, db, [(page(), made(page()))])
        insert(db, page(), at)
    assert kinds(tmp_path) == ["warcinfo", "response", "request", "revisit", "request"]
    assert [found.body for found in pages(db, tmp_path)] == [page().body] * 2
    archive.close(db)


def test_what_fails_of_a_group_fails_alone(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, refused = WarcWriter.append, made(page(1))

    def full_for_some(writer: WarcWriter, members: Sequence[object]) -> tuple[str, int]:
        if members == refused.members:
            raise ArchiveError("no room")
        return append(writer, members)  # type: ignore[arg-type]

    monkeypatch.setattr(WarcWriter, "append", full_for_some)
    archive = Archive(tmp_path)
    given = [(page(0), made(page(0))), (page(1), refused), (page(2), made(page(2)))]
    results = add_at_once(archive, db, given)
    assert [type(result) for result in results] == [Pointer, ArchiveError, Pointer]
    archive.close(db)
    assert is_sound(tmp_path)


def test_a_group_that_is_not_synced_has_failed(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(writer: WarcWriter) -> None:
        raise ArchiveError("the disk is gone")

    archive = Archive(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(WarcWriter, "sync", fail)
        results = add_at_once(archive, db, [(page(n), made(page(n))) for n in range(3)])
    assert [type(result) for result in results] == [ArchiveError] * 3
    archive.close(db)


def test_a_writer_that_no_longer_waits_stops_no_other(db: Database, tmp_path: Path) -> None:
    archive = Archive(tmp_path)

    async def add() -> Pointer:
        gone, stays = (
            asyncio.ensure_future(archive.add(db, page(number), made(page(number))))
            for number in range(2)
        )
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert isinstance(asyncio.run(add()), Pointer)
    archive.close(db)


def test_an_archive_that_is_closed_keeps_nobody_waiting(db: Database, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.close(db)
    [result] = add_at_once(archive, db, [(page(), None)])
    assert isinstance(result, RuntimeError)
