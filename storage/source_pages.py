"""Backfills: for each site the pages of its sources that are to be read, and those that were. A page, the
addresses it lists and the pages it leads to are written in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from items import Reason
from storage import sites
from storage.database import transaction
from text.normalise import normalise_text

# Of one backfill: half a day at the usual pace, and no memory for who makes up page after page.
MAX_PAGES = 50_000


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page of a source of this kind. `position` is its reader's own; `attempts` have failed so far."""

    kind: str
    url: str
    position: str | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class BackfillState:
    """`since` is ISO 8601 UTC. `due`, `read` and `failed` count pages; one that `failed` is tried by the
    next crawl, one that was `refused` is not. `notes` are for a person.
    """

    since: str
    finished: str | None
    due: int
    read: int
    failed: int
    refused: int
    notes: tuple[str, ...]


def begin(db: Database, site: str, since: str, pages: Sequence[SourcePage], now: str) -> None:
    """Goes on with a backfill to the same time that has not ended, else begins one, in which what was
    rejected for its age is due once more. `pages` are the first of each source.
    """
    with transaction(db):
        known = state(db, site)
        if known and known.since == since and not known.finished:
            db.execute(
                "UPDATE _source_pages SET state = 'due', attempts = 0 "
                "WHERE site = ? AND state IN ('due', 'failed')",
                [site],
            )
        else:
            _begin_anew(db, site, since, now)
        _insert(db, site, pages)


def _begin_anew(db: Database, site: str, since: str, now: str) -> None:
    sites.ensure(db, site)
    db.execute("DELETE FROM _source_pages WHERE site = ?", [site])
    db.execute(
        "INSERT OR REPLACE INTO _backfills (site, since, began) VALUES (?, ?, ?)",
        [site, since, now],
    )
    db.execute(
        "UPDATE frontier SET state = 'queued', attempts = 0, due = ? WHERE site = ? "
        "AND state = 'rejected' AND reason = ? AND coalesce(published, modified, ?) >= ?",
        [now, site, Reason.TOO_OLD, since, since],
    )


def _insert(db: Database, site: str, pages: Sequence[SourcePage]) -> bool:
    """Whether there was room for all of them; those that are known are left as they are."""
    sql = "SELECT count(*) FROM _source_pages WHERE site = ?"
    room = max(MAX_PAGES - int(db.execute(sql, [site]).fetchone()[0]), 0)
    db.conn.executemany(
        "INSERT OR IGNORE INTO _source_pages (site, kind, url, position) VALUES (?, ?, ?, ?)",
        [(site, page.kind, normalise_text(page.url), page.position) for page in pages[:room]],
    )
    return len(pages) <= room


def due(db: Database, site: str) -> SourcePage | None:
    """The page to be read next: those of a REST interface first, since it has the articles' texts; one
    that has failed, last.
    """
    row = db.execute(
        "SELECT kind, url, position, attempts FROM _source_pages WHERE site = ? AND state = 'due' "
        "ORDER BY attempts, kind <> 'wordpress', page LIMIT 1",
        [site],
    ).fetchone()
    return SourcePage(*row) if row else None


def finish_page(
    db: Database, site: str, page: SourcePage, following: Sequence[SourcePage], note: str = ""
) -> None:
    """The page was read, and leads to the `following`."""
    with transaction(db):
        if not _insert(db, site, following):
            note = note or f"only the first {MAX_PAGES:,} pages of sources are read"
        _set(db, site, page, "read", note)


def fail_page(db: Database, site: str, page: SourcePage, note: str, *, most: int | None) -> None:
    """`most`: attempts after which the page waits for the next crawl; None: it is refused for good."""
    attempts = page.attempts + 1
    final = "refused" if most is None else "failed"
    with transaction(db):
        _set(db, site, page, final if most is None or attempts >= most else "due", note)
        db.execute(
            "UPDATE _source_pages SET attempts = ? WHERE site = ? AND kind = ? AND url = ?",
            [attempts, site, page.kind, page.url],
        )


def _set(db: Database, site: str, page: SourcePage, state: str, note: str) -> None:
    db.execute(
        "UPDATE _source_pages SET state = ?, note = ? WHERE site = ? AND kind = ? AND url = ?",
        [state, normalise_text(note) or None, site, page.kind, page.url],
    )


def finish_backfill(db: Database, site: str, now: str) -> None:
    with transaction(db):
        db.execute("UPDATE _backfills SET finished = ? WHERE site = ?", [now, site])


_MAX_NOTES = 20


def state(db: Database, site: str) -> BackfillState | None:
    """None where the site had no backfill."""
    sql = "SELECT since, finished FROM _backfills WHERE site = ?"
    row = db.execute(sql, [site]).fetchone()
    if row is None:
        return None
    sql = "SELECT state, count(*) FROM _source_pages WHERE site = ? GROUP BY state"
    counts: dict[str, int] = dict(db.execute(sql, [site]).fetchall())
    notes = db.execute(
        "SELECT url || ': ' || note FROM _source_pages WHERE site = ? AND note IS NOT NULL "
        "AND state <> 'due' "
        "ORDER BY page LIMIT ?",
        [site, _MAX_NOTES],
    ).fetchall()
    return BackfillState(
        since=row[0],
        finished=row[1],
        due=counts.get("due", 0),
        read=counts.get("read", 0),
        failed=counts.get("failed", 0),
        refused=counts.get("refused", 0),
        notes=tuple(note for (note,) in notes),
    )


def unfinished_since(db: Database, site: str) -> str | None:
    """How far back the site's articles are wanted, by a backfill that has not ended."""
    sql = "SELECT since FROM _backfills WHERE site = ? AND finished IS NULL"
    row = db.execute(sql, [site]).fetchone()
    return str(row[0]) if row else None
