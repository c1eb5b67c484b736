"""Records of anyone's archive: what is a page in them, and what broken ones do to the others."""

import gzip
import io
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from foreign_warcs import HTML, Record, Story, member, stories, write
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.web_archive import ImportFilter, cut_archive
from pipelines.site_lookup import SiteLookup
from pipelines.workers.slices import PageInSlice
from storage.warc import captures, split
from storage.warc.captures import WHOLE, Capture, Revisit, capture
from storage.warc.open import identity
from storage.warc.record_heads import RecordHead, capture_time
from storage.warc.split import Span, WarcError, check_warc

PAGE = Story().html()


def read(path: Path) -> list[Capture | Revisit | str]:
    with path.open("rb") as file:
        check_warc(file)
        found = [capture(span) for span in split.spans(file, 0, path.stat().st_size, WHOLE)]
    return [item for item in found if item]


def names(found: list[Capture | Revisit | str]) -> list[str]:
    """The last letter of each address, and what is said of records that are none."""
    return [item if isinstance(item, str) else item.url[-1] for item in found]


def only(path: Path) -> Capture | Revisit | str:
    [found] = read(path)
    return found


@pytest.mark.parametrize("gzip", [True, False])
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_a_page_is_read_as_it_was_answered(tmp_path: Path, version: str, gzip: bool) -> None:
    path = write(tmp_path / "a.warc", [Record(body=PAGE)], version=version, gzip=gzip)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    expected = Capture("https://news.example/1", "2025-06-01T00:00:00Z", PAGE, "utf-8", headers)
    assert only(path) == expected


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (Record(status="404 Not Found"), "not_found"),
        (Record(status="301 Moved"), "redirect"),
        (Record(headers=[("Content-Type", "image/png")]), "not_html"),
        (Record(headers=[("Server", "x")], body=b"\x89PNG"), "not_html"),
        (Record(kind="revisit", body=b""), "revisit"),
        (Record(date="yesterday"), "broken"),
        (Record(truncated="length"), "truncated"),
    ],
)
def test_what_is_no_page_says_so(tmp_path: Path, record: Record, found: str) -> None:
    assert only(write(tmp_path / "a.warc.gz", [record])) == found


def test_requests_and_lookups_are_not_worth_a_word(tmp_path: Path) -> None:
    records = [
        Record(kind="request"),
        Record("dns:news.example"),
        Record("urn:x:y", kind="resource"),
    ]
    assert read(write(tmp_path / "a.warc.gz", records)) == []


def test_a_resource_is_its_own_page(tmp_path: Path) -> None:
    found = only(write(tmp_path / "a.warc.gz", [Record(kind="resource", body=PAGE)]))
    assert isinstance(found, Capture)
    assert found.body == PAGE


def test_what_a_browser_made_of_a_page_is_one_and_bare_text_is_none(tmp_path: Path) -> None:
    records = [
        Record(kind="conversion", body=PAGE),
        Record(kind="conversion", headers=[("", "text/plain")], body=b"words"),
    ]
    [found] = read(write(tmp_path / "a.warc.gz", records))
    assert isinstance(found, Capture)
    assert found.body == PAGE


def test_the_angle_brackets_of_old_wget_are_no_part_of_the_address() -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://x.example/a>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Length: 42\r\n\r\n"
    body = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\nx"
    found = capture(Span(0, 0, head + body + b"\r\n\r\n", len(head + body) + 4))
    assert isinstance(found, Capture)
    assert (found.url, found.body) == ("http://x.example/a", b"x")


def chunked(body: bytes) -> bytes:
    parts = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_are_undone(tmp_path: Path, encoding: str) -> None:
    headers = [*HTML, ("Content-Encoding", encoding), ("Transfer-Encoding", "chunked")]
    body = chunked(ENCODINGS[encoding](PAGE))
    found = only(write(tmp_path / "a.warc.gz", [Record(body=body, headers=headers)]))
    assert isinstance(found, Capture)
    assert found.body == PAGE


