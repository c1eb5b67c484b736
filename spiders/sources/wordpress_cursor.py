"""Where a site's REST interface was left, so that a crawl killed at any instant loses nothing.

A crawl asks in three phases, and after every answer the cursor is saved with its posts:
`edits`: what was modified since, oldest first; `late`: posts dated in the last hours that were
not seen, because a scheduled post appears with the modification time of its last saving;
`backfill`: the archive, newest first. On a first session there is only the backfill.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.wordpress_api import Post, PostsPage, posts_url

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
    """What `write_cursor` wrote; anything else is a first session."""
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


def first_cursor(cursor: Cursor, site: Site) -> Cursor:
    """The first question of a new crawl."""
    if cursor.edited is None or cursor.newest is None:
        return Cursor(per_page=cursor.per_page)
    asked = shifted(cursor.edited, -_overlap(cursor.edited, site))
    return replace(cursor, phase="edits", asked=asked, page=1)


def cursor_query(cursor: Cursor, root: str, site: Site) -> str | None:
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


def smaller_page(cursor: Cursor) -> Cursor | None:
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


# How late WordPress may publish what is scheduled: its clock is the visits of readers.
_LATE = timedelta(hours=6)
_SECOND = timedelta(seconds=1)
_MOST_SEEN = 400
# Pages of posts with one and the same second; a server that gives more of them is leading us on.
_MOST_STALLED = 50
# So many posts that are older than asked for are no accident.
_ENOUGH = 10


def advance_cursor(cursor: Cursor, answer: PostsPage, now: str) -> Cursor:
    """The cursor to save with the answer's links. WrongFormat: a WordPress before 5.7, whose
    answers cannot be limited by modification time.
    """
    fresh = any(post.id not in cursor.seen for post in answer.posts)
    cursor = replace(cursor, seen=_remembered(cursor.seen, answer.posts))
    if cursor.phase == "edits":
        return _after_edits(cursor, answer, now)
    if cursor.phase == "late":
        return _after_late(cursor, answer, now, fresh=fresh)
    return _after_backfill(cursor, answer, now)


def _after_edits(cursor: Cursor, answer: PostsPage, now: str) -> Cursor:
    times = [post.modified for post in answer.posts if post.modified]
    if len(times) >= _ENOUGH and max(times) <= (cursor.asked or ""):
        raise WrongFormat("the WordPress REST interface is older than 5.7: no modified_after")
    latest = max([*times, cursor.edited or now])
    if _is_last(cursor, answer):
        after = shifted(cursor.newest or now, -_LATE)
        return replace(cursor, phase="late", edited=min(latest, now), asked=after, page=1)
    step = shifted(max(times, default=now), -_SECOND)
    if step <= (cursor.asked or ""):
        return replace(cursor, page=cursor.page + 1)
    edited = max(cursor.edited or "", min(step, now))
    return replace(cursor, edited=edited, asked=step, page=1)


def _after_late(cursor: Cursor, answer: PostsPage, now: str, *, fresh: bool) -> Cursor:
    """Each question leaves out what was seen, so its first page is what is left; `page` counts."""
    if fresh and cursor.page < _MOST_STALLED and not _is_last(replace(cursor, page=1), answer):
        latest = max((post.published for post in answer.posts if post.published), default=now)
        asked = max(shifted(latest, -_SECOND), cursor.asked or "")
        return replace(cursor, asked=asked, page=cursor.page + 1)
    newest = min(max([cursor.newest or now, *cursor.seen.values()]), now)
    phase: Phase = "done" if cursor.filled else "backfill"
    return replace(cursor, phase=phase, newest=newest, seen=_recent(cursor.seen, newest), page=1)


def _after_backfill(cursor: Cursor, answer: PostsPage, now: str) -> Cursor:
    if cursor.edited is None and answer.posts:
        newest = min(max(cursor.seen.values(), default=now), now)
        edited = min(max((p.modified for p in answer.posts if p.modified), default=now), now)
        seen = _recent(cursor.seen, newest)
        cursor = replace(cursor, edited=edited, newest=newest, seen=seen)
    if _is_last(cursor, answer):
        return replace(cursor, phase="done", filled=True)
    oldest = min((post.local for post in answer.posts if post.local), default=None)
    before = shifted(oldest, _SECOND) if oldest else None
    if before is None or (cursor.before and before >= cursor.before):
        return replace(cursor, page=cursor.page + 1)
    return replace(cursor, before=before, page=1)


def _is_last(cursor: Cursor, answer: PostsPage) -> bool:
    if not answer.posts or cursor.page >= _MOST_STALLED:
        return True
    if answer.pages is None:
        return len(answer.posts) < cursor.per_page
    return cursor.page >= answer.pages


def _remembered(seen: dict[int, str], posts: tuple[Post, ...]) -> dict[int, str]:
    both = seen | {post.id: post.published for post in posts if post.id and post.published}
    return dict(sorted(both.items(), key=lambda item: item[1])[-_MOST_SEEN:])


def _recent(seen: dict[int, str], newest: str) -> dict[int, str]:
    since = shifted(newest, -_LATE)
    return {number: when for number, when in seen.items() if when >= since}
