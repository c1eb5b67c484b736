"""What an operator sets of the service, read from the settings."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from service.next_poll import Bounds


@dataclass(frozen=True, slots=True)
class Options:
    """`crawls` at once; `floor` and `archive`, its budget, in bytes; `stop` is how long requests in
    flight may take at the end. Without a `backup` folder there are no backups, without `on_suspect`
    no command is run.
    """

    crawls: int = 16
    bounds: Bounds = field(default_factory=Bounds)
    floor: int = 500_000_000
    archive: int = 10_000_000_000
    backup: Path | None = None
    backups: int = 7
    on_suspect: str = ""
    stop: float = 60.0


def read_options(settings: BaseSettings) -> Options:
    backup = settings["WARRAQ_BACKUP"]
    return Options(
        crawls=max(settings.getint("WARRAQ_CRAWLS"), 1),
        bounds=Bounds(
            timedelta(minutes=settings.getfloat("WARRAQ_POLL_LEAST")),
            timedelta(minutes=settings.getfloat("WARRAQ_POLL_MOST")),
        ),
        floor=settings.getint("WARRAQ_DISK_FLOOR_MB") * 1_000_000,
        archive=settings.getint("WARRAQ_ARCHIVE_MB") * 1_000_000,
        backup=Path(backup) if backup else None,
        backups=max(settings.getint("WARRAQ_BACKUPS"), 1),
        on_suspect=settings["WARRAQ_ON_SUSPECT"],
        stop=settings.getfloat("WARRAQ_STOP_SECONDS"),
    )
