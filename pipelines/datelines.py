"""Lines that hold a date or a time and nothing else, as themes print them above an article."""

import re
from collections.abc import Iterable

from pipelines.folding import fold

_MONTHS = (
    "يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر كانون الثاني شباط اذار "
    "نيسان ايار حزيران تموز اب ايلول تشرين الاول جانفي فيفري افريل ماي جوان جويليه اوت غشت شتنبر نونبر "
    "دجنبر january february march april may june july august september october november december jan "
    "feb mar apr jun jul aug sep sept oct nov dec"
)
_OTHER = (
    "الاحد الاثنين الاثنين الثلاثا الاربعا الخميس الجمعه السبت يوم من في م ص صباحا مسا ظهرا عصرا فجرا ليلا "
    "الساعه بتوقيت دمشق غرينتش جرينتش مكه القدس بيروت القاهره نشر النشر تم نشره تاريخ بتاريخ اخر تحديث "
    "التحديث حدث منذ قبل ساعه ساعات دقيقه دقائق يوم ايام اسبوع اسابيع شهر اشهر التاريخ الوقت هـ "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun am pm gmt utc "
    "published updated on at last posted ago hours minutes hour minute days day z t"
)
_WORDS = frozenset(f"{_MONTHS} {_OTHER}".split())
_MOST_WORDS = 16
_DAY = re.compile(
    r"(?<!\d)(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)|(?<!\d)(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?!\d)"
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::\d{2})?\s*(ص|م|صباحا|مساء|am|pm|AM|PM)?")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def is_date_line(line: str) -> bool:
    """Every word is a number or belongs to dates: `• 2023/06/21`, `نشر في 21 حزيران 2023`."""
    if len(line) > 90:
        return False
    words = fold(line).split()
    known = all(word.isdigit() or word in _WORDS or _glued(word) for word in words)
    return (
        0 < len(words) <= _MOST_WORDS
        and known
        and any(c.isdigit() for c in "".join(words))
        and (_has_date_shape(line, words))
    )


def joined(lines: Iterable[str]) -> str:
    """A day and a clock that stand in lines of their own, as one text for `dates.parse`."""
    return " ".join(re.sub(r"^[\s•·*\-–—|]+", "", line).strip() for line in lines)


def _has_date_shape(line: str, words: list[str]) -> bool:
    """A bare number or a score (`3-2`) is no date: a month, a full day or a clock must be there."""
    months = set(_MONTHS.split()) - {"الثاني", "الاول", "may", "ماي", "اب"}
    relative = words[0] in ("منذ", "قبل") or words[-1] == "ago"
    line = line.translate(_DIGITS)
    return bool(
        _DAY.search(line)
        or _CLOCK.search(line)
        or relative
        or any(w in months for w in words)
        or ("اب" in words and len(words) >= 3)
    )


def _glued(word: str) -> bool:
    """`16م`, `2023م`, `21st`: a number with a mark."""
    return bool(re.fullmatch(r"\d+(?:م|ص|هـ|st|nd|rd|th|t\d+|z)", word))


def has_clock(text: str) -> bool:
    return bool(_CLOCK.search(text.translate(_DIGITS)))
