"""Which texts are one story, as a list."""

from collections.abc import Iterator

from sqlite_utils import Database

_TEXTS = """
SELECT coalesce(url, id), id FROM articles UNION ALL
SELECT coalesce(copies.url, copies.id), articles.id
FROM copies JOIN articles ON articles.number = copies.of
"""


def clusters(db: Database) -> Iterator[tuple[str, str]]:
    """The address of every text as it was given (its id where it has none), and its original's id."""
    yield from db.conn.execute(_TEXTS)
