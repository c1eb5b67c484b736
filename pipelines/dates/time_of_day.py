"""The time of day and its zone in a short text: `4:16 م`, `16:16 GMT+3`, `下午4:16`."""

import re
from dataclasses import dataclass
from datetime import time, timedelta, timezone

from text.folding import fold_name

_BEFORE_NOON = (
    "am a.m. a.m ص صباحا صباح الصباح صبح فجرا الفجر ق.ظ قبل_الظهر 上午 오전 πμ π.μ. öö vorm"
)
_AFTER_NOON = "pm p.m. p.m م مساء المساء ظهرا الظهر عصرا العصر بعد_الظهر ب.ظ بعدازظهر عصر 下午 오후 μμ μ.μ. ös nachm"
_NIGHT = "ليلا الليل"


_KINDS = {"am": _BEFORE_NOON, "pm": _AFTER_NOON, "night": _NIGHT}
# Folded word or abbreviation → kind.
MERIDIEMS = {
    fold_name(word.replace("_", " ")): kind
    for kind, words in _KINDS.items()
    for word in words.split()
}
_MERIDIEM = "|".join(re.escape(word) for word in sorted(MERIDIEMS, key=len, reverse=True))
# Hours from UTC. "IST" and the like mean several zones and are left out.
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5} | {
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "wet": 0, "west": 1, "bst": 1, "cet": 1,
    "cest": 2, "eet": 2, "eest": 3, "msk": 3, "мск": 3, "mez": 1, "mesz": 2,
}  # fmt: skip
ZONE_WORDS = frozenset(_ZONES)
_ZONES_BY_PLACE = {
    fold_name("غرينتش"): 0,
    fold_name("غرينيتش"): 0,
    fold_name("جرينتش"): 0,
    fold_name("مكة"): 3,
}

_TIME = re.compile(
    rf"""(?<![\d:./])(?:(?<![\d])(?<!\d\s)(?P<pre>{_MERIDIEM})[\s.,]{{0,2}})?
    (?P<hour>\d{{1,2}})
    (?: (?:\s?:\s?|h(?=\d\d))(?P<minute>[0-5]\d)(?:\s?:\s?(?P<second>[0-5]\d)(?:[.,]\d{{1,9}})?)?(?!\d)
      | \.(?P<dotted>[0-5]\d)(?=\s?uhr)
      | (?=\s?(?:am|pm|صباحا|مسا|ظهرا|ليلا)(?!\w)) )
    (?:\s{{0,3}}(?P<post>{_MERIDIEM})(?!\w))?
    (?: (?P<near>[+-]\d\d(?::?\d\d)?)(?![\d/.-])
      | \s?\(?(?P<far>[+-]\d\d:?\d\d)(?![\d/.-])
      | \s{{0,3}}\(?(?P<zone>{"|".join(sorted(_ZONES, key=len, reverse=True))})\b(?:\s?(?P<shift>[+-]\d{{1,2}}(?::?\d\d)?)(?![\d/.-]))? )?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """`zone` is None when the text has none; `rest` is the text without the time."""

    time: time
    zone: timezone | None
    rest: str


def find_time(text: str) -> Clock | None:
    """The first time of day in `text`, folded by `fold_name`."""
    for match in _TIME.finditer(text):
        hour = _hour(int(match["hour"]), MERIDIEMS.get(match["post"] or match["pre"] or ""))
        if hour is None:
            continue
        minute = int(match["minute"] or match["dotted"] or 0)
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        return Clock(time(hour, minute, int(match["second"] or 0)), _zone(match, rest), rest)
    return None


def _hour(hour: int, kind: str | None) -> int | None:
    if kind == "night":
        kind = "pm" if hour > 6 else "am"
    if kind == "pm" and hour < 12:
        return hour + 12
    if kind == "am" and hour == 12:
        return 0
    return hour if hour < 24 else None


def _zone(match: re.Match[str], rest: str) -> timezone | None:
    if shift := match["near"] or match["far"] or match["shift"]:
        return offset(shift)
    if match["zone"]:
        return timezone(timedelta(hours=_ZONES[match["zone"]]))
    hours = next((h for place, h in _ZONES_BY_PLACE.items() if place in rest), None)
    return None if hours is None else timezone(timedelta(hours=hours))


def offset(text: str) -> timezone | None:
    """The zone of `+03`, `+3:00`, `-0330`; None beyond 14 hours, the largest there is."""
    digits = text[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    difference = timedelta(hours=int(hours), minutes=int(minutes))
    if difference > timedelta(hours=14) or int(minutes) > 59:
        return None
    return timezone(-difference if text[0] == "-" else difference)
