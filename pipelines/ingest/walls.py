"""The same answer at many addresses of a site: a wall, an error, a template. It is a fault of the site
and no article; what was stored of it is withdrawn, and the addresses are fetched again later.
"""

from sqlite_utils import Database

from items import Article, Reason
from pipelines.canonical import share_identity
from storage import frontier_states, search
from storage.article_rows import Row
from storage.duplicates.remove import remove_text
from storage.prepared_articles import as_stored, prepared_text
from text.folding import fold
from text.timestamps import add_seconds

_DAY = 86_400.0
# Other addresses with the text: under titles of their own, which feeds gave them, and under one title,
# as a story that was published several times has it too.
_MANY, _MANY_WITH_ONE_TITLE = 3, 7
_MIN_TITLES = 3
_MAX_ROWS = 50

# Left to itself, SQLite looks through all that the site gave within the day.
_SAME_TEXT = """
SELECT id, url, title FROM articles
WHERE text_hash = :hash AND +site = :site AND +first_seen > :since
UNION ALL
SELECT id, url, title FROM copies WHERE text_hash = :hash AND +site = :site AND first_seen > :since
LIMIT :most
"""


def withdraw_template(db: Database, article: Article, now: str) -> bool:
    """Whether many addresses of the site have given the article's text within a day; then none of them
    stays stored. Inside a transaction.
    """
    if not article.site or not article.url:
        return False
    row = prepared_text(as_stored(article)).row
    since = add_seconds(now, -_DAY)
    values = {"hash": row["text_hash"], "site": article.site, "since": since, "most": _MAX_ROWS}
    others = [
        other
        for other in _same_text(db, values)
        if other["id"] != article.id
        and other["url"]
        and not share_identity(other["url"], row["url"])
    ]
    if len(others) < _MANY:
        return False
    titles = {fold(other["title"] or "") for other in [*others, row]}
    many = _MANY if len(titles) >= _MIN_TITLES else _MANY_WITH_ONE_TITLE
    if len(others) < many:
        return False
    _withdraw(db, article.site, others, now)
    return True


def _same_text(db: Database, values: Row) -> list[Row]:
    rows = db.execute(_SAME_TEXT, values).fetchall()
    return [dict(zip(("id", "url", "title"), row, strict=True)) for row in rows]


def withdraw_target(db: Database, site: str, url: str, target: str, article: str, now: str) -> bool:
    """Whether the address `url` is one of many that lead to `target`, which is stored as `article` and
    has nothing in common with them. Inside a transaction.
    """
    if share_identity(url, target):
        return False
    known = [
        a for a in frontier_states.addresses_of(db, site, article) if not share_identity(a, target)
    ]
    if len(known) < _MANY:
        return False
    _withdraw(db, site, [{"id": article}], now)
    return True


def _withdraw(db: Database, site: str, rows: list[Row], now: str) -> None:
    for row in rows:
        remove_text(db, row["id"])
        for url in frontier_states.addresses_of(db, site, row["id"]):
            frontier_states.postpone(db, url, Reason.SAME_TEXT, now=now)
    search.index_pending(db)
