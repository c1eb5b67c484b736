"""The head of a WARC record, and of the HTTP response in it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from text.timestamps import format_utc

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"\r?\n\r?\n")
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  # for wrong zones and clocks
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")


@dataclass(frozen=True, slots=True)
class RecordHead:
    """`fields` by name in lower case; `body`: the offset of what follows the head."""

    fields: dict[str, str]
    body: int

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def kind(self) -> str:
        """`response`, `revisit`, `resource`, `request`, `warcinfo`, …"""
        return self.get("warc-type").lower()

    @property
    def url(self) -> str:
        # Old versions of wget wrote it in angle brackets.
        return self.get("warc-target-uri").strip("<>")

    @property
    def date(self) -> str | None:
        return capture_time(self.get("warc-date"))


def capture_time(time: str) -> str | None:
    """To the second, UTC; WARC 1.1 allows fractions. None: not a time, or none at which a page of the
    web was fetched: one in the year 9999 would stay the latest for ever.
    """
    try:
        moment = datetime.fromisoformat(time)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not _FIRST <= moment <= datetime.now(UTC) + _AHEAD:
            return None
        return format_utc(moment)
    except (ValueError, OverflowError):
        return None


def length_of(data: bytes) -> int | None:
    """Bytes of the record that `data` begins with, including its closing blank lines."""
    end = _END.search(data)
    length = _LENGTH.search(data, 0, end.start() + 1) if end else None
    return end.end() + int(length[1]) + 4 if end and length else None


def warc_head(data: bytes) -> RecordHead | None:
    return _head(data, 0)


def http_head(data: bytes, start: int) -> tuple[int, RecordHead] | None:
    """Status and head of the HTTP response that begins at `start`; None: there is none."""
    status = _STATUS.match(data, start)
    head = _head(data, start)
    return (int(status[1]), head) if status and head else None


def header_lines(data: bytes, start: int, end: int) -> tuple[tuple[str, str], ...]:
    """Every header of the response between these offsets; `RecordHead` has the first of each name."""
    lines = data[start:end].decode("latin-1").splitlines()[1:]
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon)


def _head(data: bytes, start: int) -> RecordHead | None:
    end = _END.search(data, start)
    if end is None:
        return None
    fields: dict[str, str] = {}
    for line in data[start : end.start()].decode("utf-8", "replace").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return RecordHead(fields, end.end())
