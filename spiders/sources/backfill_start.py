"""From when a backfill takes articles, and which are known to be older before they are fetched: by what
their source says, and by the date in their address, where it is one for certain (`/2026/11/28/…`,
`/2026-11-28-…`, `/2026/11/slug`). Eight digits in a row may be a number.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from items import Link, Site
from text.timestamps import is_before


@dataclass(frozen=True, slots=True)
class BackfillStart:
    """How far back: ISO 8601 UTC, and the day of it in the site's zone."""

    moment: str
    day: str

    def excludes(self, link: Link) -> bool:
        """Whether the article is known to be earlier before it is fetched."""
        if link.hints.published:
            return link.hints.published < self.moment
        return is_before(link.hints.modified, self.moment) or is_address_before(link.url, self.day)


def backfill_start(moment: str, site: Site) -> BackfillStart:
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(site.timezone))
    return BackfillStart(moment, f"{local:%Y-%m-%d}")


_DAY = re.compile(r"/((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_MONTH = re.compile(r"/((?:19|20)\d\d)([/-])(0[1-9]|1[0-2])(?=/[^/])")
_MAX_CHARS = 2_000


def address_date(url: str) -> str | None:
    """`2026-11-28`, or `2026-11` where the address has no day; of several, the first."""
    if match := _DAY.search(url[:_MAX_CHARS]):
        return f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}"
    match = _MONTH.search(url[:_MAX_CHARS])
    return f"{match[1]}-{match[3]}" if match else None


def is_address_before(url: str, day: str) -> bool:
    """Whether the address has a date before `day` (ISO); False where it has none."""
    date = address_date(url)
    return date is not None and date < day[: len(date)]
