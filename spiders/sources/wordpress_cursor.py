"""How far a site's REST interface has been read, so that a crawl killed at any instant loses nothing.

A crawl has three phases, and the cursor is saved with the posts of every response:
`edits`: what was modified since, oldest first; `late`: posts dated in the last hours that were
not seen, because a scheduled post appears with the modification time of its last saving;
`backfill`: the archive, newest first. A first crawl has only the backfill.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from items import Site
from spiders.fetching.errors import WrongFormat
from spiders.sources.wordpress_api import Post, PostsPage, posts_url

# Of two servers behind one name, one may save a post while the other responds.
_OVERLAP = timedelta(minutes=1)
_DAY, _NONE = timedelta(days=1), timedelta()
_MIN_PER_PAGE = 10

Phase = Literal["edits", "late", "backfill", "done"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """`edited`, `newest` (UTC): all that was modified, or is dated, up to then has been seen.

    `seen`: posts dated in the hours before `newest`, by id. `before`: local time down to which
    the archive has been seen, `filled` at its end. `asked` (a time) and `page`: the query under way.
    Field names are stored.
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
    """What `write_cursor` wrote; a new cursor for anything else."""
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
    """The first query of a new crawl."""
    if cursor.edited is None or cursor.newest is None:
        return Cursor(per_page=cursor.per_page)
    asked = shifted(cursor.edited, -_overlap(cursor.edited, site))
    return replace(cursor, phase="edits", asked=asked, page=1)


def cursor_query(cursor: Cursor, root: str, site: Site) -> str | None:
    """The URL to request next; None at the end."""
    page, per_page = cursor.page, cursor.per_page
    if cursor.phase == "edits":
        return posts_url(
            root,
            page=page,
            per_page=per_page,
            modified_after=cursor.asked,
            orderby="modified",
            order="asc",
        )
    if cursor.phase == "late":
        known = tuple(cursor.seen)
        return posts_url(root, per_page=per_page, after=cursor.asked, exclude=known, order="asc")
    if cursor.phase == "backfill":
        # `after` is exclusive, and a post of midnight is of the first day.
        since = shifted(f"{site.since}T00:00:00", -_SECOND) if site.since else None
        return posts_url(root, page=page, per_page=per_page, before=cursor.before, after=since)
    return None


def smaller_page(cursor: Cursor) -> Cursor | None:
    """Half as many posts a page, for a server whose responses are too large or too slow; None where
    they are few already.
    """
    fewer = cursor.per_page // 2
    return replace(cursor, per_page=fewer, page=1) if fewer >= _MIN_PER_PAGE else None


def _overlap(when: str, site: Site) -> timedelta:
    """WordPress compares local times, in which an hour comes twice when clocks go back."""
    moment, zone = datetime.fromisoformat(when), ZoneInfo(site.timezone)
    offsets = [(moment + shift).astimezone(zone).utcoffset() for shift in (-_DAY, _DAY)]
    return _OVERLAP + abs((offsets[0] or _NONE) - (offsets[1] or _NONE))


def shifted(when: str, by: timedelta) -> str:
    """A UTC time ending in `Z` stays one, and so does a local time without a zone."""
    moment = datetime.fromisoformat(when) + by
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + (
        "Z" if moment.tzinfo else ""
    )


# How late WordPress may publish scheduled posts: readers' requests are its clock.
_MAX_DELAY = timedelta(hours=6)
_SECOND = timedelta(seconds=1)
_MAX_SEEN = 400
# Pages of posts with one and the same second; a server with more of them makes them up.
_MAX_STALLED_PAGES = 50
# And those that are not full: some posts of a page may be hidden, but not of one page after the other.
_MAX_SHORT_PAGES = 3
# So many posts older than `modified_after` are no accident.
_MIN_TO_JUDGE = 10


