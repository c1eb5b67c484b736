"""Round trips of times, long hostile text, and lines that are a date and nothing else. Any text is tried
by the target `date` of tests/fuzz.
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from date_samples import DAMASCUS, MONTHS, NOW
from hypothesis import given
from hypothesis import strategies as st
from line_counter import bounded_cpu

from pipelines.dates.date_lines import is_date_line, label
from pipelines.dates.parse import parse_date

_TIMES = st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 21)).map(
    lambda t: t.replace(microsecond=0)
)
_ARABIC = MONTHS["Levant"].split()


@given(_TIMES, st.sampled_from([DAMASCUS, "UTC", "Africa/Casablanca", "Asia/Kabul"]))
def test_round_trip_of_local_times(naive: datetime, zone: str) -> None:
    expected = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if expected.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        return  # an hour that summer time skips
    half = "ص" if naive.hour < 12 else "م"
    clock = f"{naive.hour % 12 or 12}:{naive:%M:%S} {half}"
    day = f"{naive.day} {_ARABIC[naive.month - 1].replace('_', ' ')} {naive.year}"
    for text in (
        naive.isoformat(),
        expected.isoformat(),
        f"{naive:%Y/%m/%d} - {clock}",
        f"{naive:%d-%m-%Y %H:%M:%S}",
        f"نشر في {day}، الساعة {clock}",
        f"{clock} {day}",
        f"{naive:%B %d, %Y %I:%M:%S %p}",
        format_datetime(expected),
    ):
        assert parse_date(text, zone, now=NOW) == f"{expected:%Y-%m-%dT%H:%M:%SZ}", text


def test_long_hostile_text_costs_nothing() -> None:
    with bounded_cpu():
        for text in ("1" * 10**6, "1/" * 10**6, "21 " + "x" * 10**6, ":" * 10**6, "12:" * 10**6):
            assert parse_date(text, now=NOW) is None
            assert not is_date_line(text)


@pytest.mark.parametrize(
    ("text", "is_line", "kind"),
    [
        ("2023/06/21", True, None),
        ("4:16 م", True, None),
        ("نشر في 21 يونيو 2023 - 4:16 م", True, "published"),
        ("آخر تحديث: 21/6/2023 04:16 م (مكة المكرمة)", True, "modified"),
        ("6 تشرين الأول 2023", True, None),
        ("منذ 3 ساعات", True, None),
        ("Last updated: June 21, 2023", True, "modified"),
        ("شهد العالم في 2023 حربا", False, None),
        ("قتل 12 شخصا في 21 يونيو 2023", False, None),
        ("2023", False, None),
        ("2-1", False, None),
        ("15 دقيقة", False, None),
        ("دمشق - 21 حزيران 2023", False, None),
    ],
)
def test_lines_that_are_a_date_and_nothing_else(text: str, is_line: bool, kind: str | None) -> None:
    assert (is_date_line(text), label(text)) == (is_line, kind)
