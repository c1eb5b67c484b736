"""Text as it is stored: what is invisible goes, what is seen stays, and nothing changes twice."""

import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.normalise import (
    _CONTROLS,
    normalise_each,
    normalise_text,
    single_line,
    split_lines,
    tidy,
    tidy_each,
    tidy_lines,
)
from text.terminal import printable

JOINERS = "\u200c\u200d"
MARKS = "\u200e\u200f\u061c"
SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
FORMS: dict[str, Callable[[str], str]] = {
    "tidy": tidy,
    "tidy_lines": lambda text: "\n".join(tidy_lines(text)),
    "single_line": lambda text: single_line(text) or "",
    "split_lines": lambda text: "\n".join(split_lines(text)),
    "printable": printable,
}


def _is_invisible(code: int) -> bool:
    category = unicodedata.category(chr(code))
    # The Egyptian joiners are Cf; what Python 3.11 does not know of them yet is beside them.
    return category in ("Cc", "Cf") or code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


INVISIBLE = "".join(chr(code) for code in range(sys.maxunicode + 1) if _is_invisible(code))


@pytest.mark.parametrize("form", FORMS)
def test_nothing_invisible_is_left(form: str) -> None:
    kept = JOINERS + SIGNS + ("" if form == "printable" else MARKS)
    for character in INVISIBLE:
        shown = FORMS[form](f"ا{character}ب").replace("\n", "")
        stays = character in kept or (character == "\t" and form in ("split_lines", "tidy_lines"))
        assert (character in shown) == stays, f"U+{ord(character):04X}"
        assert shown.startswith("ا")
        assert shown.endswith("ب")


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(st.characters() | st.sampled_from("e\u0301\u0327\u200b\ufeff \n\u2028ا\u0653")))
def test_the_form_is_its_own_form(form: str, text: str) -> None:
    formed = FORMS[form](text)
    assert FORMS[form](formed) == formed
    formed.encode()
    if form != "printable":
        assert unicodedata.is_normalized("NFC", formed)


LINE = st.text(
    st.characters() | st.sampled_from("ae\u0301\u0327\u200b\u200c\u200f \n\u00a0ا\u0653_1.")
)


@given(lines=st.lists(LINE))
def test_lines_are_tidied_together_as_one_by_one(lines: list[str]) -> None:
    assert tidy_each(lines) == [tidy(line) for line in lines]


@given(line=LINE)
def test_a_line_of_printable_characters_is_composed_and_squeezed(line: str) -> None:
    if line.isprintable():
        squeezed = " ".join(unicodedata.normalize("NFC", line).split())
        assert tidy(line) == (squeezed if any(c.isalnum() or c == "_" for c in squeezed) else "")


def test_separators_part_words_and_lines() -> None:
    assert tidy("a\u2028b\u2029c\u1680d") == "a b c d"
    assert split_lines("a\u2028b\x1cc") == ("a", "b", "c")


def test_surrogates_are_paired_where_they_can_be() -> None:
    assert normalise_text("\ud83d\ude00 \ud83d x") == "\U0001f600 \ufffd x"


def test_only_printable_lines_are_spared_the_look_for_hidden_characters() -> None:
    removed = {chr(code) for code in range(0x110000) if _CONTROLS.fullmatch(chr(code))}
    assert len(removed) > 200
    assert [character for character in removed if character.isprintable()] == []
    for character in sorted(removed):
        if not "\ud800" <= character <= "\udfff":
            assert normalise_text(f"a\n{character}b\nc") == "a\nb\nc"


# Surrogates apart and in pairs, breaks, marks, what is invisible.
PARTS = [
    "a",
    " ",
    "\n",
    "\r",
    "\u2028",
    "\ud83d",
    "\ude00",
    "\u0301",
    "\u0301" * 40,
    "\ufeff",
    "\u200b",
    "e",
]


@given(st.lists(st.lists(st.sampled_from(PARTS)).map("".join) | st.text(st.characters())))
def test_texts_normalised_together_are_as_normalised_alone(texts: list[str]) -> None:
    assert normalise_each(texts) == [normalise_text(text) for text in texts]
