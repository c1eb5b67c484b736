"""The time of day and its zone in a short text: `4:16 م`, `16:16 GMT+3`, `下午4:16`."""

import re
from dataclasses import dataclass
from datetime import time, tzinfo

from pipelines.dates.time_zones import ABBREVIATIONS, abbreviated, offset, zone_in_words
from text.folding import fold_name

_BEFORE_NOON = (
    "am a.m. a.m ص صباحا صباح الصباح صبح فجرا الفجر بامداد سحر ق.ظ قبل_الظهر بعد_منتصف_الليل "
    "上午 早上 凌晨 午前 오전 πμ π.μ. öö vorm de_la_mañana de_la_madrugada da_manhã утра sabah "
    "पूर्वाह्न pagi د.ب پ.ن"
)
_AFTER_NOON = (
    "pm p.m. p.m م مساء المساء ظهرا الظهر عصرا العصر بعد_الظهر ب.ظ بعدازظهر بعد_از_ظهر عصر ظهر "
    "下午 晚上 午後 오후 μμ μ.μ. ös nachm de_la_tarde da_tarde дня вечера अपराह्न sore د.ن"
)
# Hours before midnight and behind it: 11 is 23, 12 is 0, 1 is 1.
_NIGHT = "ليلا الليل منتصف_الليل شب نیمه_شب de_la_noche da_noite ночи gece रात malam"


_KINDS = {"am": _BEFORE_NOON, "pm": _AFTER_NOON, "night": _NIGHT}
# Folded word or abbreviation → kind.
MERIDIEMS = {
    fold_name(word.replace("_", " ")): kind
    for kind, words in _KINDS.items()
    for word in words.split()
}
_MERIDIEM = "|".join(re.escape(word) for word in sorted(MERIDIEMS, key=len, reverse=True))
# East Asia writes no spaces: `6月21日下午4:16`. Elsewhere it is the end of a word: «اليوم 4:16».
# A letter behind a year is its mark: «2023م 4:16».
_WORD_START = r"(?:(?<![^\W_])(?<!\d\s)|(?=[\u3000-\u9fff\uac00-\ud7af]))"
_ZONE = "|".join(sorted(ABBREVIATIONS, key=len, reverse=True))

_TIME = re.compile(
    rf"""(?<![\d:./])(?:{_WORD_START}(?P<pre>{_MERIDIEM})[\s.,]{{0,2}})?
    (?P<hour>\d{{1,2}})
    (?: (?:\s?:\s?|\s?h\s?(?=\d\d))(?P<minute>[0-5]\d)(?:\s?:\s?(?P<second>[0-5]\d)(?:[.,]\d{{1,9}})?)?(?!\d)
      | \s?[時时시]\s?(?:(?P<east>[0-5]?\d)\s?[分분])?
      | \.(?P<dotted>[0-5]\d)(?=\s?(?:uhr|wib|wita|wit)\b|\s?[ap]\.?m\b)
      | (?=\s?(?:am|pm|a\.m\.|p\.m\.|صباحا|مسا|ظهرا|ليلا)(?!\w)) )
    (?:\s{{0,3}}(?P<post>{_MERIDIEM})(?!\w))?
    (?: (?P<near>[+-]\d\d(?::?\d\d)?)(?![\d/.-])
      | \s?\(?(?P<far>[+-]\d\d:?\d\d)(?![\d/.-])
      | \s{{0,3}}[(,]?\s?(?P<zone>{_ZONE})\b(?:\s?(?P<shift>[+-]\d{{1,2}}(?::?\d\d)?)(?![\d/.-]))? )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """`zone` is None when the text has none; `rest` is the text without the time; `next_day` is true
    for `24:00`, which ends the day.
    """

    time: time
    zone: tzinfo | None
    rest: str
    next_day: bool = False


def find_time(text: str, local: tzinfo | None = None) -> Clock | None:
    """The first time of day in `text`, folded by `fold_name`. `local`, the zone of the place,
    decides between the meanings of an abbreviation (`AST`).
    """
    for match in _TIME.finditer(text):
        hour = _hour(int(match["hour"]), MERIDIEMS.get(match["post"] or match["pre"] or ""))
        minute, second = _minute(match), int(match["second"] or 0)
        if hour is None or (hour == 24 and (minute or second)):
            continue
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        zone = _zone(match, text[match.end() :], rest, local)
        return Clock(time(hour % 24, minute, second), zone, rest, next_day=hour == 24)
    return None


def _minute(match: re.Match[str]) -> int:
    return int(match["minute"] or match["dotted"] or match["east"] or 0)


def _hour(hour: int, kind: str | None) -> int | None:
    """0 to 24."""
    if kind == "night":
        kind = "pm" if 6 < hour < 12 else "am"
    if kind == "pm" and hour < 12:
        return hour + 12
    if kind == "am" and hour == 12:
        return 0
    return hour if hour <= 24 else None


def _zone(match: re.Match[str], behind: str, rest: str, local: tzinfo | None) -> tzinfo | None:
    if shift := match["near"] or match["far"] or match["shift"]:
        return offset(shift)
    name = match["zone"]
    # French has «10h30 et mis à jour».
    if name and not (name == "et" and not match["post"] and re.match(r"\s+[^\W\d_]", behind)):
        return abbreviated(name, local)
    return zone_in_words(rest)
