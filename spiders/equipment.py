"""What a crawl works with. A process that runs many crawls makes one of it and shares it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sqlite_utils import Database

from items import Page
from pipelines.refiners import RefinesPages, refiner_of
from spiders.events import Listener
from spiders.fetching.robots import KnownRobots
from spiders.ledger import Ledger
from storage.archive.answers import Answer
from storage.archive.archive import Archive
from storage.archive.places import Pointer
from storage.database import data_folder, folder_of, open_database

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


class Archives(Protocol):
    """What keeps pages as they came."""

    async def add(self, db: Database, page: Page) -> Pointer | None: ...
    async def add_answer(self, answer: Answer) -> Pointer: ...
    def close(self, db: Database) -> None: ...


@dataclass(frozen=True, slots=True)
class Equipment:
    """Close it after the last crawl. `quiet`: a poll that finds nothing new is not worth a line in
    the log.
    """

    database: Database
    refiner: RefinesPages
    listeners: tuple[Listener, ...] = ()
    quiet: bool = False
    robots: KnownRobots = field(default_factory=KnownRobots)
    archive: Archives | None = None
    ledger: Ledger | None = None

    def close(self) -> None:
        self.refiner.close()
        if self.archive:
            self.archive.close(self.database)
        self.database.close()


def equip(settings: "BaseSettings") -> Equipment:
    """As the settings say. Raises StorageError and ClusterMissing."""
    database = open_database(data_folder(settings["WARRAQ_DATA"]))
    return Equipment(database, refiner_of(settings), archive=archive(settings, database))


def archive(settings: "BaseSettings", database: Database) -> Archive | None:
    """The archive beside `database`, in order; None where the operator wants none."""
    if not settings.getbool("WARRAQ_ARCHIVE"):
        return None
    about = {
        "software": settings["USER_AGENT"].partition(" ")[0],
        "operator": settings["WARRAQ_CONTACT"] or "unknown",
        "http-header-user-agent": settings["USER_AGENT"],
        "robots": "obey" if settings.getbool("ROBOTSTXT_OBEY") else "ignore",
    }
    opened = Archive(
        folder_of(database),
        about=about,
        budget=settings.getint("WARRAQ_ARCHIVE_MB") * 1_000_000,
        # At the floor itself nothing would be fetched any more.
        room=2 * settings.getint("WARRAQ_DISK_FLOOR_MB") * 1_000_000,
        file_bytes=settings.getint("WARRAQ_ARCHIVE_FILE_MB") * 1_000_000,
    )
    opened.look_after(database)
    return opened
