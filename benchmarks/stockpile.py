"""Large databases of made-up articles, with the index of duplicates as so many articles leave it."""

from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from benchmarks.data.generated_news import Press
from items import Article
from storage.article_rows import Row, article_row, insert
from storage.database import FILE, open_database, transaction
from storage.duplicates.index import CROWD
from storage.duplicates.shingles import fingerprint, sketch, wording
from text.folding import fold
from text.timestamps import utc_now

_CHUNK = 20_000


def stockpile(folder: Path, size: int) -> None:
    """`size` articles, unless the folder has a database. Written in bulk, the index in the order of
    the hashes of each chunk; then what is crowded is stopped, as the upkeep does it.
    """
    if (folder / FILE).exists():
        return
    with open_database(folder) as db:
        db.execute("PRAGMA cache_size = -1000000")
        articles = Press(seed=size).articles()
        for first in range(0, size, _CHUNK):
            rows = [row_of(article) for article in islice(articles, min(_CHUNK, size - first))]
            with transaction(db):
                _write(db, rows, first)
        with transaction(db):
            _stop(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def row_of(article: Article) -> Row:
    now = utc_now()
    return article_row(article) | {"found_by": "", "first_seen": now, "last_seen": now}


def _write(db: Database, rows: list[Row], first: int) -> None:
    numbered = [row | {"number": first + place} for place, row in enumerate(rows)]
    db.conn.executemany(insert(numbered[0], "articles"), numbered)
    entries, hashes = [], []
    for entry, row in enumerate(rows, first + 1):
        shingles = wording(fold(row["text"])).shingles
        chosen = sketch(shingles)
        entries.append((entry, row["id"], fingerprint(row), len(shingles), entry, len(chosen)))
        hashes += [(hash_, entry) for hash_ in chosen]
    db.conn.executemany("INSERT INTO _entries VALUES (?, ?, ?, ?, ?, ?)", entries)
    db.conn.executemany("INSERT INTO _sketches VALUES (?, ?)", sorted(hashes))
    db.execute("DELETE FROM _unindexed")


def _stop(db: Database) -> None:
    crowded = "SELECT hash, count(*) FROM _sketches GROUP BY hash HAVING count(*) >= ?"
    found = db.execute(crowded, [CROWD]).fetchall()
    db.conn.executemany("INSERT INTO _stop_shingles VALUES (?, ?)", found)
    db.conn.executemany("DELETE FROM _sketches WHERE hash = ?", [(hash_,) for hash_, _ in found])
