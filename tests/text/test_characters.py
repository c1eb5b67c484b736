import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipelines.extraction.parse_html import parse_html
from text.characters import (
    MAX_MARKS,
    clean_markup,
    normal_form,
    stream_safe,
    without_control_characters,
)
from text.charset import decode, decode_utf_8
from text.folding import fold, fold_lines, fold_name
from text.normalise import normalise_text, tidy, tidy_lines
from text.urls import canonicalise

# Marks of different classes, so that they have to be sorted; characters that become marks.
RUNS = ("\u0301\u0323", "\u064e\u0651", "\U0001e8d0\U0001d165", "\uff9e\u0301", "\u0f73\u0323")


def longest_run(text: str) -> int:
    longest = run = 0
    for character in unicodedata.normalize("NFKD", text):
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    return longest


@given(st.text(st.sampled_from("ab\u0301\u0323\u064e\uff9e\u0f73\U0001e8d0"), max_size=200))
def test_no_run_of_marks_is_left(text: str) -> None:
    # A character that becomes marks becomes two at most.
    assert longest_run(stream_safe(text)) <= 2 * MAX_MARKS


def test_whatever_becomes_a_mark_counts_as_one() -> None:
    marks = [
        character
        for character in map(chr, range(0x110000))
        if unicodedata.combining(unicodedata.normalize("NFKD", character)[0])
    ]
    assert [m for m in marks if longest_run(stream_safe("a" + m * 200)) > 3 * MAX_MARKS] == []


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    "function",
    [
        tidy,
        normalise_text,
        lambda text: tidy_lines(text)[0],
        fold,
        fold_name,
        lambda text: fold_lines([text, text])[1],
    ],
    ids=["tidy", "normalise_text", "tidy_lines", "fold", "fold_name", "fold_lines"],
)
def test_no_long_run_is_sorted(
    run: str, function: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given_texts: list[str] = []
    normalize = unicodedata.normalize

    def watched(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
        given_texts.append(text)
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", watched)
    # Without a character like the last one, Arabic's marks are folded and never sorted at all.
    function("word " + run * 500 + " word ½")
    monkeypatch.undo()
    assert given_texts
    assert max(map(longest_run, given_texts)) <= 3 * MAX_MARKS


def test_an_address_of_marks_is_short() -> None:
    url = canonicalise("https://ex.org/a" + "\u0301\u0323" * 300)
    assert url is not None
    assert len(url) < 16 + 6 * 2 * MAX_MARKS


@given(st.text(max_size=60))
def test_ordinary_text_is_left_alone(text: str) -> None:
    if longest_run(text) <= 5:
        assert normal_form("NFC", text) == unicodedata.normalize("NFC", text)


CODES = [*range(0x120), *range(0xD7F0, 0xE010), *range(0xFFF0, 0x10002), 0x1FFFE, 0x10FFFF]


@pytest.mark.parametrize(
    "written", ["&#{:d};", "&#x{:x};", "&#X{:04X};", "&#00{:d} ", "&#x{:x}<b>"]
)
def test_a_parsed_text_can_be_written_back(written: str) -> None:
    """What the parser makes of any number, lxml takes as text."""
    element = etree.Element("p")
    for code in CODES:
        markup = without_control_characters(f"<p>a{written.format(code)}b</p>")
        tree = parse_html(markup)
        assert tree is not None
        element.text = "".join(tree.itertext())


def test_a_raw_character_can_be_written_back() -> None:
    element = etree.Element("p")
    for code in CODES:
        tree = parse_html(without_control_characters(f"<p>a{chr(code)}b</p>"))
        assert tree is not None
        element.text = "".join(tree.itertext())


def test_other_references_stay() -> None:
    markup = "&#10;&#13;&#9;&#32;&#160;&#1234;&#x20;&#xe000;&#65533;&#x1f600;&#xa0;&#x80;&amp;#1;"
    assert without_control_characters(markup) == markup
    assert without_control_characters("a\x0cb&#12;c&#xB d\x01e&#1;f") == "a b c  def"


PIECES = [b"a<p>", "س".encode(), b"\xc7", b"&#12;", b"&#1;", b"\xed\xa0\x80", b"\x1b$B", b"\xef\xbb\xbf",
          "\ufffe\uffff\U0001fffe".encode(), *(bytes([code]) for code in range(33))]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_markup_is_as_clean_with_its_bytes_at_hand(body: bytes) -> None:
    text = without_control_characters(decode(body, None))
    assert clean_markup(*decode_utf_8(body, None)) == (text, text.encode())
