"""The Iranian solar (Jalali) calendar, turned into the Gregorian one."""

from datetime import date, timedelta

_FIRST, _LAST = 1300, 1470
_EPOCH = date(1921, 3, 21)  # 1 Farvardin 1300
# Leap years by the 33-year rhythm, which agrees with the astronomical calendar from 1244 to 1472.
_LEAPS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def to_gregorian(year: int, month: int, day: int) -> date | None:
    """None for a day that does not exist, and beyond the years 1300 to 1470."""
    if not (_FIRST <= year <= _LAST and 1 <= month <= 12):
        return None
    if not 1 <= day <= _days_in_month(year, month):
        return None
    leaps = sum(map(_is_leap, range(_FIRST, year)))
    before = 31 * (month - 1) - max(0, month - 7)
    return _EPOCH + timedelta(days=365 * (year - _FIRST) + leaps + before + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAPS


def _days_in_month(year: int, month: int) -> int:
    if month == 12:
        return 30 if _is_leap(year) else 29
    return 31 if month <= 6 else 30
