"""Learning a site's boilerplate from counts of its short lines.

A line is learned when it is in many of the site's articles since it first appeared, at their edge, on
several days and under several titles. A line of some articles may be a byline, a dateline or a
columnist's last sentence: these stay, recognised by their authors and by the other lines that
alternate with them in the same place.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from items import Article
from text.folding import fold, fold_lines
from text.sentences import SENTENCE_ENDS, ends_as_sentence

MAX_CHARS = 160  # a longer line is prose
_MAX_LINES = 60  # short lines of one article; a poem has more, and boilerplate at its edges only
_EDGE = 4  # lines from the start or the end
_MAX_VALUES = 3
_MAX_VALUE_CHARS = 80


class ShortLine(NamedTuple):
    """`place`: its position from the start, or a negative one from the end; `hash`: of the folded line."""

    text: str
    hash: int
    place: int

    @property
    def at_edge(self) -> bool:
        return -_EDGE <= self.place < _EDGE


def line_hash(text: str) -> int | None:
    """63 bits of the folded line; None: nothing is left of it."""
    return _hash_of_folded(fold(text))


def _hash_of_folded(folded: str) -> int | None:
    if not folded:
        return None
    return int.from_bytes(hashlib.sha256(folded.encode()).digest()[:8]) >> 1


def short_lines(paragraphs: Sequence[str]) -> list[ShortLine]:
    """Every distinct short line, those at the edges first."""
    count = len(paragraphs)
    lines: dict[int, ShortLine] = {}
    places = [at for at in range(count) if len(paragraphs[at]) <= MAX_CHARS]
    places.sort(key=lambda at: min(at, count - 1 - at))
    for at, folded in zip(places, fold_lines([paragraphs[at] for at in places]), strict=True):
        hashed = _hash_of_folded(folded)
        if hashed is not None and len(lines) < _MAX_LINES:
            place = at if 2 * at < count else at - count
            lines.setdefault(hashed, ShortLine(paragraphs[at], hashed, place))
    return list(lines.values())


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Of a line among its site's articles: how many have it, and at their edge; the number of the first
    of them in the site's order; a few of their days, titles and authors, as JSON.
    """

    articles: int
    edge: int
    first: int
    seen: str


@dataclass(frozen=True, slots=True)
class CountedArticle:
    """`order`: its number in the site's order; `lines`: the counts of its lines, by hash, with it."""

    order: int
    lines: dict[int, LineCounts]


_KNOWN = """
SELECT line_hash, articles, edge, first, seen FROM json_each(?) AS wanted
CROSS JOIN _line_counts ON site = ? AND line_hash = wanted.value
"""
_COUNT = """
INSERT INTO _line_counts (site, line_hash, articles, edge, first, last, seen)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO UPDATE SET articles = ?3, edge = ?4, last = ?6, seen = ?7
"""
_CARRY = "INSERT INTO _line_articles (site, line_hash, article, place) VALUES (?, ?, ?, ?)"


def count_lines(
    db: Database, article: Article, lines: Sequence[ShortLine], day: str
) -> CountedArticle | None:
    """Count the article's lines; None if it was counted before. Inside the caller's transaction."""
    order = _enter(db, article)
    if order is None:
        return None
    site = article.site
    counts = _new_counts(db, article, lines, order, day)
    db.conn.executemany(_CARRY, [(site, line.hash, article.id, line.place) for line in lines])
    rows = [(site, line, c.articles, c.edge, c.first, order, c.seen) for line, c in counts.items()]
    db.conn.executemany(_COUNT, rows)
    return CountedArticle(order, counts)


def _new_counts(
    db: Database, article: Article, lines: Sequence[ShortLine], order: int, day: str
) -> dict[int, LineCounts]:
    """The counts of the lines with this article, whose number is `order`, by hash."""
    wanted = json.dumps([line.hash for line in lines])
    rows = db.execute(_KNOWN, [wanted, article.site]).fetchall()
    known = {line: LineCounts(*columns) for line, *columns in rows}
    titles, authors = seen_value(article.title), seen_value(article.author)
    values = {"days": day, "titles": titles, "authors": authors}
    # Most lines are new, and then all have the same.
    of_new = LineCounts(0, 0, order, _with_values("{}", values))
    counts: dict[int, LineCounts] = {}
    for line in lines:
        old = known.get(line.hash, of_new)
        seen = old.seen if old is of_new else _with_values(old.seen, values)
        edge = old.edge + line.at_edge
        counts[line.hash] = LineCounts(old.articles + 1, edge, old.first, seen)
    return counts


def _with_values(seen: str, values: Mapping[str, str]) -> str:
    """`seen` with a few distinct values of each kind, which show that there are several."""
    known: dict[str, list[str]] = json.loads(seen)
    for kind, value in values.items():
        of_kind = known.setdefault(kind, [])
        if value and value not in of_kind and len(of_kind) < _MAX_VALUES:
            of_kind.append(value)
    return json.dumps(known, ensure_ascii=False)


