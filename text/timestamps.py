"""Times as the database holds them (ISO 8601 UTC to the second, ending in Z, ordered as strings)
and as HTTP headers write them (RFC 9110 5.6.7).
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def utc_now() -> str:
    return format_utc(datetime.now(UTC))


def format_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def add_seconds(time: str, seconds: float) -> str:
    return format_utc(datetime.fromisoformat(time) + timedelta(seconds=seconds))


def is_before(time: str | None, start: str | None) -> bool:
    """Whether a time is known to lie before `start`; None: not known, no start."""
    return bool(time and start and time < start)


def http_date(said: str | None) -> datetime | None:
    """With its zone, UTC where it names none; None of what is no date."""
    try:
        found = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
