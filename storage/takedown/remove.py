"""A takedown, step by step: each is a transaction, and what a kill leaves undone is done by the next call.

1. The tombstones are set, the addresses leave the frontier, the pages' rows go: nothing is fetched or
   read again from now on, and the texts are queued.
2. The texts leave the tables and indexes, some at a time; copies at other outlets find another original.
3. Their records are overwritten in the archive's files.
4. What the file of the database still holds of them in places that are free is overwritten (`purge`).
"""

import fcntl
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from storage import search
from storage.archive.erasures import erase_noted
from storage.article_rows import Row, get_text
from storage.boilerplate.unlearn import unlearn
from storage.database import StorageError, folder_of, transaction
from storage.duplicates.deduplicate import process_queue
from storage.duplicates.remove import remove_text
from storage.takedown.archived import (
    Forgotten,
    bare_host,
    cut_responses,
    erase_orphans,
    take_out_pages,
)
from storage.takedown.purge import note_purge, purge
from storage.takedown.targets import Takedown
from storage.tombstones import RETENTION, Tombstone, set_tombstones
from storage.watches import deliveries
from text.urls import article_id

# Texts a transaction: other writers wait for some tenths of a second.
_BATCH = 20
_LOCK = "forget.lock"

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TakedownResult:
    """What was finished. `busy`: another process does it; `in_log`: readers kept the write-ahead log
    from being emptied, which is tried again by maintenance.
    """

    texts: int = 0
    records: int = 0
    busy: bool = False
    in_log: bool = False


def forget(
    db: Database,
    takedown: Takedown,
    reason: str,
    now: str,
    *,
    compact: bool = True,
    on_step: OnStep = lambda step: None,
) -> TakedownResult:
    """Take out the texts and all that is known of their addresses, for good. `compact`: the free places
    of the database's file are overwritten as well. Raises StorageError.
    """
    _erase_deleted(db)
    with transaction(db):
        condemn(db, takedown, reason, now)
        note_purge(db, compact=compact, now=now)
    return finish_takedowns(db, wait=True, on_step=on_step)


def condemn(db: Database, takedown: Takedown, reason: str, now: str) -> None:
    """The first step. Inside a transaction."""
    numbers = {target.id: target.number for target in takedown.targets}
    sites = _sites_of(db, takedown) | {target.id: target.site for target in takedown.targets}
    owners = takedown.owners(spelt_otherwise=reason != RETENTION)
    set_tombstones(
        db,
        (
            Tombstone(id_, article, now, reason, numbers.get(id_))
            for id_, article in sorted(owners.items())
        ),
    )
    ids, urls = json.dumps(sorted(takedown.ids)), json.dumps(sorted(takedown.addresses))
    for sql in _BY_ADDRESS:
        db.execute(sql, [urls])
    deliveries.forget_articles(db, ids)
    for table in ("frontier", "_watch_queue"):
        sql = f"DELETE FROM {table} WHERE article IN (SELECT value FROM json_each(?))"  # noqa: S608
        db.execute(sql, [ids])
    take_out_pages(db, takedown.ids, takedown.addresses, takedown.site)
    if takedown.site is not None:
        for table in _BY_SITE:
            db.execute(f"DELETE FROM {table} WHERE site = ?", [takedown.site])  # noqa: S608
    db.conn.executemany(
        "INSERT OR IGNORE INTO _forget_queue (id, site, step) VALUES (?, ?, ?)",
        [
            (id_, sites.get(id_), "text" if id_ in numbers else "archive")
            for id_ in sorted(takedown.ids)
        ],
    )


_BY_ADDRESS = (
    "DELETE FROM frontier WHERE url IN (SELECT value FROM json_each(?))",
    "DELETE FROM _response_parts WHERE url IN (SELECT value FROM json_each(?))",
    "DELETE FROM _canonical_claims WHERE address IN (SELECT value FROM json_each(?))",
    "DELETE FROM _canonical_claims WHERE canonical IN (SELECT value FROM json_each(?))",
)
_BY_SITE = ("_line_counts", "_line_articles", "_site_articles", "boilerplate", "frontier")


def _sites_of(db: Database, takedown: Takedown) -> dict[str, str | None]:
    """The site of each address, by its id: the frontier's, else the one with its host."""
    homes = db.execute("SELECT homepage, name FROM sites WHERE homepage IS NOT NULL").fetchall()
    hosts = {bare_host(home): name for home, name in homes}
    known = {article_id(url): hosts.get(bare_host(url)) for url in takedown.addresses}
    sql = "SELECT url, site FROM frontier WHERE url IN (SELECT value FROM json_each(?))"
    rows = db.execute(sql, [json.dumps(sorted(takedown.addresses))]).fetchall()
    return known | {article_id(url): site for url, site in rows}


