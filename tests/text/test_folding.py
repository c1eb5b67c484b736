"""Folding gives one spelling to texts that readers take for the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from line_counter import bounded_cpu

from text.folding import _fold_by_pattern, fold, fold_lines, text_hash

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


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_lines_folded_together_are_as_folded_alone(lines: list[str]) -> None:
    assert fold_lines(lines) == [fold(line) for line in lines]


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