def seen_value(text: str | None) -> str:
    """A title or an author as it is kept to tell several from one."""
    return fold(text or "")[:_MAX_VALUE_CHARS]


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


_MIN_WINDOW = 20  # articles
_MIN_ARTICLES = 8
_EDGE_SHARE = 0.8
_SEVERAL = 3
_MOST_SHARE = 0.5
# At 2 % bylines are learned; at 10 % the boilerplate of single sections still is.
_SOME_SHARE = 0.1
_SLOT_SHARE = 0.5
# Articles in a row without the line: its share is then below any that counts.
_RETIRED_AFTER = 200
_SENTENCE_ENDS = SENTENCE_ENDS | {"۔"}  # Urdu's full stop
_SENTENCE_WORDS = 4


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


def learn(
    db: Database, article: Article, lines: Iterable[ShortLine], counted: CountedArticle, now: str
) -> None:
    """Decide on the article's lines from their new counts, inside the caller's transaction."""
    order = counted.order
    for line in lines:
        counts = _counts(counted.lines[line.hash], order)
        if counts and _is_boilerplate(db, article, line, counts):
            _write(db, article, line, counts, now)
    db.execute(
        "UPDATE boilerplate SET state = 'retired' WHERE site = :site AND state = 'learned' AND "
        "(SELECT last FROM _line_counts AS c "
        "WHERE c.site = :site AND c.line_hash = boilerplate.line_hash) < :old",
        {"site": article.site, "old": order - _RETIRED_AFTER},
    )


def learned(db: Database, site: str) -> set[int]:
    """Hashes of the site's boilerplate lines."""
    rows = db.execute(
        "SELECT line_hash FROM boilerplate WHERE site = ? AND state = 'learned'", [site]
    ).fetchall()
    return {row[0] for row in rows}


def _counts(line: LineCounts, order: int) -> _Counts | None:
    if line.articles < _MIN_ARTICLES:
        return None
    seen = json.loads(line.seen)
    sizes = (len(seen.get(kind, ())) for kind in ("days", "titles", "authors"))
    return _Counts(line.articles, line.edge, order - line.first + 1, *sizes)


def _is_boilerplate(db: Database, article: Article, line: ShortLine, counts: _Counts) -> bool:
    if counts.window < _MIN_WINDOW or counts.edge < _EDGE_SHARE * counts.articles:
        return False
    if counts.days < _SEVERAL or counts.titles < _SEVERAL or _names_author(article, line):
        return False
    if counts.share >= _MOST_SHARE:
        return True
    if counts.share < _SOME_SHARE or counts.authors < _SEVERAL:
        return False
    if ends_as_sentence(line.text, _SENTENCE_ENDS, min_words=_SENTENCE_WORDS):
        return False
    return not _is_slot(db, article, line)


def _names_author(article: Article, line: ShortLine) -> bool:
    author = fold(article.author or "")
    return bool(author) and author in fold(line.text)


def _is_slot(db: Database, article: Article, line: ShortLine) -> bool:
    """Whether other repeated lines alternate with this one in its place, like names in a byline or
    towns in a dateline.
    """
    row = db.execute(
        """
        WITH others AS (
            SELECT s.article FROM _site_articles AS s WHERE s.site = :site AND NOT EXISTS (
                SELECT 1 FROM _line_articles AS a
                WHERE a.site = :site AND a.line_hash = :line AND a.article = s.article)
            ORDER BY s.counted DESC LIMIT 200),
        alternating AS MATERIALIZED (
            SELECT a.article FROM _line_counts AS c CROSS JOIN _line_articles AS a
            ON a.site = c.site AND a.line_hash = c.line_hash AND a.place = :place
            WHERE c.site = :site AND c.articles >= 3)
        SELECT count(*), sum(article IN (SELECT article FROM alternating)) FROM others
        """,
        {"site": article.site, "line": line.hash, "place": line.place},
    ).fetchone()
    return bool(row[0]) and (row[1] or 0) >= _SLOT_SHARE * row[0]


def _write(db: Database, article: Article, line: ShortLine, counts: _Counts, now: str) -> None:
    db.execute(
        """
        INSERT INTO boilerplate (site, line_hash, text, state, articles, share, learned_at, example)
        VALUES (:site, :line, :text, 'learned', :articles, :share, :now, :example)
        ON CONFLICT DO UPDATE SET articles = :articles, share = :share,
        cleaned_at = CASE WHEN state <> 'retired' THEN cleaned_at END,
        state = CASE WHEN state = 'kept' THEN 'kept' ELSE 'learned' END
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
