from datetime import datetime

import pytest
from date_samples import DAMASCUS, MONTHS, NOW

from pipelines.dates.calendar_days import to_gregorian
from pipelines.dates.names import numbered_names, shipped_names
from pipelines.dates.parse import parse_date, parse_moment


@pytest.mark.parametrize("usage", MONTHS)
def test_every_arabic_usage_of_month_names(usage: str) -> None:
    for number, word in enumerate(MONTHS[usage].split(), 1):
        name = word.replace("_", " ")
        expected = f"2023-{number:02}-21T00:00:00Z"
        for text in (
            f"21 {name} 2023",
            f"21 {name}، 2023",
            f"{name} 21, 2023",
            f"الأربعاء 21 {name} 2023م",
            f"21 من {name} عام 2023",
            f"٢١ {name} ٢٠٢٣",
        ):
            assert parse_date(text) == expected, text


def test_two_names_of_one_month() -> None:
    assert parse_date("12 يناير/كانون الثاني 2024") == "2024-01-12T00:00:00Z"
    assert parse_date("كانون الثاني/يناير 12, 2024") == "2024-01-12T00:00:00Z"
    assert parse_date("12 كانون الأول (ديسمبر) 2024") == "2024-12-12T00:00:00Z"


def test_names_of_different_months_are_not_one_date() -> None:
    assert parse_date("12 يناير/شباط 2024") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-01T06:00:00Z", "2026-11-01T06:00:00Z"),
        ("2023-06-21T16:16:00+03:00", "2023-06-21T13:16:00Z"),
        ("2023-06-21T16:16:00.123456+0300", "2023-06-21T13:16:00Z"),
        ("2023-06-21 16:16", "2023-06-21T13:16:00Z"),
        ("2023-06-21T16:16:00+03:00[Asia/Damascus]", "2023-06-21T13:16:00Z"),
        ("Wed, 21 Jun 2023 16:16:00 +0300", "2023-06-21T13:16:00Z"),
        ("Wed, 21 Jun 2023 16:16:00 GMT", "2023-06-21T16:16:00Z"),
        ("21 Jun 23 16:16:00 EST", "2023-06-21T21:16:00Z"),
        ("Wed Jun 21 2023 16:16:00 GMT+0300 (Arabian Standard Time)", "2023-06-21T13:16:00Z"),
        ("Wed Jun 21 16:16:00 2023", "2023-06-21T13:16:00Z"),
        ("20230621T161600Z", "2023-06-21T16:16:00Z"),
        ("20230621161600", "2023-06-21T13:16:00Z"),
        ("1687364160", "2023-06-21T16:16:00Z"),
        ("1687364160000", "2023-06-21T16:16:00Z"),
    ],
)
def test_what_machines_write(text: str, expected: str) -> None:
    assert parse_date(text, DAMASCUS, now=NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2023/06/21 - 4:16 م",
        "• 2023/06/21 4:16 م",
        "٢١ يونيو ٢٠٢٣ - ٤:١٦ م",
        "نشر في: الأربعاء، 21 حزيران/يونيو 2023 16:16",
        "آخر تحديث: 21/6/2023 04:16 مساءً",
        "PM 4:16 21-06-2023",
        "الأربعاء 3 ذو الحجة 1444هـ - 21 يونيو 2023م الساعة 16:16",
        "چهارشنبه ۳۱ خرداد ۱۴۰۲ - ۱۶:۱۶",
        "21. Juni 2023, 16.16 Uhr",
        "21.06.23, 16:16",
        "21 juin 2023 à 16h16",
        "21 de junio de 2023, 4:16 p.m.",
        "21 июня 2023, 16:16",
        "21 Haziran 2023 16:16",
        "June 21st, 2023 at 4:16pm",
        "2023年6月21日 16:16",
        "2023년 6월 21일 오후 4:16",
        "2023. június 21. 16:16",
        "21/06/2023 16:16 (مكة المكرمة)",
    ],
)
def test_what_people_read(text: str) -> None:
    assert parse_date(text, DAMASCUS, now=NOW) == "2023-06-21T13:16:00Z"


@pytest.mark.parametrize(
    ("text", "hour"),
    [("12:30 ص", 0), ("12:30 م", 12), ("11:30 ليلا", 23), ("1:30 ليلا", 1), ("16:30 م", 16)],
)
def test_halves_of_the_day(text: str, hour: int) -> None:
    assert parse_date(f"21/6/2023 {text}") == f"2023-06-21T{hour:02}:30:00Z"


def test_the_year_mark_is_no_afternoon() -> None:
    assert parse_date("21 يونيو 2023م 4:16") == "2023-06-21T04:16:00Z"


def test_a_date_alone_is_local_midnight() -> None:
    moment = parse_moment("21-06-2023", DAMASCUS)
    assert moment
    assert (moment.iso, moment.timed) == ("2023-06-20T21:00:00Z", False)
    assert parse_date("1 يناير 2024", "Africa/Cairo") == "2023-12-31T22:00:00Z"


