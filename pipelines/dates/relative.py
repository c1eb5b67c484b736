"""Times given as an age, relative to a now: «منذ 3 ساعات», `2 hours ago`, «أمس 4:16 م»."""

import re
from datetime import datetime, time, timedelta, tzinfo

from pipelines.dates.time_of_day import find_time
from text.folding import WORD, fold_name


def _table(lines: dict[int, str]) -> dict[str, int]:
    return {fold_name(word): value for value, words in lines.items() for word in words.split()}


_AGO_WORDS = "منذ|قبل|ago|vor|il|hace|há|назад|önce|پیش|geleden|sedan|siden|fa|temu"
AGO = frozenset(map(fold_name, _AGO_WORDS.split("|")))
_UNITS = _table(
    {
        1: "ثانية ثوان ثواني second seconds sec secs seconde secondes sekunden segundos секунд секунды saniye ثانیه",
        60: "دقيقة دقائق minute minutes min mins minuten minuto minutos минут минуты минуту dakika دقیقه منٹ",
        3600: "ساعة ساعات hour hours hr hrs heure heures stunde stunden hora horas час часа часов saat ساعت گھنٹے",
        86400: "يوم أيام يوما day days jour jours tag tagen día días dia dias день дня дней gün روز دن",
    }
)  # fmt: skip
_DUALS = _table({120: "دقيقتين دقيقتان", 7200: "ساعتين ساعتان", 172800: "يومين يومان"})
_DAYS_BACK = _table(
    {
        0: "اليوم today heute aujourd hui hoy hoje oggi сегодня bugün امروز",
        1: "أمس البارحة yesterday gestern hier ayer ontem ieri вчера dün دیروز",
    }
)
AGE_WORDS = AGO | _UNITS.keys() | _DUALS.keys() | _DAYS_BACK.keys()
_AGE = re.compile(r"(?:(?<!\d)(\d{1,3})\s?)?([^\W\d_]+)")


def find_age(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The time that `text`, short and folded by `fold_name`, gives as an age. None for an age in
    weeks or longer units, too coarse for a date.
    """
    words = WORD.findall(text)
    if not AGO.isdisjoint(words):
        return _ago(text, now, zone)
    if len(words) <= 5:
        return _day_by_word(text, words, now, zone)
    return None


def _ago(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    for number, unit in _AGE.findall(text):
        seconds = _DUALS.get(unit) or _UNITS.get(unit, 0) * int(number or 1)
        if seconds >= 86400:
            return _midnight(now - timedelta(seconds=seconds), zone)
        if seconds:
            return now - timedelta(seconds=seconds)
    return None


def _day_by_word(text: str, words: list[str], now: datetime, zone: tzinfo) -> datetime | None:
    days = next((_DAYS_BACK[w] for w in words if w in _DAYS_BACK), None)
    clock = find_time(text, zone)
    if days is None or (clock is None and len(words) > 1):
        return None
    midnight = _midnight(now - timedelta(days=days), zone)
    if clock is None:
        return midnight
    return datetime.combine(midnight.date(), clock.time, clock.zone or zone)


def _midnight(moment: datetime, zone: tzinfo) -> datetime:
    return datetime.combine(moment.astimezone(zone).date(), time(), zone)
