"""Gzip of one member or more, whole, cut and damaged."""

import gzip
import zlib

import pytest
from line_counter import bounded_cpu

from text.gzip_members import gunzip

FIRST, SECOND = b"first " * 5_000, b"second " * 5_000
ONE, TWO = gzip.compress(FIRST), gzip.compress(SECOND)
ROOM = 1 << 20


@pytest.mark.parametrize(
    ("body", "text", "whole"),
    [
        (ONE, FIRST, True),
        (ONE + TWO, FIRST + SECOND, True),
        (gzip.compress(b"") + ONE + gzip.compress(b"") + TWO, FIRST + SECOND, True),
        (ONE + b"\0" * 600, FIRST, True),
        (ONE + TWO[:-1], FIRST + SECOND, False),
        (ONE + b"\x1f\x8bjunk", FIRST, False),
        (ONE[:-1], FIRST, False),
    ],
    ids=["one", "two", "empty ones", "padding", "cut", "damaged second", "cut first"],
)
def test_members_are_one_document(body: bytes, text: bytes, whole: bool) -> None:
    assert gunzip(body, ROOM) == (text, whole)


def test_a_damaged_first_member_is_an_error() -> None:
    with pytest.raises(zlib.error):
        gunzip(b"\x1f\x8bjunk", ROOM)


def test_no_more_than_is_asked_for() -> None:
    noise = bytes(range(256)) * 400
    packed = gzip.compress(noise, 0)
    for most in (1, 4_095, len(noise) - 1, len(noise), len(noise) + 5):
        assert gunzip(packed + packed, most) == ((noise + noise)[:most], True)


@pytest.mark.parametrize(
    "member",
    [gzip.compress(b""), gzip.compress(b"x"), gzip.compress(b"x" * 9_000_000)],
    ids=["empty", "a byte", "nine megabytes"],  # a member holds the time, and so would its id
)
def test_bombs_of_members(member: bytes) -> None:
    body = member * ((8 << 20) // len(member))
    with bounded_cpu():
        text, _ = gunzip(body, 8 << 20)
    assert len(text) <= 8 << 20