def test_midnight_that_summer_time_skips() -> None:
    assert parse_date("2010-04-30", "Africa/Cairo") == "2010-04-29T22:00:00Z"


def test_an_unknown_zone_is_utc() -> None:
    assert parse_date("21-06-2023", "Mars/Olympus") == "2023-06-21T00:00:00Z"
    assert parse_date("21-06-2023", "../etc") == "2023-06-21T00:00:00Z"


def test_days_come_first_unless_the_site_is_american() -> None:
    assert parse_date("05/03/2024") == "2024-03-05T00:00:00Z"
    assert parse_date("05/03/2024", day_first=False) == "2024-05-03T00:00:00Z"
    assert parse_date("06/21/2023") == "2023-06-21T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 11/01/2026 - 14:10", "2026-11-01T14:10:00Z"),
        ("أحد, 11/01/2026 - 06:00", "2026-11-01T06:00:00Z"),
        # The 1st of November and the 11th of January are Sundays both: Drupal's form is American.
        ("نشره admin في Sun, 11/01/2026 - 14:10", "2026-11-01T14:10:00Z"),
        ("الأحد 11/01/2026", "2026-01-11T00:00:00Z"),
        ("Mon, 04/11/2024 - 10:10", "2024-11-04T10:10:00Z"),
        ("Thu, 04/11/2024 - 10:10", "2024-04-11T10:10:00Z"),
        ("الخميس 04/11/2024", "2024-04-11T00:00:00Z"),
        ("سه‌شنبه 06/04/2024", "2024-06-04T00:00:00Z"),
    ],
)
def test_the_weekday_decides_between_day_and_month(text: str, expected: str) -> None:
    assert parse_date(text, now=NOW) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("منذ 3 ساعات", "2026-11-21T09:00:00Z"),
        ("منذ ساعتين", "2026-11-21T10:00:00Z"),
        ("قبل 5 دقائق", "2026-11-21T11:55:00Z"),
        ("3 hours ago", "2026-11-21T09:00:00Z"),
        ("vor 3 Stunden", "2026-11-21T09:00:00Z"),
        ("أمس 4:16 م", "2026-11-20T13:16:00Z"),
        ("منذ يومين", "2026-11-18T21:00:00Z"),
    ],
)
def test_ages_need_to_know_what_now_is(text: str, expected: str) -> None:
    assert parse_date(text, DAMASCUS, now=NOW) == expected
    assert parse_date(text, DAMASCUS, now=NOW.replace(tzinfo=None)) == expected
    assert parse_date(text, DAMASCUS) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "لا تاريخ هنا",
        "4:16 م",
        "يونيو 2023",
        "21 يونيو",
        "3 ذو الحجة 1444",
        "1444/12/03",
        "03/12/1444هـ",
        "2023-13-05",
        "2023-02-30",
        "31/02/2023",
        "32 يونيو 2023",
        "-0001-11-30T00:00:00+00:00",
        "0000-00-00 00:00:00",
        "1970-01-01",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "31/12/1989",
        "2099-01-01",
        "2026-11-24",
        "21/06/2566",
        "منذ 3 أسابيع",
        "31/12/1402 1402/12/31",
        "99999999999999999999",
        "1" * 5000,
    ],
)
def test_no_date_or_no_possible_one(text: str) -> None:
    assert parse_date(text, now=NOW) is None


def test_two_days_ahead_is_a_clock_set_wrong() -> None:
    assert parse_date("2026-11-23T06:00:00Z", now=NOW) == "2026-11-23T06:00:00Z"
    assert parse_date("2026-11-23T18:00:00Z", now=NOW) is None


def test_jalali_days() -> None:
    # Nowruz, as the almanacs have it.
    for year, day in {1370: 21, 1375: 20, 1399: 20, 1400: 21, 1403: 20, 1404: 21}.items():
        assert to_gregorian(year, 1, 1) == datetime(year + 621, 3, day).date()
    assert to_gregorian(1403, 12, 30) == datetime(2025, 3, 20).date()
    assert to_gregorian(1402, 12, 30) is None
    assert parse_date("1402/03/31") == "2023-06-21T00:00:00Z"
    assert parse_date("۳۱ خرداد ۱۴۰۲") == "2023-06-21T00:00:00Z"


@pytest.mark.parametrize(("table", "size"), [("gregorian", 12), ("jalali", 12), ("weekdays", 7)])
def test_each_list_of_names_is_whole(table: str, size: int) -> None:
    assert {len(names) for names in shipped_names()[table].values()} == {size}


@pytest.mark.parametrize("table", ["gregorian", "jalali", "weekdays"])
def test_no_spelling_stands_for_two_names(table: str) -> None:
    languages = shipped_names()[table]
    all_names = numbered_names(languages.values())
    for language, names in languages.items():
        for spelling, number in numbered_names([names]).items():
            assert all_names[spelling] == number, (language, spelling)
