"""From counts to a judgement: which lines of a site are its boilerplate.

A line is learned when it stands in many of the site's articles since it first appeared, at their
edge, on several days and under several titles. What most articles have is furniture. What some
have may be a byline, a dateline or a columnist's last sentence: those stay, told apart by their
authors and by the other lines that take turns in the same place.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from items import Article
from storage.boilerplate.counting import Line
from text.folding import fold

_LEAST_WINDOW = 20
_LEAST_ARTICLES = 8
_EDGE_SHARE = 0.8
_SEVERAL = 3
_MOST_SHARE = 0.5
# At 2 % bylines are eaten; at 10 % what some sections only carry is still found.
_SOME_SHARE = 0.1
_SLOT_SHARE = 0.5
# A line that this many articles in a row did not have is below any share that counts.
_RETIRED_AFTER = 200
_SENTENCE_ENDS = ".!?؟。।۔"


@dataclass(frozen=True, slots=True)
class _Counts:
    articles: int
    edge: int
    window: int
    days: int
    titles: int
    authors: int

    @property
    def share(self) -> float:
        return self.articles / self.window


def learn(db: Database, article: Article, lines: Iterable[Line], order: int, now: str) -> None:
    """Judge the article's lines anew, inside the caller's transaction."""
    for line in lines:
        counts = _counts(db, article, line, order)
        if counts and _is_boilerplate(db, article, line, counts):
            _write(db, article, line, counts, now)
    db.execute(
        "UPDATE boilerplate SET state = 'retired' WHERE site = :site AND state = 'learned' AND "
        "(SELECT last FROM _line_counts AS c WHERE c.site = :site AND c.line = boilerplate.line) < :old",
        {"site": article.site, "old": order - _RETIRED_AFTER},
    )


def learned(db: Database, site: str) -> set[int]:
    """Hashes of the lines that are the site's boilerplate."""
    rows = db.execute(
        "SELECT line FROM boilerplate WHERE site = ? AND state = 'learned'", [site]
    ).fetchall()
    return {row[0] for row in rows}


def _counts(db: Database, article: Article, line: Line, order: int) -> _Counts | None:
    row = db.execute(
        "SELECT articles, edge, first, seen FROM _line_counts WHERE site = ? AND line = ?",
        [article.site, line.hash],
    ).fetchone()
    if row is None or row[0] < _LEAST_ARTICLES:
        return None
    seen = json.loads(row[3])
    sizes = (len(seen.get(kind, ())) for kind in ("days", "titles", "authors"))
    return _Counts(row[0], row[1], order - row[2] + 1, *sizes)


def _is_boilerplate(db: Database, article: Article, line: Line, counts: _Counts) -> bool:
    if counts.window < _LEAST_WINDOW or counts.edge < _EDGE_SHARE * counts.articles:
        return False
    if counts.days < _SEVERAL or counts.titles < _SEVERAL or _names_author(article, line):
        return False
    if counts.share >= _MOST_SHARE:
        return True
    if counts.share < _SOME_SHARE or counts.authors < _SEVERAL or _is_sentence(line.text):
        return False
    return not _is_slot(db, article, line)


def _names_author(article: Article, line: Line) -> bool:
    author = fold(article.author or "")
    return bool(author) and author in fold(line.text)


def _is_sentence(text: str) -> bool:
    return text.rstrip("\"'”») ").endswith(tuple(_SENTENCE_ENDS)) and len(text.split()) >= 4


def _is_slot(db: Database, article: Article, line: Line) -> bool:
    """Whether other lines that come back as well take turns with this one in its place, as names
    in a byline or towns in a dateline do.
    """
    row = db.execute(
        """
        WITH others AS (
            SELECT s.article FROM _site_articles AS s WHERE s.site = :site AND NOT EXISTS (
                SELECT 1 FROM _line_articles AS a
                WHERE a.site = :site AND a.line = :line AND a.article = s.article)
            ORDER BY s.counted DESC LIMIT 200)
        SELECT count(*), sum(EXISTS (
            SELECT 1 FROM _line_articles AS a JOIN _line_counts AS c USING (site, line)
            WHERE a.site = :site AND a.article = others.article AND a.place = :place
            AND c.articles >= 3))
        FROM others
        """,
        {"site": article.site, "line": line.hash, "place": line.place},
    ).fetchone()
    return bool(row[0]) and (row[1] or 0) >= _SLOT_SHARE * row[0]


def _write(db: Database, article: Article, line: Line, counts: _Counts, now: str) -> None:
    db.execute(
        """
        INSERT INTO boilerplate (site, line, text, state, articles, share, learned, example)
        VALUES (:site, :line, :text, 'learned', :articles, :share, :now, :example)
        ON CONFLICT DO UPDATE SET articles = :articles, share = :share,
        cleaned = CASE WHEN state <> 'retired' THEN cleaned END,
        state = CASE WHEN state = 'text' THEN 'text' ELSE 'learned' END
        """,
        {
            "site": article.site,
            "line": line.hash,
            "text": line.text,
            "articles": counts.articles,
            "share": round(counts.share, 3),
            "now": now,
            "example": article.id,
        },
    )
