"""Periodic work on the database, in a thread with a connection of its own."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from service.configuration import ServiceOptions
from storage import maintenance
from storage.archive.archive import maintain
from storage.boilerplate.apply import clean_stored, sites_to_clean
from storage.database import StorageError, folder_of, open_database
from storage.duplicates.index import stop_crowded
from storage.takedown.expiry import expire
from storage.takedown.remove import finish_takedowns
from text.counted import counted
from text.timestamps import utc_now

logger = logging.getLogger(__name__)

_DAY = 24.0


@dataclass(frozen=True, slots=True)
class Task:
    """Every so many `hours`, where the options ask for it. `do` returns a message for the log, or an
    empty one. A task that is not asked for is not done: what is switched on later is due at once.
    """

    name: str
    hours: float
    do: Callable[[Database, ServiceOptions], str]
    is_asked_for: Callable[[ServiceOptions], bool] = lambda _: True


def clean_boilerplate(db: Database, options: ServiceOptions) -> str:
    """Articles that were stored before one of their lines was learned to be boilerplate."""
    changed = {site: len(clean_stored(db, site, utc_now())) for site in sites_to_clean(db)}
    parts = [f"{count} of {site}" for site, count in changed.items() if count]
    return f"cleaned of learned boilerplate: {', '.join(parts)}" if parts else ""


def stop_shingles(db: Database, options: ServiceOptions) -> str:
    """Bounded in time; the rest is left for the next round."""
    stopped = stop_crowded(db)
    return f"{stopped} shingles are too common to tell stories apart" if stopped else ""


def thin_records(db: Database, options: ServiceOptions) -> str:
    count = maintenance.thin_crawls(db, utc_now())
    return f"{count} old polls that brought nothing are deleted" if count else ""


def maintain_archive(db: Database, options: ServiceOptions) -> str:
    """Close files that a kill left open, and keep to the budget."""
    message = maintain(db, folder_of(db), options.archive, room=2 * options.floor)
    return f"archive: {message}" if message else ""


def checkpoint(db: Database, options: ServiceOptions) -> str:
    maintenance.checkpoint(db)
    return ""


def finish_takedown_run(db: Database, options: ServiceOptions) -> str:
    """What a kill broke off, or readers were in the way of; and what came in while it was taken out."""
    result = finish_takedowns(db)
    if not result.texts and not result.records:
        return ""
    return f"taken out: {counted(result.texts, 'text')}, {counted(result.records, 'record')} of the archive erased"


def expire_texts(db: Database, options: ServiceOptions) -> str:
    """Texts of sites that keep them for a time, or up to a number."""
    count = expire(db, options.retention, utc_now())
    return (
        f"taken out, as older or more than their sites keep: {counted(count, 'text')}"
        if count
        else ""
    )


def optimise(db: Database, options: ServiceOptions) -> str:
    maintenance.optimise(db)
    return ""


def back_up(db: Database, options: ServiceOptions) -> str:
    assert options.backup is not None
    file = maintenance.back_up(db, options.backup, keep=options.backups, now=utc_now())
    return f"backed up to {file}, {file.stat().st_size / 1e6:.0f} MB"


TASKS = (
    Task("archive", 0.1, maintain_archive),
    Task("checkpoint", 1, checkpoint),
    Task("clean", 1, clean_boilerplate),
    Task("shingles", 1, stop_shingles),
    Task("takedown", 0.1, finish_takedown_run),
    Task("retention", _DAY, expire_texts, lambda options: bool(options.retention)),
    Task("thin", _DAY, thin_records),
    Task("optimise", _DAY, optimise),
    Task("backup", _DAY, back_up, lambda options: options.backup is not None),
)


class Maintenance:
    """One round at a time. A task that was missed several times is due once."""

    def __init__(self, data: Path, tasks: tuple[Task, ...] = TASKS) -> None:
        self.data = data
        self.tasks = tasks
        self._round: asyncio.Task[None] | None = None
        self._connection: sqlite3.Connection | None = None
        self._stopping = False

    async def run_due(self, options: ServiceOptions) -> None:
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(asyncio.to_thread(self._do_all, options))
            await asyncio.wait([self._round])
            if error := self._round.exception():  # the database could not be opened
                logger.error("maintenance: %s", error)

    async def stop(self) -> None:
        """The task that runs is interrupted, and stays due."""
        self._stopping = True
        while self._round and not self._round.done():
            # An interrupt between two statements stops neither: repeated until the round has ended.
            if self._connection:
                self._connection.interrupt()
            await asyncio.wait([self._round], timeout=0.1)

    def _do_all(self, options: ServiceOptions) -> None:
        with open_database(self.data, create=False) as db:
            self._connection = db.conn
            for task in self.tasks:
                if self._stopping or not task.is_asked_for(options):
                    continue
                if maintenance.is_due(db, task.name, task.hours):
                    self._do(db, task, options)
            self._connection = None

    def _do(self, db: Database, task: Task, options: ServiceOptions) -> None:
        """A task that fails stays due, and stops no other."""
        try:
            message = task.do(db, options)
            maintenance.mark_done(db, task.name, utc_now())
        except (StorageError, sqlite3.OperationalError, OSError) as error:
            if not self._stopping:
                logger.error("maintenance, %s: %s", task.name, error)
        except Exception:  # a bug
            logger.exception("maintenance, %s", task.name)
        else:
            if message:
                logger.info("maintenance: %s", message, extra={"task": task.name})
