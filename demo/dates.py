"""Dates as Arabic news sites print them, in the site's own time."""

from datetime import datetime

WEEKDAYS = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
EGYPT = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
]


def month_name(day: datetime) -> str:
    return EGYPT[day.month - 1]


def weekday_name(day: datetime) -> str:
    return WEEKDAYS[day.weekday()]


def clock(moment: datetime) -> str:
    """Twelve hours, as `4:16 م`."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'ص' if moment.hour < 12 else 'م'}"