def test_a_body_of_several_gzip_members(tmp_path: Path) -> None:
    body = gzip.compress(PAGE[:50]) + gzip.compress(PAGE[50:])
    headers = [*HTML, ("Content-Encoding", "gzip")]
    found = only(write(tmp_path / "a.warc.gz", [Record(body=body, headers=headers)]))
    assert isinstance(found, Capture)
    assert found.body == PAGE


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_encodings_that_were_undone_before_are_left_alone(tmp_path: Path, name: str) -> None:
    """Common Crawl's first years kept the heads of the wire and the bodies without it."""
    headers = [*HTML, ("Content-Encoding", name), ("Transfer-Encoding", "chunked")]
    found = only(write(tmp_path / "a.warc.gz", [Record(body=PAGE, headers=headers)]))
    assert isinstance(found, Capture)
    assert found.body == PAGE


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_small_body_that_holds_very_many_bytes_is_turned_away(
    tmp_path: Path, encoding: str
) -> None:
    bomb = ENCODINGS[encoding](bytes(captures.LARGEST_PAGE * 4))
    assert len(bomb) < 100_000
    headers = [*HTML, ("Content-Encoding", encoding)]
    path = write(tmp_path / "a.warc.gz", [Record(body=bomb, headers=headers), Record()])
    assert [item if isinstance(item, str) else "page" for item in read(path)] == [
        "too_large",
        "page",
    ]


def test_a_page_too_large_for_one_is_not_held_in_memory(tmp_path: Path) -> None:
    large = Record(body=PAGE + bytes(captures.LARGEST_PAGE + 200_000))
    path = write(tmp_path / "a.warc.gz", [large, Record()])
    assert [item if isinstance(item, str) else "page" for item in read(path)] == [
        "too_large",
        "page",
    ]


def places(path: Path) -> list[int]:
    with path.open("rb") as file:
        return [span.offset for span in split.spans(file, 0, path.stat().st_size, 0)]


def test_a_damaged_record_costs_itself_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", stories(5))
    whole, at = path.read_bytes(), places(path)[3]
    path.write_bytes(whole[: at + 40] + bytes(60) + whole[at + 100 :])
    found = read(path)
    assert names(found) == ["1", "2", "broken", "4", "5"]


def test_a_plain_record_that_lies_about_its_length_costs_itself_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc", stories(5), gzip=False)
    at = places(path)
    length = f"Content-Length: {at[4] - at[3]}".encode()
    record = path.read_bytes()[at[3] : at[4]]
    lie = record.replace(b"Content-Length: ", b"Content-Length: 9", 1)
    assert length not in lie
    path.write_bytes(path.read_bytes().replace(record, lie))
    found = read(path)
    assert names(found) == ["1", "2", "broken", "4", "5"]


@pytest.mark.parametrize("gzip", [True, False])
def test_a_file_that_was_cut_off_gives_what_it_has(tmp_path: Path, gzip: bool) -> None:
    path = write(tmp_path / "a.warc", stories(5), gzip=gzip)
    path.write_bytes(path.read_bytes()[:-50])
    found = read(path)
    assert names(found) == [
        "1",
        "2",
        "3",
        "4",
        "broken",
    ]


def test_a_record_that_inflates_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split, "LARGEST", 1 << 20)
    path = write(tmp_path / "a.warc.gz", [Record(body=bytes(1 << 22)), *stories(2)])
    found = read(path)
    assert names(found) == ["broken", "1", "2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>no archive</html>", "not a WARC"),
        (b"", "not a WARC"),
        (b"PK\x03\x04", "unpacked"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"\x1f\x8b\x08" + bytes(9), "not a WARC"),
    ],
)
def test_other_files_are_named_for_what_they_are(content: bytes, message: str) -> None:
    with pytest.raises(WarcError, match=message):
        check_warc(io.BytesIO(content))


