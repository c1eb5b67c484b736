"""Kills, full disks and flipped bits: the archive ends whole, or the damage is found."""

from pathlib import Path

import pytest
from sqlite_utils import Database
from warcs import abandon, files, fill, full_after, is_sound, keep, kinds, page, pages, rows_of

from items import Page
from storage.archive.pointer import archive_folder
from storage.archive.read_pages import ArchiveError, read_page
from storage.archive.recovery import close_abandoned
from storage.archive.verify import verify_archive
from storage.archive.warc_file import WarcWriter


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
    assert verify_archive(db, tmp_path).problems == [], "a broken end is no damage"
    assert len(pages(db, tmp_path)) == 2
    assert close_abandoned(db, tmp_path) == 1
    assert is_sound(tmp_path)
    assert verify_archive(db, tmp_path).problems == []
    assert [path.suffix for path in files(tmp_path)] == [".gz"]
    assert len(pages(db, tmp_path)) == 2
    assert close_abandoned(db, tmp_path) == 0


def test_a_whole_record_that_no_row_points_to_yet_is_not_lost(db: Database, tmp_path: Path) -> None:
    abandon(
        tmp_path,
        "from storage.archive.page_records import write_page\n"
        "from storage.archive.pointer import digest_of\n"
        "keep(db, writer, page(0)); write_page(writer, page(1), digest_of(page(1).body))",
    )
    close_abandoned(db, tmp_path)
    assert kinds(tmp_path).count("response") == 2
    found = verify_archive(db, tmp_path)
    assert (found.problems, found.orphans, found.pages) == ([], 1, 1)


def test_rows_of_what_a_machine_lost_with_its_power_are_forgotten(
    db: Database, tmp_path: Path
) -> None:
    abandon(tmp_path, "keep(db, writer, page(0)); keep(db, writer, page(1))")
    [path] = files(tmp_path)
    last = rows_of(db)[-1]
    with path.open("r+b") as stream:
        stream.truncate(last["offset"] + 20)
    close_abandoned(db, tmp_path)
    assert [row["url"] for row in rows_of(db)] == [page(0).key]
    assert verify_archive(db, tmp_path).problems == []


def test_a_file_that_was_cut_short_is_found(db: Database, tmp_path: Path) -> None:
    fill(db, tmp_path, 1, per_file=3)
    [path] = files(tmp_path)
    with path.open("r+b") as stream:
        stream.truncate(rows_of(db)[-1]["offset"] + 30)
    assert any(page(2).key in problem for problem in verify_archive(db, tmp_path).problems)
    with pytest.raises(ArchiveError):
        read_page(db, tmp_path, rows_of(db)[-1])
    assert read_page(db, tmp_path, rows_of(db)[0]) == page(0, "كلام " * 50)


def test_a_flipped_bit_is_found_wherever_it_is_and_the_rest_is_still_checked(
    db: Database, tmp_path: Path
) -> None:
    fill(db, tmp_path, 1, per_file=3)
    [path] = files(tmp_path)
    whole = path.read_bytes()
    hit = rows_of(db)[1]
    for place in range(hit["offset"], hit["offset"] + hit["length"], 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        found = verify_archive(db, tmp_path)
        # Some bits of a gzip header say nothing: then nothing is lost either.
        if read_or_none(db, tmp_path, 1) is None:
            assert found.problems
        assert not any(page(n).key in line for n in (0, 2) for line in found.problems)
        assert None not in (read_or_none(db, tmp_path, 0), read_or_none(db, tmp_path, 2))


def read_or_none(db: Database, data: Path, number: int) -> Page | None:
    try:
        return read_page(db, data, rows_of(db)[number])
    except ArchiveError:
        return None


def test_a_file_that_is_gone_and_a_record_of_another_address_are_found(
    db: Database, tmp_path: Path
) -> None:
    fill(db, tmp_path, 2)
    files(tmp_path)[0].unlink()
    db.execute("UPDATE _archived_pages SET target_uri = 'https://other.example/' WHERE page = 2")
    first, second = sorted(
        verify_archive(db, tmp_path).problems, key=lambda problem: "not there" not in problem
    )
    assert "the file is not there" in first
    assert "not the record of" in second
    with pytest.raises(ArchiveError, match="is not there"):
        read_page(db, tmp_path, rows_of(db)[0])
    with pytest.raises(ArchiveError, match="is another, or damaged"):
        read_page(db, tmp_path, rows_of(db)[1])


def test_a_part_that_the_record_does_not_have_is_named(db: Database, tmp_path: Path) -> None:
    fill(db, tmp_path, 1)
    [row] = rows_of(db)
    with pytest.raises(ArchiveError, match=f"^{row['target_uri']}: the response has no part 3$"):
        read_page(db, tmp_path, row | {"response_part": 3})


@pytest.mark.parametrize("room", [0, 100, 700, 1500])
def test_a_disk_that_is_full_leaves_whole_records_and_no_file_open(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    writer = WarcWriter(archive_folder(tmp_path), {})
    before = open_files()
    with monkeypatch.context() as patch:
        patch.setattr("storage.archive.warc_file.os.write", full_after(room))
        with pytest.raises(ArchiveError, match="No space left"):
            fill_up(db, writer)
    assert open_files() - before == len(files(tmp_path))
    keep(db, writer, page(9))
    writer.finish()
    assert is_sound(tmp_path)
    assert verify_archive(db, tmp_path).problems == []
    assert pages(db, tmp_path)[-1] == page(9)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def fill_up(db: Database, writer: WarcWriter) -> None:
    for number in range(1, 9):
        keep(db, writer, page(number))
