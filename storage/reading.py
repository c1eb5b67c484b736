"""Articles out of the database, some at a time."""

import re
from collections.abc import Iterator

from sqlite_utils import Database

from items import Article
from storage import removed
from storage.article_rows import Row, article_from

IS_ID = re.compile(r"[0-9a-f]{16}")
# A reader that holds its snapshot for long keeps the write-ahead log from being emptied.
_BATCH = 50


def get(db: Database, which: str | int) -> Article | None:
    """The article with this id (16 hex digits) or number."""
    column = "id" if IS_ID.fullmatch(str(which)) else "number"
    if row := one(db, "articles", column, which):
        return article_from(row, removed.read(db, row["number"]).get(row["number"], ()))
    return None


def iterate(db: Database) -> Iterator[Article]:
    """Every article by number."""
    for batch in batches(db):
        lines = removed.read(db, batch[0]["number"], batch[-1]["number"])
        for row in batch:
            yield article_from(row, lines.get(row["number"], ()))


def batches(db: Database) -> Iterator[list[Row]]:
    """Every row of `articles` by number; nothing stays open between two batches."""
    last = -1
    while batch := list(
        db.query("SELECT * FROM articles WHERE number > ? ORDER BY number LIMIT ?", [last, _BATCH])
    ):
        yield batch
        last = batch[-1]["number"]


def one(db: Database, table: str, column: str, value: str | int) -> Row | None:
    """The row with this value in a unique column. Names come from the code, never from outside."""
    # `db[table]` asks the database for its tables and views first, every time.
    found = db.execute(f"SELECT * FROM {table} WHERE {column} = ? LIMIT 1", [value])  # noqa: S608
    row = found.fetchone()
    return dict(zip((name for name, *_ in found.description), row, strict=True)) if row else None
