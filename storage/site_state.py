"""What is remembered of a site between two crawls, and is no row of its own: text by key."""

from sqlite_utils import Database

from storage.database import transaction

RETRY_AFTER = "retry_after"  # until when its host wants no request, ISO 8601 UTC
SOURCES = "sources"  # what autodiscovery has found, a JSON object


def load_state(db: Database, site: str, key: str) -> str | None:
    sql = "SELECT value FROM _site_state WHERE site = ? AND key = ?"
    row = db.execute(sql, [site, key]).fetchone()
    return str(row[0]) if row else None


def save_state(db: Database, site: str, key: str, value: str | None, now: str) -> None:
    """None: nothing is remembered under `key` any more."""
    with transaction(db):
        if value is None:
            db.execute("DELETE FROM _site_state WHERE site = ? AND key = ?", [site, key])
        else:
            db.execute(
                "INSERT OR REPLACE INTO _site_state (site, key, value, saved) VALUES (?, ?, ?, ?)",
                [site, key, value, now],
            )