def advance_cursor(cursor: Cursor, posts_page: PostsPage, now: str) -> Cursor:
    """The cursor to save with the links of `posts_page`. WrongFormat: a WordPress before 5.7, which
    cannot limit posts by modification time.
    """
    fresh = any(post.id not in cursor.seen for post in posts_page.posts)
    cursor = replace(cursor, seen=_with_seen(cursor.seen, posts_page.posts))
    if cursor.phase == "edits":
        return _after_edits(cursor, posts_page, now)
    if cursor.phase == "late":
        return _after_late(cursor, posts_page, now, fresh=fresh)
    return _after_backfill(cursor, posts_page, now)


def _after_edits(cursor: Cursor, posts_page: PostsPage, now: str) -> Cursor:
    times = [post.modified for post in posts_page.posts if post.modified]
    if len(times) >= _MIN_TO_JUDGE and max(times) <= (cursor.asked or ""):
        raise WrongFormat("the WordPress REST interface is older than 5.7: no modified_after")
    latest = max([*times, cursor.edited or now])
    if _is_last(cursor, posts_page):
        after = shifted(cursor.newest or now, -_MAX_DELAY)
        return replace(cursor, phase="late", edited=min(latest, now), asked=after, page=1)
    step = shifted(max(times, default=now), -_SECOND)
    if step <= (cursor.asked or ""):
        return replace(cursor, page=cursor.page + 1)
    edited = max(cursor.edited or "", min(step, now))
    return replace(cursor, edited=edited, asked=step, page=1)


def _after_late(cursor: Cursor, posts_page: PostsPage, now: str, *, fresh: bool) -> Cursor:
    """Each query excludes what was seen, so that its first page has the rest; `page` counts them."""
    if (
        fresh
        and cursor.page < _MAX_STALLED_PAGES
        and not _is_last(replace(cursor, page=1), posts_page)
    ):
        latest = max((post.published for post in posts_page.posts if post.published), default=now)
        asked = max(shifted(latest, -_SECOND), cursor.asked or "")
        return replace(cursor, asked=asked, page=cursor.page + 1)
    newest = min(max([cursor.newest or now, *cursor.seen.values()]), now)
    phase: Phase = "done" if cursor.filled else "backfill"
    return replace(cursor, phase=phase, newest=newest, seen=_recent(cursor.seen, newest), page=1)


def _after_backfill(cursor: Cursor, posts_page: PostsPage, now: str) -> Cursor:
    if cursor.edited is None and posts_page.posts:
        newest = min(max(cursor.seen.values(), default=now), now)
        edited = min(max((p.modified for p in posts_page.posts if p.modified), default=now), now)
        seen = _recent(cursor.seen, newest)
        cursor = replace(cursor, edited=edited, newest=newest, seen=seen)
    if _is_last(cursor, posts_page):
        return replace(cursor, phase="done", filled=True)
    oldest = min((post.local for post in posts_page.posts if post.local), default=None)
    before = shifted(oldest, _SECOND) if oldest else None
    if before is None or (cursor.before and before >= cursor.before):
        return replace(cursor, page=cursor.page + 1)
    return replace(cursor, before=before, page=1)


def _is_last(cursor: Cursor, posts_page: PostsPage) -> bool:
    if not posts_page.posts or cursor.page >= _MAX_STALLED_PAGES:
        return True
    is_short = len(posts_page.posts) < cursor.per_page
    if posts_page.pages is None or (is_short and cursor.page >= _MAX_SHORT_PAGES):
        return is_short
    return cursor.page >= posts_page.pages


def _with_seen(seen: dict[int, str], posts: tuple[Post, ...]) -> dict[int, str]:
    both = seen | {post.id: post.published for post in posts if post.id and post.published}
    return dict(sorted(both.items(), key=lambda item: item[1])[-_MAX_SEEN:])


def _recent(seen: dict[int, str], newest: str) -> dict[int, str]:
    since = shifted(newest, -_MAX_DELAY)
    return {number: when for number, when in seen.items() if when >= since}
