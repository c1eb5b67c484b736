"""A template's beginning and end: places are gathered until there is one, and it is dropped."""

from sqlite_utils import Database

from items import Article, Places
from storage.templates.learning import LEAST, Learned, learn
from storage.templates.packing import pack, pack_places, unpack_places

# To look at the places of forty pages takes longer than to store an article: not for every one.
_EVERY = 4
_KEPT = (
    LEAST + 7 * _EVERY
)  # articles, after which a site without a template is left alone for a while
# Pages that were on their way to a worker when the template came.
_ON_THEIR_WAY = 16


def gather(db: Database, article: Article, places: Places, now: str) -> None:
    """Inside the caller's transaction: note the places, and learn a template when they allow it."""
    db.execute(
        "INSERT OR REPLACE INTO _places (site, article, seen, places) VALUES (?, ?, ?, ?)",
        [article.site, article.id, now, pack_places(places)],
    )
    counting = "SELECT count(*) FROM _places WHERE site = ?"
    beyond = int(db.execute(counting, [article.site]).fetchone()[0]) - LEAST
    if beyond < 0 or beyond % _EVERY:
        return
    rows = db.execute(
        "SELECT article, places FROM _places WHERE site = ? ORDER BY seen DESC, article",
        [article.site],
    ).fetchall()
    known = {row[0]: unpack_places(row[1]) for row in rows}
    if found := learn(list(known.values())):
        learned, pages = found
        _insert(db, article.site, learned, len(pages), now)
        _forget(db, article.site, [one for one, its in known.items() if its in pages])
    elif len(rows) >= _KEPT:
        _give_up(db, article.site, now)
        _forget(db, article.site, list(known))


def _insert(db: Database, site: str | None, learned: Learned, articles: int, now: str) -> None:
    """Unless it is there: these were the last pages that were refined without it."""
    path = " > ".join(learned.region)
    sql = "SELECT 1 FROM templates WHERE site = ? AND path = ? AND state <> 'dropped'"
    if db.execute(sql, [site, path]).fetchone():
        return
    made = db.execute(
        "INSERT INTO templates (site, path, state, learned, articles, missing)"
        " VALUES (?, ?, 'trial', ?, ?, ?)",
        [site, path, now, articles, -_ON_THEIR_WAY],
    )
    change = "INSERT INTO _template_data (template, data) VALUES (?, ?)"
    db.execute(change, [made.lastrowid, pack(learned)])


def _forget(db: Database, site: str | None, articles: list[str]) -> None:
    for article in articles:
        db.execute("DELETE FROM _places WHERE site = ? AND article = ?", [site, article])


def _give_up(db: Database, site: str | None, now: str) -> None:
    db.execute(
        "INSERT INTO templates (site, path, state, reason, learned, dropped, articles, rests)"
        " VALUES (?, '', 'dropped', 'its articles have no container in common', ?, ?, ?, 1)",
        [site, now, now, _KEPT],
    )


def drop(db: Database, places: Places, reason: str, now: str, *, rests: bool = False) -> None:
    """With `rests`, no other is learned for a while."""
    db.execute(
        "UPDATE templates SET state = 'dropped', reason = ?, dropped = ?, rests = ?"
        " WHERE template = ?",
        [reason, now, rests, places.number],
    )
    db.execute("DELETE FROM _template_data WHERE template = ?", [places.number])
