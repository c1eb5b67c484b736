"""How a site's template fared on an article, in the article's own transaction: what is learned from
it, and when a template is believed or dropped.
"""

from dataclasses import replace

from sqlite_utils import Database

from items import Article, Places, Rejected
from storage.templates.gathering import drop, gather
from storage.templates.packing import pack, unpack
from storage.templates.reading import data_of

# Comparisons that agree, without one that does not, before a template is believed; after that, how
# many of the last ones may differ: the full extraction itself leans now one way, now the other.
_TRIAL, _RECENT, _MOST_DIFFERENT = 8, 10, 1
# Articles in a row that do not fit: a redesign. What only has parts that are not known yet gets
# longer to learn them.
_REDESIGN, _STRANGE = 8, 24
# A template that fits fewer than half of its pages costs more than it saves.
_FEW = 20
_UNKNOWN = "blocks of an unknown kind"


def record(db: Database, outcome: Article | Rejected, now: str) -> None:
    """Inside the caller's transaction. What has no places says nothing."""
    places = outcome.places
    if places is None:
        return
    if places.outcome == "fits":
        db.execute("UPDATE templates SET used = used + 1 WHERE template = ?", [places.number])
        _holds(db, places)
    elif places.number is not None:
        _note(db, places, now)
    elif isinstance(outcome, Article) and outcome.site:
        _miss(db, outcome, places, now)


def _holds(db: Database, places: Places) -> None:
    db.execute("UPDATE templates SET failing = 0 WHERE template = ?", [places.number])
    db.execute(
        "UPDATE templates SET missing = 0 WHERE missing <> 0 AND state <> 'dropped'"
        " AND site = (SELECT site FROM templates WHERE template = ?)",
        [places.number],
    )


def _note(db: Database, places: Places, now: str) -> None:
    """A page of a known kind was refined fully: the kind's data grow, its standing may change."""
    row = db.execute(
        "SELECT state, recent, failing FROM templates WHERE template = ?", [places.number]
    ).fetchone()
    if row is None or row[0] == "dropped":
        return
    state, recent, failing = row
    if places.outcome == "fails":
        failing += 1
    else:
        recent = (recent + places.outcome[0])[-_RECENT:]
        _holds(db, places)
    column = {"agrees": "agreed", "differs": "differed", "fails": "failed"}[places.outcome]
    db.execute(
        f"UPDATE templates SET {column} = {column} + 1, recent = ? WHERE template = ?",  # noqa: S608
        [recent, places.number],
    )
    _grow(db, places)
    if recent.count("d") > (0 if state == "trial" else _MOST_DIFFERENT):
        drop(db, places, f"differed from the full extraction: {places.why}", now, rests=True)
    elif places.outcome == "fails":
        _fail(db, places, failing, now)
    elif state == "trial" and recent.count("a") >= _TRIAL:
        db.execute("UPDATE templates SET state = 'learned' WHERE template = ?", [places.number])


def _fail(db: Database, places: Places, failing: int, now: str) -> None:
    is_strange = places.why == _UNKNOWN
    if failing >= (_STRANGE if is_strange else _REDESIGN):
        why = f"{failing} articles in a row did not fit: {places.why}"
        drop(db, places, why, now, rests=is_strange)
    elif _is_of_little_use(db, places):
        drop(db, places, f"it fits few of its pages: {places.why}", now, rests=True)
    else:
        db.execute("UPDATE templates SET failing = ? WHERE template = ?", [failing, places.number])


def _is_of_little_use(db: Database, places: Places) -> bool:
    sql = "SELECT failed, used + agreed FROM templates WHERE template = ?"
    failed, held = db.execute(sql, [places.number]).fetchone()
    return bool(failed >= _FEW and failed > held)


def _grow(db: Database, places: Places) -> None:
    if places.blocks:
        learned = unpack(data_of(db, places.number))
        learned.add(places)
        change = "UPDATE _template_data SET data = ? WHERE template = ?"
        db.execute(change, [pack(learned), places.number])
        change = "UPDATE templates SET version = version + 1 WHERE template = ?"
        db.execute(change, [places.number])


def _miss(db: Database, article: Article, places: Places, now: str) -> None:
    """A page that has no known kind's container: perhaps one of a new kind, or of a new theme."""
    assert article.site is not None
    rows = db.execute(
        "SELECT template, missing + 1 FROM templates WHERE site = ? AND state <> 'dropped'",
        [article.site],
    ).fetchall()
    # A page that was read before there was any template tells nothing of this one.
    for number, missing in rows if places.outcome == "fails" else ():
        if missing >= _REDESIGN:
            why = f"{missing} articles in a row did not fit: {places.why}"
            drop(db, replace(places, number=number), why, now)
        else:
            change = "UPDATE templates SET missing = ? WHERE template = ?"
            db.execute(change, [missing, number])
    if places.region:
        gather(db, article, places, now)
