"""What the database knows of each outlet: its row in `sites`, and what is remembered between two
crawls and is no column there: text by key.
"""

from datetime import datetime

from sqlite_utils import Database

from items import Site
from storage.database import transaction
from text.timestamps import add_seconds

RETRY_AFTER = "retry_after"  # until when its host wants no request, ISO 8601 UTC
NEXT_REQUEST = "next_request"  # from when its host's delay allows the next one, ISO 8601 UTC
CRAWL_DELAY = "crawl_delay"  # of its robots.txt, in seconds
SOURCES = "sources"  # what autodiscovery has found, a JSON object


def ensure(db: Database, name: str) -> None:
    """A row for the site, which articles and addresses refer to."""
    db.execute("INSERT INTO sites (name) VALUES (?) ON CONFLICT DO NOTHING", [name])


def describe(db: Database, site: Site) -> None:
    """The row as the site's file has it. State that was saved for another homepage is deleted."""
    ensure(db, site.name)
    db.execute(
        "DELETE FROM _site_state WHERE site = ?1 "
        "AND EXISTS (SELECT 1 FROM sites WHERE name = ?1 AND homepage <> ?2)",
        [site.name, site.homepage],
    )
    db.execute(
        "UPDATE sites SET title = ?, homepage = ?, language = ? WHERE name = ?",
        [site.title or None, site.homepage or None, site.language, site.name],
    )


def known_from_archive(db: Database, name: str, homepage: str, now: str) -> None:
    """An outlet without a site file: its archived pages are read, it is not polled."""
    db.execute(
        "INSERT INTO sites (name, homepage, imported_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [name, homepage, now],
    )


def load_state(db: Database, site: str, key: str) -> str | None:
    sql = "SELECT value FROM _site_state WHERE site = ? AND key = ?"
    row = db.execute(sql, [site, key]).fetchone()
    return str(row[0]) if row else None


def save_state(db: Database, site: str, key: str, value: str | None, now: str) -> None:
    """None deletes the key."""
    with transaction(db):
        if value is None:
            db.execute("DELETE FROM _site_state WHERE site = ? AND key = ?", [site, key])
        else:
            db.execute(
                "INSERT OR REPLACE INTO _site_state (site, key, value, saved) VALUES (?, ?, ?, ?)",
                [site, key, value, now],
            )


def load_wait(db: Database, site: str, key: str, longest: float, now: str) -> float:
    """Seconds that are left of what `save_wait` has saved, at most `longest`. Where it was saved later
    than `now`, the clock has been set back since: all of it, since nobody knows what has passed.
    """
    sql = "SELECT value, saved FROM _site_state WHERE site = ? AND key = ?"
    until, saved = db.execute(sql, [site, key]).fetchone() or (now, now)
    left = datetime.fromisoformat(until) - datetime.fromisoformat(max(saved, now))
    return min(max(left.total_seconds(), 0.0), longest)


def save_wait(db: Database, site: str, key: str, seconds: float, now: str) -> None:
    save_state(db, site, key, add_seconds(now, seconds), now)
