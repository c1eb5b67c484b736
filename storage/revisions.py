"""One article over time: what a later visit adds to it, and its earlier texts."""

from collections.abc import Iterable

from sqlite_utils import Database

from items import Article, RemovedLine
from storage import article_rows
from storage.article_rows import METADATA, Row, insert, update
from storage.rights import changed_rights

TEXT = ("text", "words", "text_hash", "kinds")
REPROCESSED = "reprocessed"
Lines = Iterable[RemovedLine]
KEPT = ("section", "title", "source", "modified", "text", "text_hash", "kinds", "refined_by")


def is_same(current: Row, row: Row) -> bool:
    """Whether `row` has the same text, and no other title."""
    titles = current["title"], row["title"]
    return bool(current["text"] == row["text"]) and (None in titles or titles[0] == titles[1])


def is_earlier_text(db: Database, article: Article) -> bool:
    """Whether the article, which is normalised, had this text at an earlier time."""
    sql = (
        "SELECT 1 FROM revisions JOIN articles ON articles.number = revisions.article "
        "WHERE articles.id = ?1 AND revisions.text = ?2 UNION ALL "
        "SELECT 1 FROM copies, json_each(copies.revisions) "
        "WHERE copies.id = ?1 AND json_each.value ->> 'text' = ?2"
    )
    return db.execute(sql, [article.id, article.text]).fetchone() is not None


def missing(current: Row, row: Row) -> Row:
    """The columns that `row` adds to `current`, whose text is the same: empty ones, and later times."""
    names = [*METADATA, "kinds"] if current["text"] == row["text"] else METADATA
    changes = {name: row[name] for name in names if current[name] is None and row[name]}
    for time in ("modified", "last_seen"):
        if current[time] and row[time] and row[time] > current[time]:
            changes[time] = row[time]
    return changes | changed_rights(current, row)


def complete(db: Database, current: Row, row: Row) -> None:
    """Write what is `missing` in `current`, if anything is."""
    if changes := missing(current, row):
        db.execute(update(changes, "articles", "number"), changes | {"number": current["number"]})


def replace(db: Database, current: Row, row: Row, cause: str | None = None) -> None:
    """The text of `row` becomes the current one, and the previous one a revision. The first date of
    publication stays.
    """
    number = current["number"]
    lines = article_rows.as_json(article_rows.read_removed(db, number).get(number, ()))
    keep(db, number, current, row["first_seen"], lines, cause)
    changes = {name: row[name] for name in METADATA if row[name]}
    changes |= {name: row[name] for name in TEXT}
    changes |= {name: row[name] for name in ("access", "refined_by")}  # of this text
    changes |= changed_rights(current, row)
    changes["published"] = current["published"] or row["published"]
    changes["last_seen"] = max(current["last_seen"], row["first_seen"], row["last_seen"])
    db.execute(update(changes, "articles", "number"), changes | {"number": number})


def corrected(current: Row, row: Row, *, dated: bool) -> Row:
    """The metadata that later rules read differently in the page of `current`. `dated`: its date of
    publication too, which comes from the first page where there were several.
    """
    values = {name: row[name] for name in METADATA if row[name] is not None}
    if current["published"] and not dated:
        values.pop("published", None)
    return {name: value for name, value in values.items() if value != current[name]}


def reprocess(db: Database, current: Row, changes: Row, now: str, lines: Lines) -> None:
    """`changes`: the columns as later rules read the same page; `lines`: what they cut."""
    number = current["number"]
    if "text" in changes:
        cut = article_rows.as_json(article_rows.read_removed(db, number).get(number, ()))
        keep(db, number, current, now, cut, REPROCESSED)
        article_rows.write_removed(db, number, lines)
    if changes:
        db.execute(update(changes, "articles", "number"), changes | {"number": number})


def keep(
    db: Database, number: int, old: Row, valid_to: str, lines: str | None, cause: str | None
) -> None:
    """Write the text of `old` as a revision. `lines`: what was cut from it, as JSON; `cause`: of its
    replacement, where it was not the site.
    """
    previous = db.execute(
        "SELECT max(valid_to) FROM revisions WHERE article = ?", [number]
    ).fetchone()[0]
    row = revision(old, previous or old["first_seen"], valid_to, lines, cause)
    row["article"] = number
    db.execute(insert(row, "revisions"), row)


def revision(
    old: Row, valid_from: str, valid_to: str, lines: str | None, cause: str | None = None
) -> Row:
    """The columns of a revision, without its article's number."""
    columns = {name: old[name] for name in KEPT}
    interval = {"valid_from": valid_from, "valid_to": valid_to}
    return columns | interval | {"removed": lines, "cause": cause}
