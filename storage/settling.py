"""What becomes of an address of the frontier once it was tried."""

import random
from typing import Literal

from sqlite_utils import Database

from storage.article_rows import Row
from storage.database import transaction
from storage.reading import one
from text.normalise import storable
from text.timestamps import later

State = Literal["done", "failed", "gone", "denied", "rejected", "queued"]

_FIRST_WAIT = 5 * 60
_JITTER = 0.2


def settle(
    db: Database,
    url: str,
    state: State,
    *,
    reason: str = "",
    now: str,
    retry_at: str | None = None,
    article_id: str | None = None,
) -> None:
    """The address is in `state`; a final one drops the body it came with. `queued` means to come
    back at `retry_at`, and counts as no attempt.
    """
    queued = state == "queued"
    with transaction(db):
        db.execute(
            "UPDATE frontier SET state = :state, reason = :reason, settled = coalesce(:settled, settled), due = :due, "
            "article = coalesce(:article, article), payload = iif(:queued, payload, NULL), recheck = NULL "
            "WHERE url = :url",
            {
                "url": storable(url),
                "state": state,
                "reason": storable(reason),
                "settled": None if queued else now,
                "due": (retry_at or now) if queued else None,
                "article": article_id,
                "queued": queued,
            },
        )


def retry(db: Database, url: str, reason: str, *, now: str, attempts_max: int = 5) -> None:
    """A passing failure: come back after 5, 20, 80, … minutes; after `attempts_max`, give up."""
    with transaction(db):
        row = one(db, "frontier", "url", storable(url))
        if row is None:
            return
        attempts = row["attempts"] + 1
        db.execute("UPDATE frontier SET attempts = ? WHERE url = ?", [attempts, row["url"]])
        if attempts >= attempts_max:
            settle(db, url, "failed", reason=reason, now=now)
        else:
            settle(db, url, "queued", reason=reason, now=now, retry_at=_next(now, attempts))


def done(db: Database, url: str, article: Row, *, unchanged: bool) -> None:
    """The address is stored as `article`. One that discovery never found gets a row all the same,
    so that it is not fetched when discovery does. Inside a transaction only.
    """
    db.execute(
        "INSERT INTO frontier (url, fetch_url, site, state, article, found, found_by, settled, "
        "published, modified) VALUES (:url, :url, :site, 'done', :id, :first_seen, :found_by, "
        ":first_seen, :published, :modified) ON CONFLICT (url) DO UPDATE SET state = 'done', "
        "reason = '', article = excluded.article, attempts = 0, due = NULL, payload = NULL, "
        "settled = excluded.settled, site = coalesce(site, excluded.site), "
        # A look that nobody asked for says nothing of those who say that all has changed.
        "unchanged = iif(:unchanged, unchanged + (state = 'queued'), 0), recheck = NULL, "
        "modified = nullif(max(coalesce(modified, ''), coalesce(excluded.modified, '')), '')",
        article | {"url": storable(url), "unchanged": unchanged},
    )


def _next(now: str, attempts: int) -> str:
    wait = _FIRST_WAIT * 4 ** (attempts - 1)
    # Many addresses of a site fail together; they should not come back together.
    return later(now, wait * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311
