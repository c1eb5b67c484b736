"""The archive's files: whole after any kill, within their budget, and what is damaged is found."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from storage_samples import NOW, rows
from warcs import abandon, files, is_sound, keep, kinds, page, pages, rows_of

from items import Hints, Page
from storage import frontier
from storage.archive.budget import trim
from storage.archive.checking import check
from storage.archive.places import archive_folder
from storage.archive.reading import ArchiveError, hints_read, hints_written, read
from storage.archive.recovery import end_dead
from storage.archive.writer import Writer
from storage.database import open_database, transaction

_TEXT = st.text() | st.none()
_TEXTS = st.lists(st.text(), max_size=3).map(tuple)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as db:
        yield db


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    writer = Writer(archive_folder(tmp_path), {"software": "test"})
    yield writer
    writer.finish()


def fill(db: Database, data: Path, count: int, *, each: int = 1) -> None:
    """Pages in `count` files."""
    for number in range(count):
        writer = Writer(archive_folder(data), {})
        for more in range(each):
            keep(db, writer, page(number * each + more, "كلام " * 50))
        writer.finish()


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
    db: Database, writer: Writer, tmp_path: Path, sample: Page
) -> None:
    keep(db, writer, sample)
    keep(db, writer, replace(sample, fetched="2026-11-02T06:00:00Z"))
    assert pages(db, tmp_path) == [sample, replace(sample, fetched="2026-11-02T06:00:00Z")]
    assert kinds(tmp_path)[-1 if sample.exchange is None else -2] == "revisit"
    assert is_sound(tmp_path)
    assert check(db, tmp_path).problems == []


@settings(max_examples=40)
@given(st.builds(Hints, _TEXT, _TEXT, _TEXT, _TEXT, _TEXTS, _TEXTS, _TEXT, _TEXT))
def test_hints_come_back_as_they_were(hints: Hints) -> None:
    assert hints_read(hints_written(hints)) == hints


def test_a_file_ends_when_it_is_full_and_each_begins_with_what_wrote_it(
    db: Database, tmp_path: Path
) -> None:
    writer = Writer(archive_folder(tmp_path), {"software": "test"}, file_bytes=1500)
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
    db: Database, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(db, writer, page(0))
    writer.finish_old()
    assert [path.suffix for path in files(tmp_path)] == [".open"]
    monkeypatch.setattr("storage.archive.writer._day", lambda moment: "tomorrow")
    writer.finish_old()
    assert [path.suffix for path in files(tmp_path)] == [".gz"]


def test_several_write_at_once_each_into_its_own_file(
    db: Database, writer: Writer, tmp_path: Path
) -> None:
    other = Writer(archive_folder(tmp_path), {})
    for number in range(4):
        keep(db, writer if number % 2 else other, page(number))
    assert len(files(tmp_path)) == 2
    assert len(pages(db, tmp_path)) == 4, "they are read while they are written"
    assert end_dead(db, tmp_path) == 0, "their writer lives"
    assert check(db, tmp_path).problems == []
    other.finish()


@pytest.mark.parametrize("last", ["page(1)", "page(1, exchange=None)"])
@pytest.mark.parametrize("torn", ["", "\\x1f", "\\x1f\\x8b\\x08 torn", "no gzip"])
def test_what_a_kill_left_is_cut_after_the_last_whole_record(
    db: Database, tmp_path: Path, torn: str, last: str
) -> None:
    abandon(
        tmp_path,
        f"keep(db, writer, page(0)); keep(db, writer, {last})\n"
        f"os.write(writer._file.handle, b'{torn}')",
    )
    assert check(db, tmp_path).problems == [], "a broken end is no damage"
    assert len(pages(db, tmp_path)) == 2
    assert end_dead(db, tmp_path) == 1
    assert is_sound(tmp_path)
    assert check(db, tmp_path).problems == []
    assert [path.suffix for path in files(tmp_path)] == [".gz"]
    assert len(pages(db, tmp_path)) == 2
    assert end_dead(db, tmp_path) == 0


def test_a_whole_record_that_no_row_points_to_yet_is_not_lost(db: Database, tmp_path: Path) -> None:
    abandon(
        tmp_path,
        "from storage.archive.capture import write_page\n"
        "from storage.archive.places import digest_of\n"
        "keep(db, writer, page(0)); write_page(writer, page(1), digest_of(page(1).body))",
    )
    end_dead(db, tmp_path)
    assert kinds(tmp_path).count("response") == 2
    found = check(db, tmp_path)
    assert (found.problems, found.orphans, found.pages) == ([], 1, 1)


def test_rows_of_what_a_machine_lost_with_its_power_are_forgotten(
    db: Database, tmp_path: Path
) -> None:
    abandon(tmp_path, "keep(db, writer, page(0)); keep(db, writer, page(1))")
    [path] = files(tmp_path)
    last = rows_of(db)[-1]
    with path.open("r+b") as stream:
        stream.truncate(last["offset"] + 20)
    end_dead(db, tmp_path)
    assert [row["url"] for row in rows_of(db)] == [page(0).key]
    assert check(db, tmp_path).problems == []


def test_a_file_that_was_cut_short_is_found(db: Database, tmp_path: Path) -> None:
    fill(db, tmp_path, 1, each=3)
    [path] = files(tmp_path)
    with path.open("r+b") as stream:
        stream.truncate(rows_of(db)[-1]["offset"] + 30)
    assert any(page(2).key in problem for problem in check(db, tmp_path).problems)
    with pytest.raises(ArchiveError):
        read(db, tmp_path, rows_of(db)[-1])
    assert read(db, tmp_path, rows_of(db)[0]) == page(0, "كلام " * 50)


def test_a_flipped_bit_is_found_wherever_it_is_and_the_rest_is_still_checked(
    db: Database, tmp_path: Path
) -> None:
    fill(db, tmp_path, 1, each=3)
    [path] = files(tmp_path)
    whole = path.read_bytes()
    hit = rows_of(db)[1]
    for place in range(hit["offset"], hit["offset"] + hit["length"], 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = check(db, tmp_path)
        # Some bits of a gzip header say nothing: then nothing is lost either.
        if read_or_none(db, tmp_path, 1) is None:
            assert found.problems
        assert not any(page(n).key in line for n in (0, 2) for line in found.problems)
        assert None not in (read_or_none(db, tmp_path, 0), read_or_none(db, tmp_path, 2))


def read_or_none(db: Database, data: Path, number: int) -> Page | None:
    try:
        return read(db, data, rows_of(db)[number])
    except ArchiveError:
        return None


def test_a_file_that_is_gone_and_a_record_of_another_address_are_found(
    db: Database, tmp_path: Path
) -> None:
    fill(db, tmp_path, 2)
    files(tmp_path)[0].unlink()
    db.execute("UPDATE _pages SET uri = 'https://other.example/' WHERE page = 2")
    first, second = sorted(check(db, tmp_path).problems, key=lambda said: "not there" not in said)
    assert "the file is not there" in first
    assert "not the record of" in second
    with pytest.raises(ArchiveError, match="is not there"):
        read(db, tmp_path, rows_of(db)[0])
    with pytest.raises(ArchiveError, match="is another, or damaged"):
        read(db, tmp_path, rows_of(db)[1])


def test_beyond_the_budget_the_oldest_files_go(db: Database, tmp_path: Path) -> None:
    fill(db, tmp_path, 4)
    newest = files(tmp_path)[2:]
    budget = sum(path.stat().st_size for path in newest)
    assert trim(db, tmp_path, budget) == 2
    assert files(tmp_path) == newest
    assert {found.url for found in pages(db, tmp_path)} == {page(2).url, page(3).url}
    assert check(db, tmp_path).problems == []
    assert trim(db, tmp_path, budget) == 0


def test_neither_the_file_being_written_nor_one_with_pages_to_refine_goes(
    db: Database, writer: Writer, tmp_path: Path
) -> None:
    fill(db, tmp_path, 2)
    keep(db, writer, page(9))
    with transaction(db):
        db.execute("UPDATE _pages SET outcome = 'failed' WHERE page = 1")
        frontier.add(db, "news", [], now=NOW)
        db.execute(
            "INSERT INTO frontier (url, fetch_url, site, state, found) "
            "VALUES (?1, ?1, 'news', 'queued', ?2)",
            [page(0).key, NOW],
        )
    assert trim(db, tmp_path, 1) == 1
    assert {found.url for found in pages(db, tmp_path)} == {page(0).url, page(9).url}
    db.execute("UPDATE frontier SET state = 'failed'")
    assert trim(db, tmp_path, 1) == 1


def test_a_kill_between_the_rows_and_the_file_leaves_a_file_that_goes_the_next_time(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(db, tmp_path, 3)

    def killed(path: Path, missing_ok: bool = False) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(KeyboardInterrupt):
        trim(db, tmp_path, 1)
    monkeypatch.undo()
    assert len(files(tmp_path)) == 3
    assert len(pages(db, tmp_path)) == 2, "no row points into it any more"
    assert check(db, tmp_path).problems == []
    trim(db, tmp_path, 1)
    assert files(tmp_path) == []


def test_a_revisit_whose_original_has_gone_says_so(db: Database, tmp_path: Path) -> None:
    for _ in range(2):
        fill(db, tmp_path, 1)
    assert kinds(tmp_path).count("revisit") == 1
    trim(db, tmp_path, files(tmp_path)[1].stat().st_size)
    [row] = rows_of(db)
    with pytest.raises(ArchiveError, match="has gone with its file"):
        read(db, tmp_path, row)
    found = check(db, tmp_path)
    assert (found.problems, found.gone) == ([], 1)
    fill(db, tmp_path, 1)
    assert rows(db, "SELECT count(*) FROM _pages WHERE refers IS NULL") == [(1,)], "it is kept anew"
