"""Times in the form of the database (ISO 8601 UTC to the second, ending in Z, ordered as strings)
and in that of HTTP headers (RFC 9110 5.6.7).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_DATE = 100  # characters; a date of HTTP has 29


def utc_now() -> str:
    return format_utc(datetime.now(UTC))


def format_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
    except (ValueError, OverflowError):
        return None
