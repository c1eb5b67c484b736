"""Times in the form of the database (ISO 8601 UTC to the second, ending in Z, ordered as strings)
and in that of HTTP headers (RFC 9110 5.6.7).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


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
    """An aware datetime, in UTC when the header has no zone; None if it is no date."""
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
