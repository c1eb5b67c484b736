"""Watches as they are kept, and the articles that they have found."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlite_utils import Database

from storage.article_rows import Row
from storage.database import transaction
from storage.selection import Selection, conditions, parameters, selection_from
from text.timestamps import add_seconds

# A name is part of addresses and of file names.
_NAME = re.compile(r"\w[\w-]{0,59}")
PACES = {"always": 0, "hourly": 3600, "daily": 86_400}

_WATCHES = """
SELECT watch, name, parameters, made_at, pace,
    (SELECT count(*) FROM _watch_matches AS found WHERE found.watch = _watches.watch AND NOT silent)
    AS matches,
    (SELECT max(found_at) FROM _watch_matches AS found WHERE found.watch = _watches.watch AND NOT silent)
    AS last_match
FROM _watches {where} ORDER BY name
"""
# The matches first: texts are read of those that are shown alone.
_FOUND = """
SELECT found.watch, found.match, found.found_at, found.article AS id, stored.number, stored.site,
    stored.section, stored.title, stored.url, stored.published, stored.first_seen, stored.language,
    stored.author, substr(stored.text, 1, 400) AS text
FROM (
    SELECT * FROM _watch_matches WHERE match IN (
        SELECT newest.match FROM _watches AS one CROSS JOIN _watch_matches AS newest
        WHERE newest.match IN (
            SELECT match FROM _watch_matches AS own WHERE own.watch = one.watch AND NOT silent
            ORDER BY found_at DESC, match DESC LIMIT :most
        ) AND (:watch IS NULL OR one.watch = :watch)
    )
) AS found JOIN (
    SELECT id, number, site, section, title, url, published, first_seen, language, author, text FROM articles
    UNION ALL
    SELECT id, original, site, section, title, url, published, first_seen, language, author, text FROM copies
) AS stored ON stored.id = found.article
ORDER BY found.watch, found.found_at DESC, found.match DESC
"""


class WatchError(ValueError):
    """What is wrong with a watch that is to be made, for a person."""


@dataclass(frozen=True, slots=True)
class Watch:
    """`pace`: seconds between two deliveries, at least. `matches`: articles found since it was made."""

    watch: int
    name: str
    selection: Selection
    made_at: str
    pace: int = 0
    matches: int = 0
    last_match: str | None = None


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A way of telling that a watch is to have: its key in the file, and its kind."""

    key: str
    kind: str


def watch_name(name: str) -> str:
    """In the form in which it is kept. Raises WatchError."""
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name):
        raise WatchError("a watch's name is letters, digits, - and _, at most 60 of them")
    return name


def add_watch(
    db: Database,
    name: str,
    selection: Selection,
    now: str,
    *,
    pace: int = 0,
    channels: Sequence[NewChannel] = (),
) -> Watch:
    """A new watch, for what enters the corpus from now on. Raises WatchError."""
    row: Row = {
        "name": watch_name(name),
        "parameters": urlencode(parameters(selection)),
        "made_at": now,
        "pace": pace,
    }
    with transaction(db):
        if db.execute("SELECT 1 FROM _watches WHERE name = ?", [row["name"]]).fetchone():
            raise WatchError(f"there is a watch called {row['name']} already")
        number = db.execute(
            "INSERT INTO _watches (name, parameters, made_at, pace, after) VALUES "
            "(:name, :parameters, :made_at, :pace, "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = '_watch_queue'), 0))",
            row,
        ).lastrowid
        db.conn.executemany(
            "INSERT INTO _watch_channels (channel, watch, kind, due_at) VALUES (?, ?, ?, ?)",
            [(new.key, number, new.kind, add_seconds(now, pace)) for new in channels],
        )
    assert number is not None
    return Watch(number, row["name"], selection, now, pace)


def remove_watch(db: Database, name: str) -> bool:
    """With what it has found; whether there was one."""
    with transaction(db):
        removed = db.execute("DELETE FROM _watches WHERE name = ?", [name]).rowcount
        if not db.execute("SELECT 1 FROM _watches LIMIT 1").fetchone():
            db.execute("DELETE FROM _watch_queue")
    return bool(removed)


def watches(db: Database) -> list[Watch]:
    """All, by name."""
    return [watch_of(row) for row in db.query(_WATCHES.format(where=""))]


def get_watch(db: Database, name: str) -> Watch | None:
    found = db.query(_WATCHES.format(where="WHERE name = :name"), {"name": name})
    return next((watch_of(row) for row in found), None)


def watch_of(row: Row) -> Watch:
    """Of a row of `WATCHES_SQL`."""
    selection = selection_from(parse_qsl(row["parameters"]))
    figures = (row["pace"], row["matches"], row["last_match"])
    return Watch(row["watch"], row["name"], selection, row["made_at"], *figures)


# For readers that ask by themselves. The second has the newest `:most` matches of `:watch`, or of each
# watch where that is NULL.
WATCHES_SQL = _WATCHES.format(where="")
FOUND_SQL = _FOUND


def found(db: Database, watch: Watch, most: int) -> list[Row]:
    """The last articles that it has found, the newest first, each with `found_at`. Of one that is a copy
    now, `number` is its original's.
    """
    return list(db.query(_FOUND, {"watch": watch.watch, "most": most}))


def count_selected(db: Database, selection: Selection, since: str = "") -> int:
    """Articles of the corpus that are selected; those first seen from `since` on."""
    sql, values = conditions(selection)
    where = " AND ".join([*sql, "first_seen >= :first_seen"])
    count = f"SELECT count(*) FROM articles WHERE {where}"  # noqa: S608
    return int(db.execute(count, values | {"first_seen": since}).fetchone()[0])
