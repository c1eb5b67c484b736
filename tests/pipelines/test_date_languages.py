"""Months and calendars of many languages, against the Unicode locale data where it has them."""

import pytest
from babel.dates import get_month_names

from pipelines.dates.parse import parse_date

LANGUAGES = (
    "en fr de es pt it nl ro pl cs sk ru uk bg el tr az sv da nb fi hu id ar ar_SY ar_DZ ar_MA ar_TN"
    " fa ur"
)


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_month_names_of_the_unicode_locale_data(language: str) -> None:
    for number, name in get_month_names("wide", "format", language).items():
        assert parse_date(f"21 {name} 2023") == f"2023-{number:02}-21T00:00:00Z", name


ABBREVIATED = (
    "en fr de es pt it nl ro pl cs sk ru uk bg el tr az sv da nb fi hu id et lv lt sl sr ka hy"
)


@pytest.mark.parametrize("language", ABBREVIATED.split())
def test_short_month_names_as_feeds_of_the_language_have_them(language: str) -> None:
    for number, name in get_month_names("abbreviated", "format", language).items():
        text = f"16 {name} 2023 10:30:00 +0200"
        assert parse_date(text) == f"2023-{number:02}-16T08:30:00Z", name


MORE_LANGUAGES = (
    "et lv lt sl sr_Latn ka hy be tg tk eu gl af ms fil bn mr ta te ml kn gu pa ne th km my hi"
)


@pytest.mark.parametrize("language", MORE_LANGUAGES.split())
def test_month_names_of_more_languages(language: str) -> None:
    for number, name in get_month_names("wide", "format", language).items():
        assert parse_date(f"21 {name} 2023") == f"2023-{number:02}-21T00:00:00Z", name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("۱۵ حمل ۱۴۰۳", "2024-04-03"),
        ("15 سنبله 1402", "2023-09-06"),
        ("۱ جدی ۱۴۰۲", "2023-12-22"),
        ("15 حوت 1402", "2024-03-05"),
        ("۱۵ وږی ۱۴۰۲", "2023-09-06"),
        ("15ی گەلاوێژی 1402", "2023-08-06"),
        ("15 كانون 2 2024", "2024-01-15"),
        ("15 كانون 1، 2024", "2024-12-15"),
        ("15 تشرين1 2024", "2024-10-15"),
        ("15 تشرين ٢ 2024", "2024-11-15"),
        ("15 במרץ 2024", "2024-03-15"),
        ("יום שישי, ה-15 בנובמבר 2024", "2024-11-15"),
        ("15ی ئازاری 2024", "2024-03-15"),
        ("١٥ی تشرینی یەکەمی ٢٠٢٤", "2024-10-15"),
        ("15ê Adarê 2024", "2024-03-15"),
        ("Thứ Sáu, ngày 15 tháng 03 năm 2024", "2024-03-15"),
        ("15 มี.ค. 2567", "2024-03-15"),
        ("2024. gada 15. martā", "2024-03-15"),
        ("2024 m. kovo 15 d.", "2024-03-15"),
        ("2024 жылғы 15 наурыз", "2024-03-15"),
        ("2024 оны 3-р сарын 15", "2024-03-15"),
        ("15 d'abril de 2024", "2024-04-15"),
    ],
)
def test_calendars_and_forms_of_single_languages(text: str, expected: str) -> None:
    assert parse_date(text) == f"{expected}T00:00:00Z"
