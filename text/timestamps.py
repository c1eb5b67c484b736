"""Times in the form of the database (ISO 8601 UTC to the second, ending in Z, ordered as strings)
and in that of HTTP headers (RFC 9110 5.6.7).
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_DATE = 100  # characters; a date of HTTP has 29


def utc_now() -> str:
    return format_utc(datetime.now(UTC))


def format_utc(moment: datetime) -> str:
    """Raises OverflowError where the moment is in no year that there is in UTC."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="seconds") + "Z"  # strftime writes the year 1 as `1`


def add_seconds(time: str, seconds: float) -> str:
    return format_utc(datetime.fromisoformat(time) + timedelta(seconds=seconds))


def is_before(time: str | None, start: str | None) -> bool:
    """Whether a time is known to lie before `start`; None: not known, no start."""
    return bool(time and start and time < start)


def http_date(value: str | None) -> datetime | None:
    """In UTC; None if it is no date, or none that a calendar has."""
    try:
        moment = parsedate_to_datetime((value or "")[:_MAX_DATE])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


_ISO_8601 = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ](?P<time>\d\d:\d\d(?P<seconds>:\d\d)?.*))?", re.DOTALL
)
# Newspapers began in 1605; a year beyond is a program's word for “never”.
_YEARS = range(1600, 2200)


def stored_time(value: str) -> str | None:
    """A time that another program wrote, as it is stored: a day (`2026-11-01`), a time without a zone
    (`2026-11-01T06:00`), or UTC. None where it is no time: `2025-13-45`, `yesterday`, year 1.
    """
    value = value.strip()
    match = _ISO_8601.fullmatch(value)
    try:
        moment = datetime.fromisoformat(value) if match else http_date(value)
        if moment is None or moment.year not in _YEARS:
            return None
        if match and not match["time"]:
            return value
        if moment.tzinfo:
            return format_utc(moment)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="seconds" if match and match["seconds"] else "minutes")
