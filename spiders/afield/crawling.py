"""One crawl for another machine, in a process of its own: `python -m spiders.afield.crawling`.

The assignment comes on standard input, which stays open as long as someone wants the crawl; entries
of the journal go to standard output, and the result after the last one.
"""

import logging
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from items import Site
from pipelines.refiners import local_refiner
from spiders.afield import frames
from spiders.afield.journal import Journal
from spiders.classes import spider_class
from spiders.crawl import CrawlResult, crawl_site
from spiders.equipment import Equipment
from spiders.fetching.reactor import on_signals, run
from spiders.product import product_settings
from storage import snapshot
from storage.database import open_database


@dataclass(frozen=True, slots=True)
class Assignment:
    """`known` is the site's snapshot, `settings` are those of whoever asks; `bodies`: there is an
    archive that wants the pages.
    """

    site: Site
    known: bytes
    settings: Mapping[str, Any]
    bodies: bool


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    assignment: Assignment = frames.read(sys.stdin.buffer)
    threading.Thread(target=_end_with, args=[sys.stdin.buffer], daemon=True).start()
    settings = product_settings({"WARRAQ_PROGRESS": "off", **assignment.settings})
    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    logging.basicConfig(level=settings["LOG_LEVEL"], format=settings["LOG_FORMAT"], force=True)
    with tempfile.TemporaryDirectory(prefix="warraq-crawl-", dir=".") as folder:
        result = _crawl(assignment, settings, Path(folder), out)
    _write(out, result)
    out.close()


def _end_with(stream: BinaryIO) -> None:
    """Nobody listens any more: the site is another's soon."""
    stream.read()
    os._exit(1)


def _crawl(assignment: Assignment, settings: Settings, folder: Path, out: BinaryIO) -> CrawlResult:
    site = assignment.site
    with open_database(folder) as database:
        snapshot.put(database, site, assignment.known)
        journal = Journal(database, lambda entry: _write(out, entry), bodies=assignment.bodies)
        refiner = local_refiner(settings)
        equipment = Equipment(database, refiner, quiet=True, ledger=journal)
        runner = AsyncCrawlerRunner(settings)
        try:
            return run(_watched(runner, site, equipment))
        finally:
            refiner.close()


async def _watched(runner: AsyncCrawlerRunner, site: Site, equipment: Equipment) -> CrawlResult:
    with on_signals(runner.stop):
        return await crawl_site(runner, spider_class(site), equipment=equipment)


def _write(out: BinaryIO, thing: Any) -> None:
    """Waits while nobody reads: a crawl is no faster than what becomes of it."""
    out.write(frames.packed(thing))
    out.flush()


if __name__ == "__main__":
    main()
