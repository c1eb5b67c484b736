"""What a reader types finds what a page has, in every script: the index's own folding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text.characters import normal_form
from text.folding import PLANE, UNSURE, fold
from text.search_folding import _codes_of_written, _fold_composed, fold_for_search


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("resume", "Résumé"),
        ("lodz", "ŁÓDŹ"),
        ("kobenhavn", "København"),
        ("grosse", "Größe"),
        ("oeuvre", "œuvre"),
        ("duong viet nam", "Đường Việt Nam"),
        ("istanbul", "İstanbul"),
        ("ISTANBUL", "ıstanbul"),
        ("αθηνα", "Αθήνα"),
        ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς"),
        ("елка", "Ёлка"),
        ("замок", "за\u0301мок"),
        ("cafe", "cafe\u0301"),
        ("שלום", "שָׁלוֹם"),
        ('צה"ל', "צה״ל"),
        ("أستانه", "أَسْتانة"),
        ("میخواهد", "می\u200cخواهد"),
        ("كوردی", "کوردی"),
        ("روژنامه", "ڕۆژنامە"),
        ("ガギ", "ｶﾞｷﾞ"),
    ],
)
def test_one_spelling_for_what_readers_type(typed: str, written: str) -> None:
    assert fold_for_search(typed) == fold_for_search(written)


@pytest.mark.parametrize(
    ("one", "other"), [("мой", "мои"), ("їжа", "іжа"), ("कि", "की"), ("مياه", "ماه"), ("가", "각")]
)
def test_what_makes_another_word_stays(one: str, other: str) -> None:
    assert fold_for_search(one) != fold_for_search(other)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("北京2022冬奥会", "北 京 2022 冬 奥 会"),
        ("東京タワーへ", "東 京 タ ワ ー へ"),
        ("กรุงเทพ", "ก ร ุ ง เ ท พ"),
        ("हिन्दी समाचार", "हिन्दी समाचार"),
        ("서울에서", "서울에서"),
        ("𠮷野家 é", "𠮷 野 家 e"),
        ("", ""),
    ],
)
def test_scripts_without_spaces_have_a_token_for_each_character(text: str, tokens: str) -> None:
    assert fold_for_search(text) == tokens


@given(
    st.text(alphabet="abc \u0627\u0623\u0629\u0649\u0640\u064e\u0660-,\u060c\u2014", max_size=40)
)
def test_arabic_is_folded_as_everywhere(text: str) -> None:
    assert fold_for_search(text) == fold(text)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_for_search(text)
    assert fold_for_search(once) == once
    assert once == " ".join(once.split())


def composed_first(text: str) -> str:
    return _fold_composed(normal_form("NFKC", text).casefold())


# Marks that compose with a letter, go or stay, letters that become two, scripts without spaces.
RESTLESS = (
    'aeiاهي\u0301\u0308\u0323\u0654\u064b\u0670\u093c\u093fßẞİıœﬁ½¨ﷺ가\u1161\u11a8क東ｶﾞก😀𝐀צ"לё '
)


@given(st.text(st.sampled_from(RESTLESS) | st.characters()))
def test_a_text_need_not_be_composed(text: str) -> None:
    assert fold_for_search(f"é{text}") == composed_first(f"é{text}")


def test_each_character_that_stands_for_itself_is_folded_as_a_composed_one() -> None:
    known = [code for code in range(PLANE) if _codes_of_written()[code] != UNSURE]
    assert len(known) > 30_000
    for start in range(0, len(known), 256):
        text = "".join(f"a{chr(code)}ا{chr(code)}" for code in known[start : start + 256])
        assert fold_for_search(text) == composed_first(text)
