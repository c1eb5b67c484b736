"""What the crawls of one process share (database, workers, archive), and the events they send."""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from sqlite_utils import Database

from pipelines.ingest.groups import PageWriter
from pipelines.ingest.rechecked import IngestResult
from pipelines.workers.refiner import Refines, refiner_of
from spiders.fetching.robots import KnownRobots
from storage.archive.archive import Archive
from storage.database import StorageError, folder_of, open_database
from storage.takedown.remove import finish_takedowns
from text.settings_file import data_folder

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceRead:
    """A source was read: it has `links`, `new` of them not on the frontier before; `newest` is the latest
    time among them. `problem` says what went wrong, for a person; `note` what is left out, though
    nothing did.
    """

    kind: str
    url: str
    status: int | None = None
    links: int = 0
    new: int = 0
    newest: str | None = None
    problem: str = ""
    reason: str = ""
    note: str = ""


# What a worker needs to read sources and to make records: imported with them, this takes a second.
PRELOAD = ("spiders.autodiscovery.discovered", "storage.archive.page_records")

CrawlEvent = SourceRead | IngestResult
Listener = Callable[[str, CrawlEvent], None]  # the site's name, the event


@dataclass(frozen=True, slots=True)
class CrawlResources:
    """Close it after the last crawl. `quiet`: a crawl that finds nothing new is logged at DEBUG.
    `writer` stores the pages of all of them.
    """

    database: Database
    refiner: Refines
    listeners: tuple[Listener, ...] = ()
    quiet: bool = False
    robots: KnownRobots = field(default_factory=KnownRobots)
    archive: Archive | None = None
    writer: PageWriter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "writer", PageWriter(self.database))

    def close(self) -> None:
        self.refiner.close()
        if self.archive:
            self.archive.close(self.database)
        self.database.close()


@cache
def spare_collector() -> None:
    """Once in a process that crawls: a page leaves no cycles (120 pages and their crawls left 4 650 objects,
    none of them a body), and to look for some among all that was imported took .6 ms a page.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def open_resources(settings: "BaseSettings") -> CrawlResources:
    """Raises StorageError and ClusterMissing."""
    database = open_database(data_folder(settings["WARRAQ_DATA"]))
    refiner = refiner_of(settings, preload=PRELOAD)
    return CrawlResources(database, refiner, archive=open_archive(settings, database))


def open_archive(settings: "BaseSettings", database: Database) -> Archive | None:
    """The archive beside `database`, after its maintenance; None where the settings turn it off. A
    takedown that a kill broke off is finished first.
    """
    _finish_takedowns(database)
    if not settings.getbool("WARRAQ_ARCHIVE"):
        return None
    about = {
        "software": settings["USER_AGENT"].partition(" ")[0],
        "operator": settings["WARRAQ_CONTACT"] or "unknown",
        "http-header-user-agent": settings["USER_AGENT"],
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
    }
    archive = Archive(
        folder_of(database),
        about=about,
        budget=settings.getint("WARRAQ_ARCHIVE_MB") * 1_000_000,
        # Twice the disk floor: at the floor itself nothing is fetched.
        room=2 * settings.getint("WARRAQ_DISK_FLOOR_MB") * 1_000_000,
        file_bytes=settings.getint("WARRAQ_ARCHIVE_FILE_MB") * 1_000_000,
    )
    archive.run_maintenance(database)
    return archive


def _finish_takedowns(database: Database) -> None:
    """What fails here is left to maintenance."""
    try:
        finish_takedowns(database)
    except StorageError as error:
        logger.error("takedown: %s", error)
