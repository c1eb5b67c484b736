"""What a site's file says of single lines goes before what was learned: its `text` is put back."""

from collections.abc import Iterable
from dataclasses import replace

from sqlite_utils import Database

from items import Article
from storage.boilerplate.apply import REASON, carriers, positions, rewrite
from storage.boilerplate.counting import line_hash
from storage.database import transaction
from storage.reading import get


def restore(db: Database, site: str, pinned: Iterable[str]) -> list[int]:
    """Put lines that were learned, but are text, back where they stood; the articles' numbers.

    An article a transaction: a kill leaves the rest for the next time.
    """
    changed = []
    for line in {line_hash(text) for text in pinned} & _learned(db, site):
        assert line is not None
        for article_id in carriers(db, site, line):
            number = _restore_one(db, article_id, line)
            if number is not None:
                changed.append(number)
        with transaction(db):
            change = "UPDATE boilerplate SET state = 'text' WHERE site = ? AND line = ?"
            db.execute(change, [site, line])
    return sorted(set(changed))


def _learned(db: Database, site: str) -> set[int]:
    sql = "SELECT line FROM boilerplate WHERE site = ? AND state <> 'text'"
    return {row[0] for row in db.execute(sql, [site]).fetchall()}


def _restore_one(db: Database, article_id: str, line: int) -> int | None:
    with transaction(db):
        article = get(db, article_id)
        back = article and _with(article, line)
        if not article or not back:
            return None
        rewrite(db, back)
    return article.number


def _with(article: Article, line: int) -> Article | None:
    """The article with the cut line in its place; None when it was not cut from it."""
    back = [r for r in article.removed if r.reason == REASON and line_hash(r.text) == line]
    if not back:
        return None
    kept = list(zip(positions(article), article.paragraphs, strict=True))
    kept += [(removed.position, removed.text) for removed in back]
    return replace(
        article,
        paragraphs=tuple(text for _, text in sorted(kept)),
        removed=tuple(removed for removed in article.removed if removed not in back),
    )
