"""What a crawl works with. A process that runs many crawls makes one of it and shares it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlite_utils import Database

from pipelines.workers import Refiner
from spiders.events import Listener
from spiders.fetching.robots import KnownRobots
from storage.database import data_folder, open_database

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True)
class Equipment:
    """Close it after the last crawl. `quiet`: a poll that finds nothing new is not worth a line in
    the log.
    """

    database: Database
    refiner: Refiner
    listeners: tuple[Listener, ...] = ()
    quiet: bool = False
    robots: KnownRobots = field(default_factory=KnownRobots)

    def close(self) -> None:
        self.refiner.close()
        self.database.close()


def equip(settings: "BaseSettings") -> Equipment:
    """As the settings say. Raises StorageError."""
    return Equipment(open_database(data_folder(settings["WARRAQ_DATA"])), refiner(settings))


def refiner(settings: "BaseSettings") -> Refiner:
    return Refiner(
        settings.getint("WARRAQ_WORKERS"),
        settings.getfloat("WARRAQ_PAGE_SECONDS"),
        memory=settings.getint("WARRAQ_WORKER_MEMORY_MB") << 20,
        function=settings["WARRAQ_REFINE"],
    )
