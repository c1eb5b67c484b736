"""Stories that an earlier version stored as one article, because their pages declare one canonical URL:
each archived page gets its own article again.
"""

import json

from sqlite_utils import Database

from items import Article
from storage.article_rows import Row, article_row, get_one, get_text, update
from storage.canonical_claims import disbelieve, is_disbelieved, is_same_story, move
from storage.duplicates.remove import remove_text

_OTHER_ADDRESS = "SELECT 1 FROM _archived_pages WHERE article = ? AND final_url <> ? AND kind <> 'import' LIMIT 1"
_OTHER_PAGE = "SELECT 1 FROM _archived_pages WHERE article = ? AND page <> ? LIMIT 1"
_LATER_PAGE = "SELECT 1 FROM _archived_pages WHERE article = ? AND page > ? LIMIT 1"


def is_of_many_addresses(db: Database, page: Row) -> bool:
    """Whether pages of other addresses were stored as the same article."""
    article, kind = page["article"], page["kind"]
    if article is None or kind == "import":
        return False
    return db.execute(_OTHER_ADDRESS, [article, page["final_url"]]).fetchone() is not None


def has_later_page(db: Database, page: Row) -> bool:
    return db.execute(_LATER_PAGE, [page["article"], page["page"]]).fetchone() is not None


def own_url(db: Database, page: Row, article: Article, *, from_start: bool) -> str | None:
    """The canonical URL of the page's own story, where it was stored as another's; else None.
    `article` is what the page gives today, with its id of today.
    """
    if not is_of_many_addresses(db, page):
        return None
    stored = get_text(db, page["article"])
    if article.id != page["article"]:
        # Its canonical URL is not believed today.
        is_folded = from_start or is_disbelieved(db, article.site) or _holds_others(db, page)
        return article.url if is_folded else None
    if article.address and stored and not is_same_story(stored, article_row(article)):
        return article.address
    return None


def _holds_others(db: Database, page: Row) -> bool:
    """Whether the texts that are stored under the page's id are of several stories."""
    texts = _texts(db, page["article"])
    return any(not is_same_story(texts[0], text) for text in texts[1:])


def _texts(db: Database, stored: str) -> list[Row]:
    """The current text and the revisions of an article or a copy."""
    if row := get_one(db, "articles", "id", stored):
        sql = "SELECT * FROM revisions WHERE article = ? ORDER BY revision"
        return [row, *db.query(sql, [row["number"]])]
    if row := get_one(db, "copies", "id", stored):
        return [row, *json.loads(row["revisions"] or "[]")]
    return []


def number_page(db: Database, page: Row, article_id: str) -> None:
    """The archive knows the number under which the page's own article is stored."""
    db.execute(
        "UPDATE _archived_pages SET number = (SELECT number FROM articles WHERE id = ?) "
        "WHERE page = ?",
        [article_id, page["page"]],
    )


def unfold(db: Database, page: Row, article: Article, now: str) -> bool:
    """Take the page's story out of the article that it was stored as; whether it is still to be stored.
    Inside a transaction.
    """
    old = page["article"]
    disbelieve(db, article.site, now)
    if db.execute(_OTHER_PAGE, [old, page["page"]]).fetchone():
        _drop_revisions(db, old, article_row(article), of_it=True)
        is_stored = False
    else:
        is_stored = _hand_over(db, page, article)
    db.execute("UPDATE _archived_pages SET article = ? WHERE page = ?", [article.id, page["page"]])
    db.execute(
        "UPDATE frontier SET article = ? WHERE url = ? AND article = ?",
        [article.id, page["url"], old],
    )
    current = get_text(db, article.id)
    return not is_stored and (current is None or current["last_seen"] < page["ingested_at"])


def _hand_over(db: Database, page: Row, article: Article) -> bool:
    """The last story of an article that belongs to none of them keeps its number; whether it did."""
    current = get_text(db, page["article"])
    if current is None or article.url is None:
        return False
    if get_text(db, article.id) or not is_same_story(current, article_row(article)):
        remove_text(db, page["article"])
        return False
    _drop_revisions(db, page["article"], article_row(article), of_it=False)
    move(db, page["article"], article.url)
    changes = {"first_seen": page["ingested_at"]}
    for table in ("articles", "copies"):
        db.execute(update(changes, table, "id"), changes | {"id": article.id})
    return True


def _drop_revisions(db: Database, stored: str, text: Row, *, of_it: bool) -> None:
    """The revisions of the stored article that are versions of the story `text`, or those that are not;
    and its current text, which another story had replaced.
    """
    current, *past = _texts(db, stored) or [{}]
    dropped = [
        revision
        for revision in past
        if is_same_story(revision, text) is of_it or revision["text_hash"] == current["text_hash"]
    ]
    for revision in dropped:
        if "revision" in revision:
            db.execute("DELETE FROM revisions WHERE revision = ?", [revision["revision"]])
    kept = [revision for revision in past if revision not in dropped]
    db.execute(
        "UPDATE copies SET revisions = ? WHERE id = ?",
        [json.dumps(kept, ensure_ascii=False) if kept else None, stored],
    )