def test_a_file_compressed_as_a_whole_cannot_be_cut(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.warc", stories(3), gzip=False)
    with pytest.raises(WarcError, match="gunzip"):
        check_warc(io.BytesIO(gzip.compress(plain.read_bytes())))


def test_slices_cover_a_file_without_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.ingest.web_archive.PAGES", 4)
    path = write(tmp_path / "a.warc.gz", stories(10))
    with path.open("rb") as file:
        parts = list(
            cut_archive(file, str(path), 0, path.stat().st_size, ImportFilter(), SiteLookup([]))
        )
    assert [part.offset for part in parts[:1]] + [part.end for part in parts] == [
        0,
        *(part.offset for part in parts[1:]),
        path.stat().st_size,
    ]
    assert all(item.end == other.offset for item, other in pairwise(parts))
    found = [item for part in parts for item in part.read() if isinstance(item, PageInSlice)]
    assert [item.page.key for item in found] == [record.url for record in stories(10)]


@pytest.mark.parametrize(
    ("length", "fewest", "most"), [(4_000, 1, 1), (40_000, 3, 4), (400_000, 13, 16)]
)
def test_a_small_file_is_work_for_several_cores(
    tmp_path: Path, length: int, fewest: int, most: int
) -> None:
    bodies = random.Random(5)
    records = [
        Record(f"https://news.example/{number}", bodies.randbytes(length)) for number in range(40)
    ]
    path = write(tmp_path / "a.warc.gz", records)
    with path.open("rb") as file:
        size = path.stat().st_size
        parts = list(cut_archive(file, str(path), 0, size, ImportFilter(), SiteLookup([])))
    assert fewest <= len(parts) <= most
    assert [part.offset for part in parts] == [0, *(part.end for part in parts[:-1])]
    assert parts[-1].end == size


def test_a_file_is_known_by_what_it_holds(tmp_path: Path) -> None:
    item = write(tmp_path / "a.warc.gz", stories(2))
    other = write(
        tmp_path / "b.warc.gz",
        [replace(story, date="2025-07-01T00:00:00Z") for story in stories(3)],
    )
    copy = tmp_path / "c.warc.gz"
    copy.write_bytes(item.read_bytes())
    with item.open("rb") as a, other.open("rb") as b, copy.open("rb") as c:
        assert identity(a) == identity(c) != identity(b)


def test_a_damaged_encoding_gives_no_page_and_no_fault() -> None:
    head = RecordHead({"content-encoding": "gzip"}, 0)
    assert captures.decode_body(b"\x1f\x8b\x08broken", head, 1000) == b"\x1f\x8b\x08broken"


BAD_ADDRESSES = ["http://[bad/1", "http://x.example:99999/1", "http:///1", "https://a@b.example/1"]


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_an_address_that_is_none_costs_itself_alone(tmp_path: Path, url: str) -> None:
    path = write(tmp_path / "a.warc.gz", [Record(url), *stories(1)])
    with path.open("rb") as file:
        [part] = cut_archive(
            file, str(path), 0, path.stat().st_size, ImportFilter(), SiteLookup([])
        )
    found = [item.page.key if isinstance(item, PageInSlice) else item for item in part.read()]
    assert found == ["", "bad_address", "https://news.example/1"]


@given(st.data())
def test_whatever_a_file_holds_reading_it_comes_to_an_end(data: st.DataObject) -> None:
    """Bytes changed, cut out and doubled anywhere in a file."""
    headers = [*HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    records = [Record(body=chunked(gzip.compress(PAGE)), headers=headers), *stories(2)]
    packed = data.draw(st.booleans())
    whole = b"".join(gzip.compress(member(item)) if packed else member(item) for item in records)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 200))
        put = data.draw(st.binary(max_size=20) | st.just(whole[at : at + 300]))
        whole = whole[:at] + put + whole[at + length :]
    file = io.BytesIO(whole)
    places = list(split.spans(file, 0, len(whole), WHOLE))
    assert all(item.end == other.offset for item, other in pairwise(places))
    for span in places:
        found = capture(span)
        assert isinstance(found, str | Capture | Revisit)


@pytest.mark.parametrize(
    ("time", "read_as"),
    [
        ("2025-06-01T00:00:00Z", "2025-06-01T00:00:00Z"),
        ("2025-06-01T02:00:00.123456+02:00", "2025-06-01T00:00:00Z"),
        ("2025-06-01T00:00:00", "2025-06-01T00:00:00Z"),
        ("2025-06-01", "2025-06-01T00:00:00Z"),
        *(
            (time, None)
            for time in ("", "yesterday", "2025-13-01T00:00:00Z", "1989-12-31T23:59:59Z")
        ),
        *((time, None) for time in ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z")),
        *((time, None) for time in ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z")),
    ],
)
def test_the_time_of_a_capture(time: str, read_as: str | None) -> None:
    assert capture_time(time) == read_as