def is_unfinished(db: Database) -> bool:
    """Whether a takedown was begun that is not done to its end."""
    tables = ("_forget_queue", "_erasures", "_upkeep WHERE task = 'purge' OR task = 'compact'")
    return any(db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in tables)  # noqa: S608


def finish_takedowns(
    db: Database, *, wait: bool = False, on_step: OnStep = lambda step: None
) -> TakedownResult:
    """The other steps of all takedowns that were begun. Without `wait` nothing where another process does
    it. Raises StorageError.
    """
    if not is_unfinished(db):
        return TakedownResult()
    _erase_deleted(db)
    data = folder_of(db)
    with _lock(data, wait=wait) as locked:
        if not locked:
            return TakedownResult(busy=True)
        texts = _remove_texts(db, on_step)
        records = _erase_records(db, data, on_step)
        in_log = not purge(db, on_step)
    return TakedownResult(texts, records, in_log=in_log)


def _erase_deleted(db: Database) -> None:
    """What is deleted is overwritten: some builds of SQLite do by default, others leave it. And what is
    committed is on the disk before the archive's records go.
    """
    db.conn.execute("PRAGMA secure_delete = ON")
    db.conn.execute("PRAGMA synchronous = FULL")


@contextmanager
def _lock(data: Path, *, wait: bool) -> Iterator[bool]:
    with (data / _LOCK).open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def _remove_texts(db: Database, on_step: OnStep) -> int:
    done = 0
    while removed := _remove_batch(db):
        done += removed
        on_step(f"{done} texts")
    return done


def _remove_batch(db: Database) -> int:
    sql = "SELECT id FROM _forget_queue WHERE step = 'text' ORDER BY id LIMIT ?"
    with transaction(db):
        ids = [id_ for (id_,) in db.execute(sql, [_BATCH]).fetchall()]
        process_queue(db)
        by_site: defaultdict[str, list[Row]] = defaultdict(list)
        for id_ in ids:
            row = get_text(db, id_)
            if row is not None:
                by_site[row["site"] or ""].append(row | {"titles": _titles(db, row)})
                remove_text(db, id_)
            db.execute("DELETE FROM _before_rebuild WHERE id = ?", [id_])
            db.execute("UPDATE _forget_queue SET step = 'archive' WHERE id = ?", [id_])
        for site, rows in by_site.items():
            _unlearn(db, site, rows)
        search.index_pending(db)
    return len(ids)


def _titles(db: Database, row: Row) -> set[str]:
    """All that the text has had."""
    past = [revision["title"] for revision in json.loads(row.get("revisions") or "[]")]
    sql = "SELECT title FROM revisions WHERE article = ?"
    if "original" not in row:
        past += [title for (title,) in db.execute(sql, [row["number"]]).fetchall()]
    return set(filter(None, [row["title"], *past]))


def _unlearn(db: Database, site: str, rows: list[Row]) -> None:
    titles = set[str]().union(*(row["titles"] for row in rows))
    authors = {row["author"] for row in rows if row["author"]}
    sql = "SELECT 1 FROM articles WHERE site = ? AND author = ? LIMIT 1"
    authors = {author for author in authors if not db.execute(sql, [site, author]).fetchone()}
    unlearn(db, site, [row["id"] for row in rows], titles, authors)


def _erase_records(db: Database, data: Path, on_step: OnStep) -> int:
    """The first call does what an earlier one has noted: what is read below must have happened."""
    on_step("the archive")
    try:
        rows = db.execute("SELECT id, site FROM _forget_queue WHERE step = 'archive'").fetchall()
        if not rows:
            return erase_noted(db, data)
        sites = {site for _, site in rows if site}
        homes = db.execute(
            "SELECT homepage FROM sites WHERE name IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(sites))],
        ).fetchall()
        ids = frozenset(id_ for id_, _ in rows)
        deliveries.erase_files(data, ids)
        # Before what is noted is overwritten: a request follows its page.
        erase_orphans(db, data, Forgotten(ids, (home for (home,) in homes)))
        records = erase_noted(db, data)
        records += cut_responses(db, data, sites, ids)
        with transaction(db):
            sql = "DELETE FROM _forget_queue WHERE id = ? AND step = 'archive'"
            db.conn.executemany(sql, [(id_,) for id_ in ids])
    except OSError as error:
        raise StorageError(f"the archive cannot be written: {error.strerror or error}.") from error
    return records
