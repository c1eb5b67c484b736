"""A template's beginning and end: places are gathered until there is one, and it is dropped."""

import json

from sqlite_utils import Database

from items import Article, Places
from storage.templates.kinds import Region, alike
from storage.templates.learning import LEAST, Learned, learn
from storage.templates.packing import pack, pack_places, unpack_places
from storage.templates.reading import regions_of

# Articles, after which a site without a template is left alone for a while.
_KEPT = 40
# Pages that were on their way to a worker when the template came.
_ON_THEIR_WAY = 16


def gather(db: Database, article: Article, places: Places, now: str) -> None:
    """Inside the caller's transaction: note the places, and learn a template when they allow it."""
    db.execute(
        "INSERT OR REPLACE INTO _places (site, article, seen, region, places)"
        " VALUES (?, ?, ?, ?, ?)",
        [article.site, article.id, now, json.dumps(places.region), pack_places(places)],
    )
    regions = regions_of(db, article.site)
    if found := alike(regions, LEAST):
        _learn(db, article.site, *found, now)
    elif len(regions) >= _KEPT:
        _give_up(db, article.site, now)
        _forget(db, article.site, list(regions))


def _learn(db: Database, site: str | None, region: Region, articles: list[str], now: str) -> None:
    sql = "SELECT places FROM _places WHERE site = ? AND article = ?"
    rows = [db.execute(sql, [site, one]).fetchone() for one in articles]
    if learned := learn(region, [unpack_places(row[0]) for row in rows]):
        _insert(db, site, learned, len(articles), now)
        _forget(db, site, articles)


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
