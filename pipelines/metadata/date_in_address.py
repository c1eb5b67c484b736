"""The day, or the month, that an article's address has: `/2023/06/21/`, `/2023/06/`."""

import re
from urllib.parse import unquote, urlsplit

from pipelines.dates.parse import DateContext, Moment

_YEAR_FIRST = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-](\d{1,2})[/_.-](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"),
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[_.-](\d{1,2})[_.-]((?:19|20)\d\d)(?!\d)")
_MONTH = re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/")


def date_in_address(url: str, times: DateContext) -> Moment | None:
    """`/2023/06/21/`, `/2023-06-21-`, `/20230621`; `/21-06-2023-` where its order is certain."""
    path = _path(url)
    matches = (match for pattern in _YEAR_FIRST for match in pattern.finditer(path))
    days = ["-".join((m[1], m[2].zfill(2), m[3].zfill(2))) for m in matches]
    for match in _YEAR_LAST.finditer(path):
        first, second = int(match[1]), int(match[2])
        if max(first, second) > 12 or first == second:
            day, month = max(first, second), min(first, second)
            days.append(f"{match[3]}-{month:02}-{day:02}")
    return next(times.each(days), None)


def month_in_address(url: str) -> tuple[int, int] | None:
    """Year and month."""
    match = _MONTH.search(_path(url))
    return (int(match[1]), int(match[2])) if match else None


def _path(url: str) -> str:
    try:
        return unquote(urlsplit(url[:2000]).path)
    except ValueError:
        return ""
