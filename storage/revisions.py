"""One article over time: what a later visit adds to it, and the texts it had before."""

from collections.abc import Iterable

from sqlite_utils import Database

from items import Article, RemovedLine
from storage import article_rows
from storage.article_rows import METADATA, Row, insert, update

TEXT = ("text", "words", "text_hash")
REPROCESSED = "reprocessed"
Lines = Iterable[RemovedLine]
KEPT = ("section", "title", "source", "modified", "text", "text_hash")


def is_same(current: Row, row: Row) -> bool:
    """Whether `row` is no news: the same text, and no other title."""
    titles = current["title"], row["title"]
    return bool(current["text"] == row["text"]) and (None in titles or titles[0] == titles[1])


def is_earlier_text(db: Database, article: Article) -> bool:
    """Whether the article (storable) had this text at an earlier time."""
    sql = (
        "SELECT 1 FROM revisions JOIN articles ON articles.number = revisions.article "
        "WHERE articles.id = ?1 AND revisions.text = ?2 UNION ALL "
        "SELECT 1 FROM copies, json_each(copies.revisions) "
        "WHERE copies.id = ?1 AND json_each.value ->> 'text' = ?2"
    )
    return db.execute(sql, [article.id, article.text]).fetchone() is not None


def missing(current: Row, row: Row) -> Row:
    """What `row` adds to `current`, whose text is the same: what it lacks, and later times."""
    changes = {name: row[name] for name in METADATA if current[name] is None and row[name]}
    for time in ("modified", "last_seen"):
        if current[time] and row[time] and row[time] > current[time]:
            changes[time] = row[time]
    return changes


def complete(db: Database, current: Row, row: Row) -> None:
    """Fill in what is missing in `current`, and when it was seen; no write without a change."""
    if changes := missing(current, row):
        db.execute(update(changes, "articles", "number"), changes | {"number": current["number"]})


def replace(db: Database, current: Row, row: Row, why: str | None = None) -> None:
    """The text of `row` becomes current; the one before is kept. Its first date stays."""
    number = current["number"]
    lines = article_rows.as_json(article_rows.read_removed(db, number).get(number, ()))
    keep(db, number, current, row["first_seen"], lines, why)
    changes = {name: row[name] for name in METADATA if row[name]}
    changes |= {name: row[name] for name in TEXT}
    changes["published"] = current["published"] or row["published"]
    changes["last_seen"] = max(current["last_seen"], row["first_seen"], row["last_seen"])
    db.execute(update(changes, "articles", "number"), changes | {"number": number})


def corrected(current: Row, row: Row, *, dated: bool) -> Row:
    """What later rules read otherwise in the page that `current` came from, but for its text.
    `dated`: its date too, which is the first page's where there were several.
    """
    said = {name: row[name] for name in METADATA if row[name] is not None}
    if current["published"] and not dated:
        said.pop("published", None)
    return {name: value for name, value in said.items() if value != current[name]}


def reprocess(db: Database, current: Row, changes: Row, now: str, lines: Lines) -> None:
    """`changes` are what later rules made of the same page; `lines` what they cut."""
    number = current["number"]
    if "text" in changes:
        cut = article_rows.as_json(article_rows.read_removed(db, number).get(number, ()))
        keep(db, number, current, now, cut, REPROCESSED)
        article_rows.write_removed(db, number, lines)
    if changes:
        db.execute(update(changes, "articles", "number"), changes | {"number": number})


def keep(
    db: Database, number: int, old: Row, replaced: str, lines: str | None, why: str | None
) -> None:
    """A revision: the text that `old` holds. `lines` is what was cut from it, as JSON; `why` it was
    replaced, where it was not the site that did.
    """
    previous = db.execute(
        "SELECT max(valid_to) FROM revisions WHERE article = ?", [number]
    ).fetchone()[0]
    written = revision(old, previous or old["first_seen"], replaced, lines, why)
    written["article"] = number
    db.execute(insert(written, "revisions"), written)


def revision(old: Row, seen: str, replaced: str, lines: str | None, why: str | None = None) -> Row:
    """The columns of a revision but for the article it is of."""
    kept = {name: old[name] for name in KEPT}
    return kept | {"valid_from": seen, "valid_to": replaced, "removed": lines, "cause": why}
