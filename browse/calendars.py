"""Days and times in the words of a locale: `28 Nov 2026`, `٢٨ تشرين الثاني ٢٠٢٦`, `۷ آذر ۱۴۰۵`.

The page's script writes the same of the reader's own time zone, by `script_locale`.
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime

from babel import Locale

from browse.numerals import in_digits, numbering

_SOLAR_MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
# Days before each month of the solar year.
_SOLAR_STARTS = (0, 31, 62, 93, 124, 155, 186, 216, 246, 276, 306, 336)
# The leap years by their place in the cycle of 33 years: the calendar itself follows the equinox, and is
# the same from 1850 to 2123 (1228 to 1502).
_LEAP_YEARS = (1, 5, 9, 13, 17, 22, 26, 30)
_FIRST_DAY = date(622, 3, 21).toordinal()
# Latin letters have short names of months; Arabic ones have none.
_SHORT_MONTHS = frozenset({"en", "fr"})


def script_locale(locale: Locale) -> str:
    """For `Intl`: `ar-SY-u-ca-gregory-nu-arab`. News of every Arab country is dated by the Gregorian
    calendar, also where the Hijri one is official.
    """
    calendar = "persian" if locale.language == "fa" else "gregory"
    return f"{str(locale).replace('_', '-')}-u-ca-{calendar}-nu-{numbering(locale)}"


def month_style(locale: Locale) -> str:
    return "short" if locale.language in _SHORT_MONTHS else "long"


def day_and_month(day: date, locale: Locale) -> str:
    _, month, number = _parts(day, locale)
    return in_digits(f"{number} {month}", locale)


def month_and_year(day: date, locale: Locale) -> str:
    """Of the Gregorian calendar in every language: a month of it is no month of the Iranian one."""
    width = "abbreviated" if month_style(locale) == "short" else "wide"
    return in_digits(f"{locale.months['format'][width][day.month]} {day.year}", locale)


def full_day(day: date, locale: Locale) -> str:
    year, month, number = _parts(day, locale)
    return in_digits(f"{number} {month} {year}", locale)


def day_and_time(moment: datetime, locale: Locale) -> str:
    comma = ", " if locale.text_direction == "ltr" else "، "
    return full_day(moment, locale) + comma + in_digits(f"{moment:%H:%M}", locale)


def _parts(day: date, locale: Locale) -> tuple[int, str, int]:
    """Year, name of the month, day of the month."""
    if locale.language == "fa":
        year, month, number = solar_hijri(day)
        return year, _SOLAR_MONTHS[month - 1], number
    width = "abbreviated" if month_style(locale) == "short" else "wide"
    return day.year, locale.months["format"][width][day.month], day.day


def solar_hijri(day: date) -> tuple[int, int, int]:
    """Year, month and day of the Iranian calendar."""
    ordinal = day.toordinal()
    year = day.year - 621
    if ordinal < _new_year(year):
        year -= 1
    number = ordinal - _new_year(year)
    month = bisect_right(_SOLAR_STARTS, number)
    return year, month, number - _SOLAR_STARTS[month - 1] + 1


def _new_year(year: int) -> int:
    """The ordinal of its first day."""
    cycles, rest = divmod(year, 33)
    leap_years = len(_LEAP_YEARS) * cycles + bisect_left(_LEAP_YEARS, rest)
    return _FIRST_DAY + 365 * (year - 1) + leap_years
