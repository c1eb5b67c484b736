"""What the database knows of one site, as far as a crawl of it must know, for a crawl elsewhere."""

import pickle
import zlib
from urllib.parse import urlsplit

from sqlite_utils import Database

from items import Site
from storage.database import transaction
from storage.rows import Row, insert
from storage.sites import ensure

_QUESTIONS = {
    "frontier": "SELECT * FROM frontier WHERE site = :site",
    # Its address and its times: enough to know a redirect to what is stored.
    "articles": "SELECT number, id, url, site, published, modified, '' AS text, 0 AS words, "
    "'' AS text_hash, first_seen, last_seen FROM articles WHERE site = :site",
}
_OF_ORIGIN = "SELECT * FROM _validators WHERE url >= :origin AND url < :origin || char(0x10ffff)"


def take(db: Database, site: Site) -> bytes:
    """Of a site with 50 000 addresses some 5 MB."""
    tables = {name: _rows(db, sql, {"site": site.name}) for name, sql in _QUESTIONS.items()}
    tables["_validators"] = [
        row for origin in _origins(site) for row in _rows(db, _OF_ORIGIN, {"origin": origin})
    ]
    return zlib.compress(pickle.dumps(tables), 1)


def put(db: Database, site: Site, taken: bytes) -> None:
    """Into a new database."""
    tables: dict[str, list[Row]] = pickle.loads(zlib.decompress(taken))  # noqa: S301 - our own
    with transaction(db):
        ensure(db, site.name)
        for name, rows in tables.items():
            if rows:
                db.conn.executemany(insert(rows[0], name), rows)


def _rows(db: Database, sql: str, asked: dict[str, str]) -> list[Row]:
    return list(db.query(sql, asked))


def _origins(site: Site) -> set[str]:
    """Where its sources are."""
    named = (site.homepage, *site.feeds, *site.sitemaps, *site.sections, site.wordpress)
    parts = [urlsplit(url) for url in named if url]
    return {f"{part.scheme}://{part.netloc}" for part in parts}
