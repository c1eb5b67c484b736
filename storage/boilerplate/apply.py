"""Removing learned lines: from new articles, and from those stored before. Lines that a site's file
lists as `text` are never removed, and put back where they were.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlite_utils import Database

from items import Article, LineKind, RemovedLine
from storage import article_rows
from storage.article_rows import article_row, get, update
from storage.boilerplate.learn import (
    MAX_CHARS,
    ShortLine,
    count_lines,
    learn,
    learned,
    line_hash,
    short_lines,
)
from storage.database import transaction
from storage.duplicates import copies
from storage.duplicates.deduplicate import process_queue
from storage.prepared_articles import as_stored, prepared_text, recut
from storage.revisions import TEXT

REASON = "learned"


def clean_new(db: Database, article: Article, now: str, pinned: Iterable[str] = ()) -> Article:
    """The article without its site's boilerplate, after its own lines were counted and learned from.
    Inside the caller's transaction; an article without a site stays as it is. `pinned`: lines that its
    site's file lists as text.
    """
    article = as_stored(article)
    if not article.site:
        return article
    lines = prepared_text(article).lines
    counted = count_lines(db, article, lines, (article.published or now)[:10])
    if counted is not None:
        learn(db, article, lines, counted, now)
    text = {line_hash(line) for line in pinned}
    return take_out(article, learned(db, article.site) - text, lines)


def take_out(article: Article, boilerplate: set[int], lines: list[ShortLine]) -> Article:
    """The article without the lines in `boilerplate`; unchanged where nothing would be left."""
    hashes = {line.hash for line in lines if line.hash in boilerplate and line.at_edge}
    if not hashes:
        return article
    kept, removed = [], list(article.removed)
    for at, (position, text) in enumerate(zip(positions(article), article.paragraphs, strict=True)):
        if len(text) <= MAX_CHARS and line_hash(text) in hashes:
            removed.append(RemovedLine(position, text, REASON))
        else:
            kept.append(at)
    if not kept:
        return article
    removed.sort(key=lambda line: line.position)
    return recut(
        article,
        paragraphs=tuple(article.paragraphs[at] for at in kept),
        kinds=tuple(article.kinds[at] for at in kept) if article.kinds else (),
        removed=tuple(removed),
    )


def sites_to_clean(db: Database) -> list[str]:
    """Sites with a line for which `clean_stored` has not been called yet."""
    sql = "SELECT DISTINCT site FROM boilerplate WHERE state = 'learned' AND cleaned_at IS NULL"
    return [site for (site,) in db.execute(sql).fetchall()]


def clean_stored(db: Database, site: str, now: str) -> list[int]:
    """Clean the site's articles that were stored before a line was learned; returns their numbers.
    Copies too, since one may become an article.

    Each line once, each article in a transaction: after a kill the next call does the rest.
    """
    due = [
        row[0]
        for row in db.execute(
            "SELECT line_hash FROM boilerplate "
            "WHERE site = ? AND state = 'learned' AND cleaned_at IS NULL",
            [site],
        ).fetchall()
    ]
    changed = []
    for line in due:
        for article_id in carriers(db, site, line):
            number = _clean_article(db, article_id, {line})
            if number is not None:
                changed.append(number)
        with transaction(db):
            db.execute(
                "UPDATE boilerplate SET cleaned_at = ? WHERE site = ? AND line_hash = ?",
                [now, site, line],
            )
    return sorted(set(changed))


def carriers(db: Database, site: str, line: int) -> list[str]:
    rows = db.execute(
        "SELECT article FROM _line_articles WHERE site = ? AND line_hash = ?", [site, line]
    ).fetchall()
    return [row[0] for row in rows]


def _clean_article(db: Database, article_id: str, boilerplate: set[int]) -> int | None:
    with transaction(db):
        stored = get(db, article_id)
        article = stored or copies.get(db, article_id)
        if article is None:
            return None
        cleaned = take_out(article, boilerplate, short_lines(article.paragraphs))
        if cleaned is article:
            return None
        if stored:
            rewrite_text(db, cleaned)
        else:
            copies.rewrite_copy(db, cleaned)
            process_queue(db)
    return stored.number if stored else None


def rewrite_text(db: Database, article: Article) -> None:
    """Write the cleaned text of an article. It becomes no revision: the site has changed nothing."""
    assert article.number is not None
    row = article_row(article)
    changes = {name: row[name] for name in TEXT}
    db.execute(update(changes, "articles", "number"), changes | {"number": article.number})
    article_rows.write_removed(db, article.number, article.removed)
    process_queue(db)


def positions(article: Article) -> list[int]:
    """The positions of the paragraphs among the extracted lines: from the first, those that no removed
    line has.
    """
    removed = {line.position for line in article.removed}
    free: list[int] = []
    position = 0
    for _ in article.paragraphs:
        while position in removed:
            position += 1
        free.append(position)
        position += 1
    return free


def restore(db: Database, site: str, pinned: Iterable[str]) -> list[int]:
    """Put lines that were learned, but are text, back where they were; returns the articles' numbers.

    Each article in a transaction: after a kill the next call does the rest.
    """
    changed = []
    for line in {line_hash(text) for text in pinned} & _learned(db, site):
        assert line is not None
        for article_id in carriers(db, site, line):
            number = _restore_article(db, article_id, line)
            if number is not None:
                changed.append(number)
        with transaction(db):
            change = "UPDATE boilerplate SET state = 'kept' WHERE site = ? AND line_hash = ?"
            db.execute(change, [site, line])
    return sorted(set(changed))


def _learned(db: Database, site: str) -> set[int]:
    sql = "SELECT line_hash FROM boilerplate WHERE site = ? AND state <> 'kept'"
    return {row[0] for row in db.execute(sql, [site]).fetchall()}


def _restore_article(db: Database, article_id: str, line: int) -> int | None:
    with transaction(db):
        article = get(db, article_id)
        restored = article and _with_line(article, line)
        if not article or not restored:
            return None
        rewrite_text(db, restored)
    return article.number


def _with_line(article: Article, line: int) -> Article | None:
    """The article with the line in its position, as a paragraph: its kind is not on record. None: it
    was not removed from this one.
    """
    back = [r for r in article.removed if r.reason == REASON and line_hash(r.text) == line]
    if not back:
        return None
    paragraph: LineKind = "paragraph"
    kinds = article.kinds or (paragraph,) * len(article.paragraphs)
    kept = list(zip(positions(article), article.paragraphs, kinds, strict=True))
    kept += [(removed.position, removed.text, paragraph) for removed in back]
    kept.sort(key=lambda line: line[:2])
    return replace(
        article,
        paragraphs=tuple(text for _, text, _ in kept),
        kinds=tuple(kind for _, _, kind in kept),
        removed=tuple(removed for removed in article.removed if removed not in back),
    )
