"""Lines that hold an article's date and nothing else: «نشر في 21 يونيو 2023 - 4:16 م»."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from pipelines.dates.calendar_days import find_days, find_spans
from pipelines.dates.names import in_calendar
from pipelines.dates.relative import AGE_WORDS, AGO, find_age
from pipelines.dates.time_of_day import MERIDIEMS, find_time
from pipelines.dates.time_zones import ZONE_WORDS, without_city_time
from text.folding import WORD, fold_name

_MAX_CHARS = 120
_MAX_DAYS = 3  # in one line; more are a programme or a chronicle
_ANY_TIME = datetime(2020, 1, 1, tzinfo=UTC)
_PUBLISHED = (
    "نشر|نشرت|نشره|النشر|منشور|أضيف|أضيفت|الإضافة|كتب|published|posted|publish|created|"
    "publié|publie|veröffentlicht|erstellt|publicado|pubblicato|опубликовано|yayınlanma|eklenme|"
    "انتشار|opublikowano|δημοσίευση|gepubliceerd|publicerad|diterbitkan|veröffentlichung|gepostet|"
    "geschrieben|eingestellt|publicación|pubblicata|publicada|publicação|publicerat|julkaistu|"
    "publicat|objavljeno|megjelent|zveřejněno|publikováno|publikuar|נכתב|פורסם|"
    "опублікована|опубліковано|đăng|diposting|dipublikasikan|بڵاوکراوەتەوە|شائع|发布|發佈|发表|發表|"
    "发布日期|发布时间|發布時間|发表时间|公開|公開日|掲載|掲載日|投稿|投稿日|配信|入力|입력|등록|게시|originally"
)
_MODIFIED = (
    "تحديث|التحديث|تحديثه|حدث|عدل|التعديل|تعديل|updated|update|modified|edited|"
    "aktualisiert|actualizado|aggiornato|обновлено|güncelleme|güncellendi|بروزرسانی|aktualizacja|"
    "ενημέρωση|bijgewerkt|uppdaterad|diperbarui|modifié|jour|geändert|actualización|atualizado|"
    "atualizada|aggiornamento|zaktualizowano|päivitetty|frissítve|aktualizováno|uppdaterat|oppdatert|"
    "opdateret|actualizat|עודכן|оновлено|modificado|reviewed|revised|更新|更新日|更新时间|수정|최종수정|"
    "cập|نوێکراوەتەوە|ویرایش"
)
_BETWEEN = (
    "في|تم|بتاريخ|تاريخ|التاريخ|يوم|الساعة|ساعة|على|من|عام|سنة|آخر|اخر|بتوقيت|توقيت|المكرمة|مكة|"
    "غرينتش|غرينيتش|الموافق|ميلادي|م|هـ|ه|و|الوقت|المحلي|"
    "on|at|date|time|the|of|last|first|am|le|à|mis|de|del|a|las|o|um|uhr|vom|der|в|г|de|kl|"
    "st|nd|rd|th|h|t|z|ساعت|تاریخ|local|el|年|月|日|年月日|년|월|일|datum|fecha|data|дата|tarih|tarihi|"
    "dato|dátum|päivämäärä|日期|时间|時間|日時|ngày|ημερομηνία|תאריך|בתאריך|tanggal|ora|ore|alle|il|stand"
)

# Those of them that mean a date.
_LABELS = (
    "التاريخ|تاريخ|بتاريخ|date|datum|fecha|data|дата|tarih|tarihi|dato|dátum|päivämäärä|日期|时间|時間|日時|"
    "ngày|ημερομηνία|תאריך|בתאריך|tanggal|تاریخ|stand"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(fold_name(word.replace("_", " ")) for word in text.split("|"))


_PUBLISHED_WORDS, _MODIFIED_WORDS = _words(_PUBLISHED), _words(_MODIFIED)
_LABEL_WORDS = _words(_LABELS)
_DATE_LINE_WORDS = _words(_BETWEEN) | _PUBLISHED_WORDS | _MODIFIED_WORDS | AGE_WORDS | ZONE_WORDS
_DATE_LINE_WORDS |= {word for text in MERIDIEMS for word in WORD.findall(text)}


def is_date_line(text: str) -> bool:
    """Whether the line holds a date or a time of day, and only words that go with them."""
    text = fold_name(text.strip()) if len(text) <= _MAX_CHARS else ""
    words = WORD.findall(without_city_time(text))
    if not all(map(_goes_with_dates, words)):
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


@dataclass(frozen=True, slots=True)
class DatedPart:
    """A part of a line with one day in it, folded, and what words call it. `others` counts the words
    of the line that have nothing to do with dates; `labelled` is true for `Datum: 21.06.2023`.
    """

    text: str
    kind: Literal["published", "modified"] | None
    others: int
    labelled: bool = False


def dated_parts(line: str) -> tuple[DatedPart, ...]:
    """The parts of a short line, each with its day: «نشر في 21 يونيو 2023، آخر تحديث 22 يونيو 2023».
    None of a line with more than three days, or with two that no word tells apart.
    """
    return _parts_of_short(fold_name(line.strip())) if len(line) <= _MAX_CHARS else ()


# A date's element and those around it are asked in turn.
@lru_cache(maxsize=256)
def _parts_of_short(text: str) -> tuple[DatedPart, ...]:
    spans = _separate_spans(text)
    if not 0 < len(spans) <= _MAX_DAYS:
        return ()
    words = WORD.findall(without_city_time(text))
    others = sum(_words_in(word) for word in words if not _goes_with_dates(word))
    if len(spans) == 1:
        labelled = not _LABEL_WORDS.isdisjoint(words)
        return (DatedPart(text, label(text), others, labelled),)
    cuts = [0, *(_cut(text, a[1], b[0]) for a, b in pairwise(spans)), len(text)]
    parts = [text[start:end] for start, end in pairwise(cuts)]
    kinds = [label(part) for part in parts]
    if not any(kinds):
        return ()
    if kinds[0] is None and kinds[1] == "modified":
        kinds[0] = "published"
    return tuple(DatedPart(part, kind, others) for part, kind in zip(parts, kinds, strict=True))


def _words_in(run: str) -> int:
    """How many words a run of letters is: East Asia writes no spaces."""
    return 1 + len(run) // 3 if "\u3000" < run[0] < "\uac00" else 1


def _separate_spans(text: str) -> list[tuple[int, int]]:
    """Where its days stand; a day in two calendars is one, but a day of publication and of an
    update.
    """
    spans: list[tuple[int, int]] = []
    days: set[date] = set()
    for start, end, day in sorted(find_spans(text, day_first=True)):
        after = spans[-1][1] if spans else 0
        is_named = day in days and _cut(text, after, start) < start
        if start >= after and (day not in days or is_named):
            spans.append((start, end))
        days.add(day)
    return spans


def _cut(text: str, end: int, start: int) -> int:
    """Where the part of the next day begins: at the word that names it, else at the day."""
    for word in WORD.finditer(text, end, start):
        if word[0] in _PUBLISHED_WORDS or word[0] in _MODIFIED_WORDS:
            return word.start()
    return start


def _goes_with_dates(word: str) -> bool:
    return word in _DATE_LINE_WORDS or in_calendar(word)


def join_date_lines(lines: Iterable[str]) -> str:
    """Lines with a day or a time alone, as one text for `parse_date`."""
    return " ".join(line.strip(" \t•·*-–—|▪●") for line in lines)


def has_time(text: str) -> bool:
    return find_time(fold_name(text)) is not None
