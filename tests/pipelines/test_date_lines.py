from datetime import date

import pytest

from pipelines.dates.date_lines import dated_parts
from pipelines.dates.day_order import day_comes_first


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Last updated 22 June 2023 Published: 21 June 2023", ["modified", "published"]),
        ("21 June 2023 - Updated 22 June 2023", ["published", "modified"]),
        ("21.06.2023, aktualisiert: 21.06.2023 15:20", ["published", "modified"]),
        ("نشر في 21 يونيو 2023 10:30 آخر تحديث 22 يونيو 2023", ["published", "modified"]),
        ("21 يونيو 2023 - 31 خرداد 1402", [None]),
        ("21. Juni 2023 | Mobilität", [None]),
        ("Konzerte 21.06.2023 - 23.06.2023", []),
        ("21/06/2023 22/06/2023 23/06/2023 24/06/2023", []),
    ],
)
def test_the_parts_of_a_line_by_their_days(line: str, parts: list[str | None]) -> None:
    assert [part.kind for part in dated_parts(line)] == parts


@pytest.mark.parametrize(
    ("texts", "known", "month", "day_first"),
    [
        (["10/04/2016", "10/25/2016"], [], None, False),
        (["10/04/2016", "25/10/2016"], [], None, True),
        (["10/04/2016"], [date(2016, 10, 4)], None, False),
        (["10/04/2016"], [date(2016, 4, 11)], None, True),
        (["10/04/2016"], [date(2016, 7, 1)], None, None),
        (["10/04/2016"], [], (2016, 10), False),
        (["10/10/2016", "2016-10-25"], [], None, None),
    ],
)
def test_the_order_of_day_and_month_by_other_dates(
    texts: list[str], known: list[date], month: tuple[int, int] | None, day_first: bool | None
) -> None:
    assert day_comes_first(texts, known, month) is day_first
