"""Articles into the database, one copy of each. Reading them is in `reading`."""

from dataclasses import dataclass, replace
from typing import Literal

from sqlite_utils import Database

from items import Article
from storage import copies, removed, revisions, search
from storage.database import transaction
from storage.reading import IS_ID, get, iterate, one
from storage.rows import Row, article_row, insert
from storage.settling import done
from storage.sites import ensure
from storage.storable import storable_article

__all__ = ["IMPORT", "Stored", "get", "iterate", "store"]

IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Stored:
    """What `store` did; `number` is None for a copy, which has no place in the corpus."""

    verdict: Literal["new", "unchanged", "revised", "copy"]
    number: int | None = None


def store(
    db: Database,
    article: Article,
    *,
    key: str | None = None,
    found_by: str = "",
    now: str,
    last_seen: str | None = None,
) -> Stored:
    """Keep one copy of `article` and settle its frontier rows, in one transaction.

    `key` is the frontier's URL where it is not the article's; an import says it always, since the
    address of its article is as it was given. `last_seen` differs from `now` only for what another
    database saw. Raises ValueError for an article without a text or with an id
    that is not 16 hex digits.
    """
    article = storable_article(article)
    if not article.paragraphs or not IS_ID.fullmatch(article.id):
        raise ValueError(f"not an article: id {article.id!r}, {len(article.paragraphs)} paragraphs")
    row = article_row(article)
    row |= {"found_by": found_by, "first_seen": now, "last_seen": last_seen or now}
    with transaction(db):
        if article.site:
            ensure(db, article.site)
        stored = _keep(db, row, article)
        for url in _addresses(stored, article, key, found_by):
            done(db, url, row, unchanged=stored.verdict == "unchanged")
        search.catch_up(db)
    return stored


def _addresses(stored: Stored, article: Article, key: str | None, found_by: str) -> set[str]:
    """What the frontier need not fetch any more. An import that brings no news settles nothing:
    it is no visit, and a page that is queued because it changed stays queued.
    """
    if found_by == IMPORT:
        article = replace(article, url=None)
        key = None if stored.verdict == "unchanged" else key
    return {url for url in (key, article.url) if url}


def _keep(db: Database, row: Row, article: Article) -> Stored:
    if current := one(db, "articles", "id", article.id):
        if revisions.is_same(current, row):
            revisions.complete(db, current, row)
            return Stored("unchanged", current["number"])
        revisions.replace(db, current, row)
        removed.write(db, current["number"], article.removed)
        return Stored("revised", current["number"])
    earlier = one(db, "copies", "id", article.id)
    if copies.keep(db, row, article.removed, earlier):
        return Stored("copy")
    return Stored("new", _insert(db, row, article, earlier))


def _insert(db: Database, row: Row, article: Article, earlier: Row | None) -> int:
    """A new article; `earlier` is what it was as a copy, before its text changed."""
    if earlier:
        db.execute("DELETE FROM copies WHERE id = ?", [article.id])
    number = _number(db, article.number if earlier is None else earlier["number"])
    row = row | {"number": number}
    db.execute(insert(row, "articles"), row)
    removed.write(db, number, article.removed)
    if earlier:
        revisions.keep(db, number, earlier, row["first_seen"], earlier["removed"])
    return number


def _number(db: Database, wanted: int | None) -> int:
    """`wanted` where free, else the next one. A number is never given out a second time."""
    if wanted is not None and wanted >= 0:
        taken = "SELECT 1 FROM articles WHERE number = :n UNION ALL SELECT 1 FROM copies WHERE number = :n"
        if db.execute(taken, {"n": wanted}).fetchone() is None:
            return wanted
    highest = "SELECT max(number) FROM articles", "SELECT max(number) FROM copies"
    numbers = [db.execute(sql).fetchone()[0] for sql in highest]
    return 1 + max(-1 if number is None else int(number) for number in numbers)
