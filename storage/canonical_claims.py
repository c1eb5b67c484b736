"""Which canonical URLs are believed once more than one page has been seen: two stories that claim one
URL disprove it. What one page alone tells is judged in `pipelines.canonical`.

All inside the transaction that stores the article.
"""

from sqlite_utils import Database

from items import Article
from storage.article_rows import Row, get_text
from storage.duplicates.compare import COPY_CONFLICT, compare_texts
from storage.duplicates.deduplicate import compare_again, process_queue
from storage.duplicates.provenance import compared_text
from storage.duplicates.remove import remove_text
from storage.duplicates.shingles import TokenisedText, tokenise
from storage.prepared_articles import as_stored, at_url, prepared_text
from storage.sites import save_state
from text.folding import fold
from text.urls import article_id

CANONICAL = "canonical"  # a site's state: `disbelieved`
_DISBELIEVED = "disbelieved"


def settle_url(db: Database, article: Article, now: str) -> Article:
    """The article under its canonical URL, or under the address that was fetched where that URL is
    another story's. A story that was stored under a URL which is not its own moves to its address.
    """
    if article.url is None:
        return article
    if article.address is None:
        return _settle_own_page(db, article, now)
    if _claim_of(db, article.address) == article.url:
        return article
    if is_disbelieved(db, article.site):
        return at_address(article)
    stored = get_text(db, article.id)
    if stored is None:
        _claim(db, article.address, article.url)
    elif is_same_story(stored, _row(article)):
        if not _claimants(db, article.url):
            _claim(db, article.url, article.url)
        _claim(db, article.address, article.url)
    else:
        disbelieve(db, article.site, now)
        _release(db, article.url)
        return at_address(article)
    return article


def at_address(article: Article) -> Article:
    """The same article, known by the address that was fetched."""
    if article.address is None:
        return article
    return at_url(article, article.address, None)


def is_disbelieved(db: Database, site: str | None) -> bool:
    sql = "SELECT 1 FROM _site_state WHERE site = ? AND key = ? AND value = ?"
    return db.execute(sql, [site, CANONICAL, _DISBELIEVED]).fetchone() is not None


def disbelieve(db: Database, site: str | None, now: str) -> None:
    """Two stories of the site have claimed one URL: no page of it is believed from now on."""
    if site:
        save_state(db, site, CANONICAL, _DISBELIEVED, now)


def _settle_own_page(db: Database, article: Article, now: str) -> Article:
    """The page of an address that declares no other, or none that is believed today."""
    assert article.url
    known = _claim_of(db, article.url)
    if known and known != article.url:
        stored = get_text(db, article_id(known))
        if stored and is_same_story(stored, _row(article)):
            return at_url(article, known, article.url)
    _settle_claimants(db, article, now)
    return article


def settle_stored(db: Database, article: Article, now: str) -> None:
    """The same for an article that keeps its id, whatever is believed today: it may be known by a URL
    that it claims, and its own page parts it from those that claim its URL.
    """
    if article.url is None or article.id != article_id(article.url):
        return
    if article.address is None:
        _settle_claimants(db, article, now)
    elif get_text(db, article.id) is None:
        _claim(db, article.address, article.url)


def _settle_claimants(db: Database, article: Article, now: str) -> None:
    """The page of the URL itself has come: what is stored under it may be of another that claims it."""
    assert article.url
    claimants = _claimants(db, article.url)
    if claimants and article.url not in claimants:
        stored = get_text(db, article.id)
        if stored and not is_same_story(stored, _row(article)):
            disbelieve(db, article.site, now)
            _release(db, article.url)
        else:
            _claim(db, article.url, article.url)


def _row(article: Article) -> Row:
    return prepared_text(as_stored(article)).row


def _claim_of(db: Database, address: str) -> str | None:
    sql = "SELECT canonical FROM _canonical_claims WHERE address = ?"
    row = db.execute(sql, [address]).fetchone()
    return row and str(row[0])


def _claimants(db: Database, canonical: str) -> list[str]:
    sql = "SELECT address FROM _canonical_claims WHERE canonical = ? ORDER BY address"
    return [address for (address,) in db.execute(sql, [canonical]).fetchall()]


def _claim(db: Database, address: str, canonical: str) -> None:
    db.execute("INSERT OR REPLACE INTO _canonical_claims VALUES (?, ?)", [address, canonical])


def _release(db: Database, canonical: str) -> None:
    """What is stored under the URL moves to the address that claimed it, and the URL itself is fetched.
    Nothing moves where its own page was stored, or nobody is known to have claimed it.
    """
    claimants = _claimants(db, canonical)
    if not claimants or canonical in claimants:
        return
    old, new = article_id(canonical), article_id(claimants[0])
    move(db, old, claimants[0])
    for address in claimants:
        db.execute(
            "UPDATE _archived_pages SET article = ? WHERE article = ? AND final_url = ?",
            [new, old, address],
        )
    db.execute("DELETE FROM _canonical_claims WHERE canonical = ?", [canonical])
    db.execute(
        "UPDATE frontier SET state = 'queued', due = discovered_at, article = NULL "
        "WHERE url = ? AND state = 'done'",
        [canonical],
    )


_BY_ID = (
    ("articles", "id"),
    ("copies", "id"),
    ("frontier", "article"),
    ("_duplicate_entries", "id"),
    ("_duplicate_queue", "id"),
    ("_site_articles", "article"),
    ("_line_articles", "article"),
)


def move(db: Database, old: str, url: str) -> None:
    """The text with the id `old` gets the address `url`, and the id that is made of it. Where that is
    stored already, the old one goes. The pages in the archive are left to the caller.
    """
    new = article_id(url)
    if get_text(db, new) is not None:
        remove_text(db, old)
        db.execute("UPDATE frontier SET article = ? WHERE article = ?", [new, old])
        return
    for table, column in _BY_ID:
        sql = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608
        db.execute(sql, [new, old])
    for table in ("articles", "copies"):
        db.execute(f"UPDATE {table} SET url = ? WHERE id = ?", [url, new])  # noqa: S608
    row = get_text(db, new)
    if row is not None:
        compare_again(db, row, row["text"])
        process_queue(db)


# The share of the shorter text that is in the other: at least, and under one title.
_SHARED, _SHARED_WITH_TITLE = 0.5, 0.2


def is_same_story(first: Row, second: Row) -> bool:
    """Whether two rows with `text`, `text_hash` and `title` are versions of one story. They are less alike
    than copies of each other, since an article may be rewritten, and not two fillings of one form.
    """
    if first["text_hash"] == second["text_hash"]:
        return True
    comparison = compare_texts(
        *(compared_text(_tokens(row), None, None, None, None, None) for row in (first, second))
    )
    if comparison.conflict > COPY_CONFLICT:
        return False
    titles = [fold(row["title"] or "") for row in (first, second)]
    needed = _SHARED_WITH_TITLE if titles[0] and titles[0] == titles[1] else _SHARED
    return comparison.containment >= needed


def _tokens(row: Row) -> TokenisedText:
    return tokenise(fold(row["text"]))
