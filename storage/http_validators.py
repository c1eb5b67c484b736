"""ETag, Last-Modified and cursor of feeds, sitemaps and REST interfaces, for conditional requests."""

from collections.abc import Sequence

from sqlite_utils import Database

from items import Validators
from storage.article_rows import get_one
from storage.database import transaction
from text.normalise import normalise_text, single_line


def validators(db: Database, url: str) -> Validators | None:
    if row := get_one(db, "_http_validators", "url", normalise_text(url)):
        return Validators(row["url"], row["etag"], row["last_modified"], row["cursor"])
    return None


def save_validators(db: Database, saved: Validators, now: str) -> None:
    with transaction(db):
        write_validators(db, [saved], now)


def write_validators(db: Database, saved: Sequence[Validators], now: str) -> None:
    """Inside the transaction that writes the links of these documents."""
    db.conn.executemany(
        "INSERT OR REPLACE INTO _http_validators (url, etag, last_modified, cursor, saved) "
        "VALUES (?, ?, ?, ?, ?)",
        [
            (
                normalise_text(source.url),
                single_line(source.etag),
                single_line(source.last_modified),
                source.cursor,
                now,
            )
            for source in saved
        ],
    )
