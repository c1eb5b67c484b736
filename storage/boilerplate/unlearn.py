"""Articles taken out of the counts from which a site's boilerplate is learned."""

import json
from collections import Counter
from collections.abc import Collection

from sqlite_utils import Database

from storage.boilerplate.learn import ShortLine, seen_value

_CARRIED = (
    "SELECT line_hash, place FROM _line_articles "
    "WHERE site = ? AND article IN (SELECT value FROM json_each(?))"
)
_FIRST = """
SELECT min(counted) FROM _line_articles JOIN _site_articles USING (site, article)
WHERE site = ? AND line_hash = ?
"""


def unlearn(
    db: Database,
    site: str,
    articles: Collection[str],
    titles: Collection[str],
    authors: Collection[str],
) -> None:
    """The articles (ids) no longer count; `titles` and `authors` are those that they alone have. A line
    that no other article has is forgotten with what was learned of it. Inside a transaction.
    """
    ids = json.dumps(list(articles))
    rows = db.execute(_CARRIED, [site, ids]).fetchall()
    counts = Counter(line for line, _ in rows)
    edges = Counter(line for line, place in rows if ShortLine("", line, place).at_edge)
    for table in ("_line_articles", "_site_articles"):
        sql = f"DELETE FROM {table} WHERE site = ? AND article IN (SELECT value FROM json_each(?))"  # noqa: S608
        db.execute(sql, [site, ids])
    values = {"titles": set(map(seen_value, titles)), "authors": set(map(seen_value, authors))}
    for line, count in counts.items():
        _discount(db, site, line, (count, edges[line]), values)
    db.execute(
        "UPDATE boilerplate SET example = (SELECT article FROM _line_articles AS a "
        "WHERE a.site = boilerplate.site AND a.line_hash = boilerplate.line_hash LIMIT 1) "
        "WHERE site = ? AND example IN (SELECT value FROM json_each(?))",
        [site, ids],
    )


def _discount(
    db: Database, site: str, line: int, less: tuple[int, int], values: dict[str, set[str]]
) -> None:
    key = [site, line]
    sql = "SELECT articles, seen FROM _line_counts WHERE site = ? AND line_hash = ?"
    known = db.execute(sql, key).fetchone()
    if known is None:
        return
    count, edge = less
    if known[0] <= count:
        db.execute("DELETE FROM _line_counts WHERE site = ? AND line_hash = ?", key)
        db.execute("DELETE FROM boilerplate WHERE site = ? AND line_hash = ?", key)
        return
    seen = {
        kind: [value for value in kept if value not in values.get(kind, ())]
        for kind, kept in json.loads(known[1]).items()
    }
    # What is kept for some weeks only would else have ever fewer of ever more articles.
    first = db.execute(_FIRST, key).fetchone()[0]
    db.execute(
        "UPDATE _line_counts SET articles = articles - ?, edge = max(edge - ?, 0), seen = ?, "
        "first = coalesce(?, first) WHERE site = ? AND line_hash = ?",
        [count, edge, json.dumps(seen, ensure_ascii=False), first, *key],
    )
