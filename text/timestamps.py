"""Times as the database holds them: ISO 8601 UTC to the second, ending in Z, ordered as strings."""

from datetime import UTC, datetime, timedelta


def utc_now() -> str:
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(time: str, seconds: float) -> str:
    return written(datetime.fromisoformat(time) + timedelta(seconds=seconds))
