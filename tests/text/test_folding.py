"""Folding gives one spelling to texts that readers take for the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import bounded_cpu

from text.folding import (
    _MAX_KNOWN_CHARS,
    _MAX_KNOWN_LINES,
    _NAME_LETTERS,
    PLANE,
    UNSURE,
    _codes_of_written,
    _fold_by_pattern,
    _known_lines,
    fold,
    fold_lines,
    fold_name,
    fold_paragraphs,
    text_hash,
)

CASES = {
    "مُحَمَّدٌ، أحمـد وآمنة": "محمد احمد وامنه",
    "في ١٤/١٠/۱۴۳۶ هـ": "في 14 10 1436 ه",
    "مسؤول رئيسٌ على الهدى": "مسوول رييس علي الهدي",
    "ﻻ ﷲ Straße_２": "لا الله strasse 2",
    " \u202b«قال»\u200f: نعم!\u200b  ": "قال نعم",
    "": "",
    "…!؟": "",
    "صورة 😀 من": "صوره من",
}


@pytest.mark.parametrize(("text", "folded"), CASES.items())
def test_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_table_gives_what_the_patterns_give(text: str) -> None:
    assert fold(text) == _fold_by_pattern(unicodedata.normalize("NFKC", text).casefold())


# Short texts are folded letter by letter, the others by tables.
LONG = "كلمة وكلمة أخرى " * 10


def by_pattern(text: str) -> str:
    return _fold_by_pattern(unicodedata.normalize("NFKC", text).casefold())


# Marks that compose with a letter or go, letters that become two, signs beyond the first plane.
RESTLESS = (
    "aeاهي\u0301\u0654\u0655\u064b\u0651\u0670ßİﬁ½ﷺ가\u1161\u11a8\u093c\ufacf😀🏽𝐀\U0001f1e6\u200d "
)


@given(st.text(st.sampled_from(RESTLESS) | st.characters(exclude_categories=["Cs"])))
def test_the_tables_of_long_texts_give_what_the_patterns_give(text: str) -> None:
    assert fold(LONG + text) == by_pattern(LONG + text)
    assert fold_lines([LONG, LONG + text.replace("\n", " ")])[1] == by_pattern(LONG + text)


def test_each_character_that_stands_for_itself_is_folded_as_by_the_patterns() -> None:
    known = [code for code in range(PLANE) if _codes_of_written()[code] != UNSURE]
    letters = [chr(code) for code in known if not 0xD800 <= code < 0xE000]
    assert len(letters) > 60_000
    for start in range(0, len(letters), 256):
        text = LONG + "".join(f"a{letter}ا{letter}" for letter in letters[start : start + 256])
        assert fold(text) == by_pattern(text)


@given(st.text(st.sampled_from(RESTLESS) | st.characters(exclude_categories=["Cs"])))
def test_names_are_folded_letter_by_letter(text: str) -> None:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    plain = text.lower() if text.isascii() else bare.translate(_NAME_LETTERS)
    assert fold_name(text) == unicodedata.normalize("NFC", plain)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_lines_folded_together_are_as_folded_alone(lines: list[str]) -> None:
    assert fold_lines(lines) == [fold(line) for line in lines]
    assert fold_lines(lines[::-1]) == [fold(line) for line in lines[::-1]], "those remembered"
    assert fold_paragraphs(lines) == fold("\n\n".join(lines))


def test_few_lines_are_remembered() -> None:
    for page in range(20):
        lines = [f"line {at} of page {page}" for at in range(300)]
        assert fold_lines([*lines, "É" * 5_000])[:300] == lines
        assert len(_known_lines) <= _MAX_KNOWN_LINES
    assert fold_lines([f"Line {at}" for at in range(5_000)]) == [
        f"line {at}" for at in range(5_000)
    ]
    assert len(_known_lines) <= _MAX_KNOWN_LINES
    assert max(map(len, _known_lines), default=0) <= _MAX_KNOWN_CHARS


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert fold(fold(text)) == fold(text)


def test_spellings_share_a_hash() -> None:
    assert text_hash("قالَ: إنَّ الأمر انتهى") == text_hash("قال ان الامر انتهي.")
    assert text_hash("قال إن الأمر انتهى") != text_hash("قال إن الأمر ابتدأ")


def test_two_megabytes_are_folded_in_a_moment() -> None:
    with bounded_cpu():
        assert len(fold("كَلِمة " * 300_000)) == 1_499_999
