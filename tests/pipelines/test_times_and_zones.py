import pytest

from pipelines.dates.parse import parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-15T10Z", "2024-03-15T10:00:00Z"),
        ("2024-03-15T10+03:00", "2024-03-15T07:00:00Z"),
        ("2024-03-15T1030", "2024-03-15T10:30:00Z"),
        ("2024-3-5T9:05:00Z", "2024-03-05T09:05:00Z"),
        ("20240315T103000+0300", "2024-03-15T07:30:00Z"),
        ("20240315103000-0500", "2024-03-15T15:30:00Z"),
        ("2024-03-15T24:00:00+03:00", "2024-03-15T21:00:00Z"),
        ("2024-12-31 24:00", "2025-01-01T00:00:00Z"),
        ("31/12/2024 24:00", "2025-01-01T00:00:00Z"),
    ],
)
def test_rare_forms_of_machines(text: str, expected: str) -> None:
    assert parse_date(text) == expected


def test_no_hour_after_midnights_second_name() -> None:
    assert parse_date("2024-03-15T24:01") is None
    assert parse_date("2024-03-15T25:00") is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("12:15 ليلا", "00:15"),
        ("11:15 ليلا", "23:15"),
        ("1:15 بعد منتصف الليل", "01:15"),
        ("12:15 بعد منتصف الليل", "00:15"),
        ("12:15 شب", "00:15"),
        ("10:15 شب", "22:15"),
        ("12:15 ночи", "00:15"),
        ("2:15 дня", "14:15"),
        ("9:15 вечера", "21:15"),
        ("9:15 de la noche", "21:15"),
        ("午後4:16", "16:16"),
        ("16時16分", "16:16"),
        # A word whose end looks like half a day's name.
        ("اليوم 00:05", "00:05"),
        ("Vietnam 12:30", "12:30"),
        ("Teheran-fm 12:30", "12:30"),
        ("Sa 12:30", "12:30"),
    ],
)
def test_nights_noons_and_words_that_are_neither(text: str, time: str) -> None:
    assert parse_date(f"21.6.2023 {text}") == f"2023-06-21T{time}:00Z"


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("PKT", 5), ("JST", 1), ("KST", 1), ("WIB", 3), ("AST", 7), ("غرينتش+3", 7),
        ("(توقيت غرينتش +3)", 7), ("بتوقيت جرينتش", 10), ("بتوقيت القاهرة", 7),
        ("بتوقيت الدوحة", 7), ("ET", 14), ("EDT", 14), ("PT", 17), ("KSA", 7),
    ],
)  # fmt: skip
def test_zones_by_name(zone: str, hour: int) -> None:
    assert parse_date(f"10 July 2024 10:30 {zone}") == f"2024-07-10T{hour:02}:30:00Z"


def test_an_abbreviation_of_several_zones_is_the_sites_own() -> None:
    assert parse_date("10 July 2024 10:30 AST", "America/Halifax") == "2024-07-10T14:30:00Z"
    assert parse_date("10 July 2024 10:30 CST", "Asia/Shanghai") == "2024-07-10T02:30:00Z"
    assert parse_date("10 July 2024 10:30 IST", "Asia/Kolkata") == "2024-07-10T05:00:00Z"
    assert parse_date("10 July 2024 10:30 IST", "Europe/Berlin") == "2024-07-10T08:30:00Z"


def test_a_french_and_is_no_eastern_time() -> None:
    text = "10 juillet 2024 à 10h30 et mis à jour à 11h"
    assert parse_date(text, "Europe/Paris") == "2024-07-10T08:30:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9/7/2004 5:54:13 AM", "2004-09-07T05:54:13Z"),
        ("9/7/2004 05:54", "2004-07-09T05:54:00Z"),
    ],
)
def test_a_default_form_of_servers_has_the_month_first(text: str, expected: str) -> None:
    assert parse_date(text) == expected
