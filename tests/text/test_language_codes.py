"""Whatever a language is called, it is found under the code that articles carry."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from text.language import detect
from text.language_codes import language_code, language_of, suggest_language


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("ckb", "ckb"), ("ku", "ku"), ("kmr", "ku"), ("Kurdish", "ku"), ("Sorani", "ckb"),
        ("zh-cn", "zh"), ("zh-Hant-TW", "zh"), ("zh", "zh"), ("cmn", "zh"), ("Chinese", "zh"),
        ("iw", "he"), ("he", "he"), ("in", "id"), ("id", "id"), ("ar-EG", "ar"), ("arz", "ar"),
        ("Arabic", "ar"), ("العربية", "ar"), ("ARA", "ar"), ("ar_EG.UTF-8", "ar"), ("per", "fa"),
        ("nb-NO", "no"), ("", None), ("xyz", None), ("und", None), ("Klingon", None),
        ("ar,fa", None), ("\x1b[31m", None), ("x" * 9999, None), ("\ud800", None),
    ],
)  # fmt: skip
def test_what_people_call_a_language(word: str, code: str | None) -> None:
    assert language_of(word) == code


@pytest.mark.parametrize(
    "locale", ["ar", "fa", "he", "ja", "ko", "ru", "tr", "uk", "de", "vi", "ku"]
)
def test_a_code_and_both_names_lead_to_the_same(locale: str) -> None:
    own, english = Locale(locale).languages[locale], Locale("en").languages[locale]
    assert {language_of(word) for word in (locale, own, english, english.upper())} == {locale}


def test_what_is_detected_can_be_asked_for() -> None:
    texts = {"ckb": "ئەم هەواڵە لە کوردستانەوە بڵاوکرایەوە", "zh": "中国政府宣布新措施并公布结果"}
    assert {name: detect(text) for name, text in texts.items()} == {name: name for name in texts}
    assert all(language_of(detect(text) or "") == name for name, text in texts.items())


@given(st.text(max_size=60))
def test_a_code_is_its_own(word: str) -> None:
    code = language_of(word)
    assert code is None or language_code(code) == code
    suggest_language(word)


@pytest.mark.parametrize(("word", "meant"), [("arabisch", "arabic"), ("ukranian", "ukrainian")])
def test_a_mistyped_name_is_suggested(word: str, meant: str) -> None:
    assert suggest_language(word) == f"did you mean {meant}?"
