"""Records that take a given room: without content, or shorter than what was there; and posts cut out of a
list.
"""

import io
import json
import zlib

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.archive.erasures import SHORTEST_BLANK, blank_member, member_of_length
from storage.archive.pointer import digest_of
from storage.archive.read_pages import payload_of
from storage.archive.response_posts import post_spans, rewritten_response, without_posts
from storage.archive.warc_record import make_member
from text.urls import article_id

EDGES = [65_535 + 18 + extra for extra in range(12)] + [
    2 * 65_540 + 18 + extra for extra in range(3)
]


@pytest.mark.parametrize("length", [SHORTEST_BLANK, SHORTEST_BLANK + 1, 1000, *EDGES, 3_000_000])
def test_a_record_without_content_has_the_length_of_what_was_there(length: int) -> None:
    member = blank_member(length)
    assert len(member) == length
    records = list(ArchiveIterator(io.BytesIO(member + blank_member(500)), parse_http=False))
    assert len(records) == 2
    content = zlib.decompress(member, wbits=31).partition(b"\r\n\r\n")[2]
    assert set(content.removesuffix(b"\r\n\r\n")) <= {0}


def test_what_is_shorter_than_any_record_is_refused() -> None:
    with pytest.raises(ValueError, match="no record has"):
        blank_member(SHORTEST_BLANK - 1)


@given(st.binary(max_size=300), st.integers(0, 400))
@settings(max_examples=60)
def test_a_shorter_record_fills_the_place_of_a_longer_one(content: bytes, spare: int) -> None:
    least = next(n for n in range(20, 400) if member_of_length(content, n))
    member = member_of_length(content, least + spare)
    assert member is not None
    assert len(member) == least + spare
    assert zlib.decompress(member, wbits=31) == content


HOME = "https://news.example/"
GONE = {article_id(f"{HOME}1")}


def is_gone(ids: set[str]) -> bool:
    return not GONE.isdisjoint(ids)


def post(number: int, **changes: object) -> dict[str, object]:
    return {"link": f"{HOME}{number}", "content": {"rendered": f"<p>{number} «é»"}} | changes


LISTS = [
    [post(0), post(1), post(2)],
    [post(1)],
    [post(1), post(1)],
    [post(0), post(1, link="http://www.news.example/1?utm_source=x")],
    [None, 7, "]", {"link": 7}, post(1, note='"},{"'), []],
]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("posts", LISTS)
def test_a_post_becomes_null_and_the_others_keep_their_places(
    posts: list[object], indent: int | None
) -> None:
    body = json.dumps(posts, indent=indent, ensure_ascii=False).encode()
    cut = json.loads(without_posts(body, HOME, is_gone))
    assert len(cut) == len(posts)
    kept = [
        isinstance(item, dict) and str(item["link"])[-1:] != "1" and "=x" not in str(item["link"])
        for item in posts
    ]
    for before, after, stays in zip(posts, cut, kept, strict=True):
        assert after == (before if stays or not isinstance(before, dict) else None)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[", b"[1,", b"\xff", b"[" * 5000, b"null", b'[{"link": "']
)
def test_what_is_no_list_of_posts_stays(body: bytes) -> None:
    assert without_posts(body, HOME, is_gone) == body


@given(st.lists(st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=4)))
def test_the_elements_of_a_list_are_where_json_has_them(values: list[object]) -> None:
    text = json.dumps(values, ensure_ascii=False)
    spans = list(post_spans(text))
    assert [json.loads(text[span.start : span.end]) for span in spans] == values


def test_a_rewritten_response_is_a_valid_record_of_the_same_length() -> None:
    body = json.dumps([post(0), post(1), post(2)]).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    headers = {"Content-Type": "application/http; msgtype=response"}
    before = make_member(
        "response", head + body, "2026-11-01T06:00:00Z", uri=HOME, payload=body, headers=headers
    )
    rewritten = rewritten_response(before.data, HOME, is_gone, {0, 2})
    assert rewritten is not None
    assert rewritten.member is not None
    assert len(rewritten.member) == len(before.data)
    record = next(iter(ArchiveIterator(io.BytesIO(rewritten.member), parse_http=False)))
    block = record.reader.read()
    payload = payload_of(record, block)
    assert json.loads(payload) == [post(0), None, post(2)]
    assert record.headers["WARC-Payload-Digest"] == digest_of(payload) == rewritten.digest
    assert record.headers["WARC-Block-Digest"] == digest_of(block)
    assert f"Content-Length: {len(payload)}\r\n".encode() in block
    assert str(record.record_id) == before.id
    assert rewritten_response(rewritten.member, HOME, is_gone, {0, 2}) is None
