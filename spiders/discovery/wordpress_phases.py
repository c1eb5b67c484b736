"""What an answer of the REST interface does to the cursor: the three phases, one after another."""

from dataclasses import replace
from datetime import timedelta

from spiders.autodiscovery import NotThisKind
from spiders.discovery.wordpress import Answer
from spiders.sources.wordpress_api import Post
from spiders.sources.wordpress_cursor import Cursor, Phase, shifted

# How late WordPress may publish what is scheduled: its clock is the visits of readers.
_LATE = timedelta(hours=6)
_SECOND = timedelta(seconds=1)
_MOST_SEEN = 400
# Pages of posts with one and the same second; a server that gives more of them is leading us on.
_MOST_STALLED = 50
# So many posts that are older than asked for are no accident.
_ENOUGH = 10


def advance(cursor: Cursor, answer: Answer, now: str) -> Cursor:
    """The cursor to save with the answer's links. NotThisKind: a WordPress before 5.7, whose
    answers cannot be limited by modification time.
    """
    fresh = any(post.id not in cursor.seen for post in answer.posts)
    cursor = replace(cursor, seen=_remembered(cursor.seen, answer.posts))
    if cursor.phase == "edits":
        return _after_edits(cursor, answer, now)
    if cursor.phase == "late":
        return _after_late(cursor, answer, now, fresh=fresh)
    return _after_backfill(cursor, answer, now)


def _after_edits(cursor: Cursor, answer: Answer, now: str) -> Cursor:
    times = [post.modified for post in answer.posts if post.modified]
    if len(times) >= _ENOUGH and max(times) <= (cursor.asked or ""):
        raise NotThisKind("the WordPress REST interface is older than 5.7: no modified_after")
    latest = max([*times, cursor.edited or now])
    if _is_last(cursor, answer):
        after = shifted(cursor.newest or now, -_LATE)
        return replace(cursor, phase="late", edited=min(latest, now), asked=after, page=1)
    step = shifted(max(times, default=now), -_SECOND)
    if step <= (cursor.asked or ""):
        return replace(cursor, page=cursor.page + 1)
    edited = max(cursor.edited or "", min(step, now))
    return replace(cursor, edited=edited, asked=step, page=1)


def _after_late(cursor: Cursor, answer: Answer, now: str, *, fresh: bool) -> Cursor:
    """Each question leaves out what was seen, so its first page is what is left; `page` counts."""
    if fresh and cursor.page < _MOST_STALLED and not _is_last(replace(cursor, page=1), answer):
        latest = max((post.published for post in answer.posts if post.published), default=now)
        asked = max(shifted(latest, -_SECOND), cursor.asked or "")
        return replace(cursor, asked=asked, page=cursor.page + 1)
    newest = min(max([cursor.newest or now, *cursor.seen.values()]), now)
    phase: Phase = "done" if cursor.filled else "backfill"
    return replace(cursor, phase=phase, newest=newest, seen=_recent(cursor.seen, newest), page=1)


def _after_backfill(cursor: Cursor, answer: Answer, now: str) -> Cursor:
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


def _is_last(cursor: Cursor, answer: Answer) -> bool:
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
