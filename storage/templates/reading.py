"""A site's template, as it goes with every page of the site to the worker."""

import json
from datetime import datetime, timedelta

from sqlite_utils import Database

from items import PageKind, Template
from storage.templates.kinds import Region, alike
from storage.templates.learning import FRAMED
from storage.templates.packing import page_kind, unpack

# A template that did not agree with the full extraction is learned anew after a day, then after
# two, four, …: a site whose pages have little in common costs no more than that.
_REST, _LONGEST_REST = timedelta(days=1), timedelta(days=30)
_MOST_KINDS = 4


def template_of(db: Database, site: str, now: str) -> Template:
    """A few small queries; what the rows hold is unpacked when it has changed."""
    rows = db.execute(
        "SELECT template, version, learned, state FROM templates"
        " WHERE site = ? AND state <> 'dropped' ORDER BY used DESC, template",
        [site],
    ).fetchall()
    kinds = tuple(_kind(db, *row) for row in rows)
    learning = len(kinds) < _MOST_KINDS and not _rests(db, site, now)
    return Template(kinds, learning, learning and _framing(regions_of(db, site)))


def _framing(regions: dict[str, Region]) -> bool:
    """Of the first pages, many of which are on their way at once, and while some are of a kind."""
    return len(regions) < FRAMED or alike(regions, FRAMED) is not None


def regions_of(db: Database, site: str | None) -> dict[str, Region]:
    """Of the articles that a template may come of, the latest first: the ways down to them."""
    rows = db.execute(
        "SELECT article, region FROM _places WHERE site = ? ORDER BY seen DESC, article", [site]
    )
    return {article: tuple(json.loads(region)) for article, region in rows}


def data_of(db: Database, number: int | None) -> str:
    sql = "SELECT data FROM _template_data WHERE template = ?"
    return str(db.execute(sql, [number]).fetchone()[0])


_MOST_UNPACKED = 2000
_unpacked: dict[tuple[str, int], tuple[tuple[int, str, str], PageKind]] = {}


def _kind(db: Database, number: int, version: int, learned: str, state: str) -> PageKind:
    file = str(db.execute("PRAGMA database_list").fetchone()[2])
    as_is = (version, learned, state)
    known = _unpacked.get((file, number))
    if known and known[0] == as_is:
        return known[1]
    kind = page_kind(number, unpack(data_of(db, number)), trial=state == "trial")
    if len(_unpacked) >= _MOST_UNPACKED:
        _unpacked.clear()
    _unpacked[file, number] = as_is, kind
    return kind


def _rests(db: Database, site: str, now: str) -> bool:
    count, last = db.execute(
        "SELECT count(*), max(dropped) FROM templates WHERE site = ? AND rests", [site]
    ).fetchone()
    if not count:
        return False
    rest = min(_REST * 2 ** min(count - 1, 10), _LONGEST_REST)
    return bool(datetime.fromisoformat(now) < datetime.fromisoformat(last) + rest)
