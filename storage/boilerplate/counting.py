"""Counting the short lines of a site's articles, each article once."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from items import Article
from text.folding import fold

LONGEST = 160  # characters; a longer line is prose
_MOST = 60  # short lines of one article; a poem has more, and furniture at its edges only
_EDGE = 4  # lines from the start or the end
_FEW = 3
_LONGEST_VALUE = 80  # characters


@dataclass(frozen=True, slots=True)
class Line:
    """A short line of an article: where it stands and the hash that stands for it."""

    text: str
    hash: int
    place: int

    @property
    def at_edge(self) -> bool:
        return -_EDGE <= self.place < _EDGE


def line_hash(text: str) -> int | None:
    """63 bits for the folded line; None when nothing is left of it."""
    folded = fold(text)
    if not folded:
        return None
    return int.from_bytes(hashlib.sha256(folded.encode()).digest()[:8]) >> 1


def short_lines(paragraphs: Sequence[str]) -> list[Line]:
    """Each short line once, those at the edges first."""
    count = len(paragraphs)
    found: dict[int, Line] = {}
    for at in sorted(range(count), key=lambda at: min(at, count - 1 - at)):
        text = paragraphs[at]
        hashed = line_hash(text) if len(text) <= LONGEST else None
        if hashed is not None and len(found) < _MOST:
            found.setdefault(hashed, Line(text, hashed, at if 2 * at < count else at - count))
    return list(found.values())


def count(db: Database, article: Article, lines: Sequence[Line], day: str) -> int | None:
    """Count the article's lines; the article's place in the site's order, or None when it has
    been counted before. Inside the caller's transaction.
    """
    order = _enter(db, article)
    if order is None:
        return None
    values = {
        "days": day,
        "titles": fold(article.title or "")[:_LONGEST_VALUE],
        "authors": fold(article.author or "")[:_LONGEST_VALUE],
    }
    for line in lines:
        _count_line(db, article, line, order, values)
    return order


def _enter(db: Database, article: Article) -> int | None:
    latest = db.execute(
        "SELECT counted FROM _site_articles WHERE site = ? ORDER BY counted DESC LIMIT 1",
        [article.site],
    ).fetchone()
    order = 1 + (latest[0] if latest else 0)
    done = db.execute(
        "INSERT INTO _site_articles (site, article, counted) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [article.site, article.id, order],
    )
    return order if done.rowcount else None


def _count_line(
    db: Database, article: Article, line: Line, order: int, values: Mapping[str, str]
) -> None:
    db.execute(
        "INSERT INTO _line_articles (site, line, article, place) VALUES (?, ?, ?, ?)",
        [article.site, line.hash, article.id, line.place],
    )
    known = db.execute(
        "SELECT seen FROM _line_counts WHERE site = ? AND line = ?", [article.site, line.hash]
    ).fetchone()
    seen = _add(json.loads(known[0]) if known else {}, values)
    db.execute(
        """
        INSERT INTO _line_counts (site, line, articles, edge, first, last, seen)
        VALUES (:site, :line, 1, :edge, :order, :order, :seen)
        ON CONFLICT DO UPDATE SET articles = articles + 1, edge = edge + :edge, last = :order,
        seen = :seen
        """,
        {
            "site": article.site,
            "line": line.hash,
            "edge": int(line.at_edge),
            "order": order,
            "seen": json.dumps(seen, ensure_ascii=False),
        },
    )


def _add(seen: dict[str, list[str]], values: Mapping[str, str]) -> dict[str, list[str]]:
    """A few different values of each kind are enough to know that there are several."""
    for kind, value in values.items():
        known = seen.setdefault(kind, [])
        if value and value not in known and len(known) < _FEW:
            known.append(value)
    return seen
