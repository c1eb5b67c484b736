"""Time zones as texts name them: `+03`, `PKT`, `ET`, «غرينتش+3», «بتوقيت القاهرة»."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from text.folding import fold_name

# Hours from UTC. Of an abbreviation with several meanings, the one that the site's own zone has,
# else the first; `ist` alone (India, Israel, Ireland) means nothing.
_HOURS: dict[str, tuple[float, ...]] = {
    "z": (0,), "utc": (0,), "gmt": (0,), "ut": (0,), "wet": (0,), "west": (1,), "cet": (1,),
    "cest": (2,), "eet": (2,), "eest": (3,), "msk": (3,), "мск": (3,), "trt": (3,), "mez": (1,),
    "mesz": (2,), "est": (-5,), "edt": (-4,), "cdt": (-5,), "mst": (-7,), "mdt": (-6,),
    "pst": (-8,), "pdt": (-7,), "akst": (-9,), "akdt": (-8,), "hst": (-10,), "adt": (-3,),
    "nst": (-3.5,), "ndt": (-2.5,), "brt": (-3,), "clt": (-4,), "pkt": (5,),
    "jst": (9,), "kst": (9,), "hkt": (8,), "sgt": (8,), "pht": (8,), "myt": (8,), "ict": (7,),
    "wib": (7,), "wita": (8,), "wit": (9,), "npt": (5.75,), "aft": (4.5,), "irst": (3.5,),
    "idt": (3,), "ksa": (3,), "gst": (4,), "sast": (2,),
    "aest": (10,), "aedt": (11,), "acst": (9.5,), "acdt": (10.5,), "awst": (8,), "nzst": (12,),
    "nzdt": (13,), "ast": (3, -4), "cst": (-6, 8), "bst": (1, 6), "ist": (5.5, 2, 1),
}  # fmt: skip
_UNKNOWN_ALONE = frozenset({"ist"})
_PLACES = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}  # fmt: skip
ABBREVIATIONS = frozenset(_HOURS) | _PLACES.keys()

_GREENWICH = "غرينتش غرينيتش جرينتش جرينيتش گرینویچ گرينويچ greenwich"
_GREENWICH_SHIFT = re.compile(
    rf"(?:{'|'.join(map(fold_name, _GREENWICH.split()))})\s?(?P<shift>[+-]\s?\d{{1,2}}(?::?\d\d)?)?"
)
# «بتوقيت القاهرة», "Cairo time". A place alone is where something happened.
_CITIES = {
    "مكة|السعودية|الرياض": "Asia/Riyadh",
    "القاهرة|مصر": "Africa/Cairo",
    "القدس|فلسطين": "Asia/Jerusalem",
    "دمشق|سوريا": "Asia/Damascus",
    "بيروت|لبنان": "Asia/Beirut",
    "بغداد|العراق": "Asia/Baghdad",
    "عمان|الأردن": "Asia/Amman",
    "الإمارات|أبوظبي|أبو ظبي|دبي": "Asia/Dubai",
    "الدوحة|قطر": "Asia/Qatar",
    "الكويت": "Asia/Kuwait",
    "صنعاء|عدن|اليمن": "Asia/Aden",
    "الجزائر": "Africa/Algiers",
    "تونس": "Africa/Tunis",
    "طرابلس|ليبيا": "Africa/Tripoli",
    "الخرطوم|السودان": "Africa/Khartoum",
    "تهران": "Asia/Tehran",
    "کابل": "Asia/Kabul",
    "موسكو": "Europe/Moscow",
}
_ZONE_OF_CITY = {
    fold_name(city): zone for cities, zone in _CITIES.items() for city in cities.split("|")
}
CITY_TIME = re.compile(
    rf"(?:(?:(?:ب?ت)?وقيت|(?:به )?وقت)\s(?:ال)?({'|'.join(sorted(_ZONE_OF_CITY, key=len, reverse=True))})|(مكه))(?!\w)"
)
_IN_CITY_TIME = fold_name("وق")  # all of its forms have it: most lines need no search
ZONE_WORDS = ABBREVIATIONS | set(map(fold_name, _GREENWICH.split()))


def without_city_time(text: str) -> str:
    """Folded text without «بتوقيت القاهرة»."""
    return CITY_TIME.sub(" ", text) if _IN_CITY_TIME in text else text


def abbreviated(name: str, local: tzinfo | None = None) -> tzinfo | None:
    """The zone of an abbreviation in lower case; None for one that may be anywhere."""
    if place := _PLACES.get(name):
        return ZoneInfo(place)
    meanings = [timezone(timedelta(hours=hours)) for hours in _HOURS[name]]
    if len(meanings) > 1 and local is not None:
        offsets = {datetime(2020, month, 1, tzinfo=local).utcoffset() for month in (1, 7)}
        for zone in meanings:
            if zone.utcoffset(None) in offsets:
                return zone
    return None if name in _UNKNOWN_ALONE else meanings[0]


@lru_cache(maxsize=256)
def zone_in_words(text: str) -> tzinfo | None:
    """The zone that a folded text names beside its time: Greenwich's, or «بتوقيت» and a city."""
    if match := _GREENWICH_SHIFT.search(text):
        return offset(match["shift"].replace(" ", "")) if match["shift"] else UTC
    if match := CITY_TIME.search(text):
        return ZoneInfo(_ZONE_OF_CITY[match[1] or match[2]])
    return None


def offset(text: str) -> timezone | None:
    """The zone of `+03`, `+3:00`, `-0330`; None beyond 14 hours, the largest there is."""
    digits = text[1:].replace(":", "")
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    difference = timedelta(hours=int(hours), minutes=int(minutes))
    if difference > timedelta(hours=14) or int(minutes) > 59:
        return None
    return timezone(-difference if text[0] == "-" else difference)
