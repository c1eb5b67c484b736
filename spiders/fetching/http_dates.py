"""Dates in headers (RFC 9110 5.6.7), which servers write in many ways."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_date(said: str | None) -> datetime | None:
    """With its zone, UTC where it names none; None of what is no date."""
    try:
        found = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
