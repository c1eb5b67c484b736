"""Lines that hold an article's date and nothing else: «نشر في 21 يونيو 2023 - 4:16 م»."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from pipelines.dates.calendar_days import find_days
from pipelines.dates.names import in_calendar
from pipelines.dates.relative import AGE_WORDS, AGO, find_age
from pipelines.dates.time_of_day import MERIDIEMS, find_time
from pipelines.dates.time_zones import CITY_TIME, ZONE_WORDS
from text.folding import WORD, fold_name

_MAX_CHARS = 120
_ANY_TIME = datetime(2020, 1, 1, tzinfo=UTC)
_PUBLISHED = (
    "نشر|نشرت|نشره|النشر|منشور|أضيف|أضيفت|الإضافة|كتب|published|posted|publish|created|"
    "publié|publie|veröffentlicht|erstellt|publicado|pubblicato|опубликовано|yayınlanma|eklenme|"
    "انتشار|opublikowano|δημοσίευση|gepubliceerd|publicerad|diterbitkan"
)
_MODIFIED = (
    "تحديث|التحديث|تحديثه|حدث|عدل|التعديل|تعديل|updated|update|modified|edited|"
    "aktualisiert|actualizado|aggiornato|обновлено|güncelleme|güncellendi|بروزرسانی|aktualizacja|"
    "ενημέρωση|bijgewerkt|uppdaterad|diperbarui|modifié|jour"
)
_BETWEEN = (
    "في|تم|بتاريخ|تاريخ|التاريخ|يوم|الساعة|ساعة|على|من|عام|سنة|آخر|اخر|بتوقيت|توقيت|المكرمة|مكة|"
    "غرينتش|غرينيتش|الموافق|ميلادي|م|هـ|ه|و|الوقت|المحلي|"
    "on|at|date|time|the|of|last|first|am|le|à|mis|de|del|a|las|o|um|uhr|vom|der|в|г|de|kl|"
    "st|nd|rd|th|h|t|z|ساعت|تاریخ|local|el|年|月|日|年月日|년|월|일"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(map(fold_name, text.split("|")))


_PUBLISHED_WORDS, _MODIFIED_WORDS = _words(_PUBLISHED), _words(_MODIFIED)
_DATE_LINE_WORDS = _words(_BETWEEN) | _PUBLISHED_WORDS | _MODIFIED_WORDS | AGE_WORDS | ZONE_WORDS
_DATE_LINE_WORDS |= {word for text in MERIDIEMS for word in WORD.findall(text)}


def is_date_line(text: str) -> bool:
    """Whether the line holds a date or a time of day, and only words that go with them."""
    text = fold_name(text.strip()) if len(text) <= _MAX_CHARS else ""
    words = WORD.findall(CITY_TIME.sub(" ", text))
    if not all(word in _DATE_LINE_WORDS or in_calendar(word) for word in words):
        return False
    if find_time(text) or any(find_days(text, day_first=True)):
        return True
    return not AGO.isdisjoint(words) and find_age(text, _ANY_TIME, UTC) is not None


def label(text: str) -> Literal["published", "modified"] | None:
    """What words of the line call its date: `modified` if any names an update, even beside «نشر»."""
    words = set(WORD.findall(fold_name(text[:_MAX_CHARS])))
    if words & _MODIFIED_WORDS:
        return "modified"
    return "published" if words & _PUBLISHED_WORDS else None


def before_update(text: str) -> str:
    """The folded part of a line that dates the publication before a part that dates the update; ""
    when the line has no such parts.
    """
    text = fold_name(text[:_MAX_CHARS])
    for word in WORD.finditer(text):
        if word[0] in _MODIFIED_WORDS:
            before = text[: word.start()]
            has_digit = any(c.isdigit() for c in before)
            return before if label(before) == "published" and has_digit else ""
    return ""


def join_date_lines(lines: Iterable[str]) -> str:
    """Lines with a day or a time alone, as one text for `parse_date`."""
    return " ".join(line.strip(" \t•·*-–—|▪●") for line in lines)


def has_time(text: str) -> bool:
    return find_time(fold_name(text)) is not None
