"""Where a site's REST interface was left, so that a crawl killed at any instant loses nothing.

A crawl asks in three phases, and after every answer the cursor is saved with its posts:
`edits`: what was modified since, oldest first; `late`: posts dated in the last hours that were
not seen, because a scheduled post appears with the modification time of its last saving;
`backfill`: the archive, newest first. On a first visit there is only the backfill.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from items import Site
from spiders.discovery.wordpress import posts_url

# A post may be saved by one server while another answers.
_OVERLAP = timedelta(minutes=1)
_DAY, _NONE = timedelta(days=1), timedelta()
_FEWEST = 10

Phase = Literal["edits", "late", "backfill", "done"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """`edited`, `newest` (UTC): all that was modified, or is dated, up to then has been seen.

    `seen`: posts dated in the hours before `newest`, by id. `before`: local time down to which
    the archive has been seen, `filled` at its end. `asked` and `page`: the question under way.
    """

    phase: Phase = "backfill"
    edited: str | None = None
    newest: str | None = None
    seen: dict[int, str] = field(default_factory=dict)
    before: str | None = None
    filled: bool = False
    asked: str | None = None
    page: int = 1
    per_page: int = 100


def read_cursor(text: str | None) -> Cursor:
    """What `write_cursor` wrote; anything else is a first visit."""
    try:
        saved = json.loads(text or "{}")
        seen = {int(number): str(when) for number, when in saved.pop("seen", {}).items()}
        cursor = Cursor(seen=seen, **saved)
        for when in filter(None, (cursor.edited, cursor.newest, cursor.before)):
            datetime.fromisoformat(when)
    except (ValueError, TypeError, AttributeError):
        return Cursor()
    return cursor


def write_cursor(cursor: Cursor) -> str:
    return json.dumps(asdict(cursor), separators=(",", ":"))


def begin(cursor: Cursor, site: Site) -> Cursor:
    """The first question of a new crawl."""
    if cursor.edited is None or cursor.newest is None:
        return Cursor(per_page=cursor.per_page)
    asked = shifted(cursor.edited, -_overlap(cursor.edited, site))
    return replace(cursor, phase="edits", asked=asked, page=1)


def question(cursor: Cursor, root: str, site: Site) -> str | None:
    """The URL to ask next; None: everything has been asked."""
    page, many = cursor.page, cursor.per_page
    if cursor.phase == "edits":
        return posts_url(
            root,
            page=page,
            per_page=many,
            modified_after=cursor.asked,
            orderby="modified",
            order="asc",
        )
    if cursor.phase == "late":
        known = tuple(cursor.seen)
        return posts_url(root, per_page=many, after=cursor.asked, exclude=known, order="asc")
    if cursor.phase == "backfill":
        since = f"{site.since}T00:00:00" if site.since else None
        return posts_url(root, page=page, per_page=many, before=cursor.before, after=since)
    return None


def gentler(cursor: Cursor) -> Cursor | None:
    """Half as many posts a page, for a server whose answers are too large or too slow."""
    fewer = cursor.per_page // 2
    return replace(cursor, per_page=fewer, page=1) if fewer >= _FEWEST else None


def _overlap(when: str, site: Site) -> timedelta:
    """Posts are compared by local time, in which an hour comes twice when clocks go back."""
    moment, zone = datetime.fromisoformat(when), ZoneInfo(site.timezone)
    around = [(moment + shift).astimezone(zone).utcoffset() for shift in (-_DAY, _DAY)]
    return _OVERLAP + abs((around[0] or _NONE) - (around[1] or _NONE))


def shifted(when: str, by: timedelta) -> str:
    """A UTC time ending in `Z`, or a local one without a zone, stays what it is."""
    moment = datetime.fromisoformat(when) + by
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + (
        "Z" if moment.tzinfo else ""
    )
