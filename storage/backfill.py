"""A text that an archive holds of an article which was seen later already: it becomes a part of the
article's past, wherever the order of the archives brings it in.
"""

import json

from sqlite_utils import Database

from items import Article
from storage import article_rows
from storage.article_rows import Row, article_row, get_one, insert, update
from storage.articles import IMPORT, store
from storage.reprocessed_articles import differences, rewrite_article
from storage.revisions import KEPT, revision
from text.normalise import normalise_article


def store_capture(db: Database, article: Article, key: str, seen: str, now: str) -> str:
    """Store an article as it was at the time `seen`; says `new`, `revised`, `unchanged`, `copy`, or
    `earlier`: a text of before the current one. Inside a transaction.
    """
    article = normalise_article(article)
    for table in ("articles", "copies"):
        current = get_one(db, table, "id", article.id)
        if current and seen < current["last_seen"]:
            return "earlier" if _insert(db, table, current, article, seen) else "unchanged"
        if current and seen == current["last_seen"]:
            # The very page that is stored: if anything differs, the rules do.
            changes = differences(current, article, dated=False)
            verdict = rewrite_article(db, table, current, article, changes, now)
            return "revised" if verdict == "changed" else "unchanged"
    return store(db, article, key=key, found_by=IMPORT, now=seen).outcome


def confirm_capture(db: Database, key: str, seen: str, before: str | None) -> bool:
    """An address answered as it had `before`: whether its article is known, and had its current text
    then. Inside a transaction.
    """
    settled = get_one(db, "frontier", "url", key)
    name = (settled and settled["article"]) or ""
    for table in ("articles", "copies"):
        current = get_one(db, table, "id", name)
        if current:
            past = _past(db, table, current)
            since = past[-1]["valid_to"] if past else current["first_seen"]
            if not since <= (before or seen) <= max(seen, current["last_seen"]):
                return False
            changes = {"last_seen": max(seen, current["last_seen"])}
            db.execute(update(changes, table, "id"), changes | {"id": name})
            return True
    return False


def _insert(db: Database, table: str, current: Row, article: Article, seen: str) -> bool:
    """Whether the text is new; when the article was first seen may be, all the same."""
    past = _past(db, table, current)
    old = revision(article_row(article), seen, seen, article_rows.as_json(article.removed))
    added = insert_revision(past, current, old)
    changes: Row = {"first_seen": min(seen, current["first_seen"])}
    if table == "articles":
        _rewrite(db, current["number"], past)
    else:
        changes["revisions"] = json.dumps(past, ensure_ascii=False) if past else None
    sql = update(changes, table, "id")
    db.execute(sql, changes | {"id": article.id})
    return added


def insert_revision(past: list[Row], current: Row, old: Row) -> bool:
    """Put `old`, seen at one instant, among the revisions that are the `past` of `current`; False
    where its text is the one that the article is known to have had then, or just after.
    """
    seen, text = old["valid_from"], old["text"]
    since = past[-1]["valid_to"] if past else current["first_seen"]
    at = sum(one["valid_from"] <= seen for one in past)
    if at == len(past) and seen >= since:
        return _split(past, current, old, since)
    before = past[at - 1] if at else None
    if before and before["text"] == text:
        return False
    after = past[at] if at < len(past) else None
    if before:
        before["valid_to"] = seen
    if (after or current)["text"] == text:
        if after:
            after["valid_from"] = seen
        return False
    past.insert(at, old | {"valid_to": after["valid_from"] if after else since})
    return True


def _split(past: list[Row], current: Row, old: Row, since: str) -> bool:
    """Between two sights of the current text there was another."""
    if current["text"] == old["text"]:
        return False
    again = {name: current[name] for name in KEPT}
    cut = {"valid_from": since, "valid_to": old["valid_from"], "removed": None, "cause": None}
    past += [again | cut, old | {"valid_to": current["last_seen"]}]
    return True


def _past(db: Database, table: str, current: Row) -> list[Row]:
    if table == "copies":
        found: list[Row] = json.loads(current["revisions"] or "[]")
        return found
    sql = "SELECT * FROM revisions WHERE article = ? ORDER BY valid_from, revision"
    return list(db.query(sql, [current["number"]]))


def _rewrite(db: Database, number: int, past: list[Row]) -> None:
    """Rows that are as they were keep their place in the table."""
    for row in past:
        if "revision" in row:
            changes = {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
            sql = update(changes, "revisions", "revision")
            db.execute(sql, changes | {"revision": row["revision"]})
        else:
            db.execute(insert([*row, "article"], "revisions"), row | {"article": number})
