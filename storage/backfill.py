"""A text of an article's past, from an archive that is read after a later one: it becomes a revision,
whatever the order of the archives.
"""

import json

from sqlite_utils import Database

from items import Article
from storage import article_rows
from storage.article_rows import Row, current_version, get_one, insert, update
from storage.articles import IMPORT, store
from storage.prepared_articles import as_stored, prepared_text
from storage.reprocessed_articles import differences, rewrite_article
from storage.revisions import KEPT, revision


def store_capture(db: Database, article: Article, key: str, seen: str, now: str) -> str:
    """Store an article as it was at the time `seen`; returns `new`, `revised`, `unchanged`, `copy`, or
    `earlier`: a text from before the current one. Inside a transaction.
    """
    article = as_stored(article)
    for table in ("articles", "copies"):
        current = get_one(db, table, "id", article.id)
        if current and seen < current["last_seen"]:
            return "earlier" if _insert(db, table, current, article, seen) else "unchanged"
        if current and seen == current["last_seen"]:
            # The page that is stored: what differs is due to the rules.
            changes = differences(current, article, dated=False)
            outcome = rewrite_article(db, table, current, article, changes, now)
            return "revised" if outcome == "changed" else "unchanged"
    version = current_version()
    return store(db, article, key=key, found_by=IMPORT, now=seen, refined_by=version).outcome


def confirm_capture(db: Database, key: str, seen: str, before: str | None) -> bool:
    """An address gave the same bytes as at `before`: whether its article is known, and had its
    current text then. Inside a transaction.
    """
    address = get_one(db, "frontier", "url", key)
    article_id = (address and address["article"]) or ""
    for table in ("articles", "copies"):
        current = get_one(db, table, "id", article_id)
        if current:
            past = _past(db, table, current)
            since = past[-1]["valid_to"] if past else current["first_seen"]
            if not since <= (before or seen) <= max(seen, current["last_seen"]):
                return False
            changes = {"last_seen": max(seen, current["last_seen"])}
            db.execute(update(changes, table, "id"), changes | {"id": article_id})
            return True
    return False


def _insert(db: Database, table: str, current: Row, article: Article, seen: str) -> bool:
    """Whether the text is new; the article's `first_seen` may change even if it is not."""
    past = _past(db, table, current)
    row = prepared_text(article).row | {"refined_by": current_version()}
    old = revision(row, seen, seen, article_rows.as_json(article.removed))
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
    """Put `old`, seen at one instant, among the revisions of `current`, its `past`; False where the
    article is known to have had that text then, or just after.
    """
    seen, text = old["valid_from"], old["text"]
    since = past[-1]["valid_to"] if past else current["first_seen"]
    at = sum(row["valid_from"] <= seen for row in past)
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
    """Another text between two visits that found the current one."""
    if current["text"] == old["text"]:
        return False
    same = {name: current.get(name) for name in KEPT}
    interval = {"valid_from": since, "valid_to": old["valid_from"], "removed": None, "cause": None}
    past += [same | interval, old | {"valid_to": current["last_seen"]}]
    return True


def _past(db: Database, table: str, current: Row) -> list[Row]:
    if table == "copies":
        revisions: list[Row] = json.loads(current["revisions"] or "[]")
        return revisions
    sql = "SELECT * FROM revisions WHERE article = ? ORDER BY valid_from, revision"
    return list(db.query(sql, [current["number"]]))


def _rewrite(db: Database, number: int, past: list[Row]) -> None:
    """Rows that exist keep their place in the table."""
    for row in past:
        if "revision" in row:
            changes = {"valid_from": row["valid_from"], "valid_to": row["valid_to"]}
            sql = update(changes, "revisions", "revision")
            db.execute(sql, changes | {"revision": row["revision"]})
        else:
            db.execute(insert([*row, "article"], "revisions"), row | {"article": number})
