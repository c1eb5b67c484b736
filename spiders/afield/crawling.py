"""One crawl for another machine, in a process of its own beside the worker that hosts it."""

import asyncio
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging

from items import Site
from spiders.afield import frames
from spiders.afield.elsewhere import Elsewhere
from spiders.afield.host import Host
from spiders.afield.journal import Journal
from spiders.classes import spider_class
from spiders.crawl import CrawlResult, crawl_site, stop_crawl
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


def main(connection: socket.socket, folder: str) -> None:
    """`folder` is for the crawl's own database, and somebody else's to remove."""
    run(_serve(connection, Path(folder)))


async def _serve(connection: socket.socket, folder: Path) -> None:

    host = Host(*await asyncio.open_connection(sock=connection), folder)
    assignment: Assignment = await host.assignment()
    settings = product_settings({"WARRAQ_PROGRESS": "off", **assignment.settings})
    configure_logging({"LOG_INSTALL_ROOT_HANDLER": False})
    logging.basicConfig(level=settings["LOG_LEVEL"], format=settings["LOG_FORMAT"], force=True)
    for handler in logging.getLogger().handlers:
        # Scrapy's loggers let everything pass.
        handler.setLevel(settings["LOG_LEVEL"])
    host.write(frames.RESULT, await _crawl(assignment, settings, folder, host))
    await host.leave()


async def _crawl(
    assignment: Assignment, settings: Settings, folder: Path, host: Host
) -> CrawlResult:
    site, runner = assignment.site, AsyncCrawlerRunner(settings)

    def stop() -> None:
        stopping.extend(asyncio.ensure_future(stop_crawl(each)) for each in runner.crawlers)

    stopping: list[asyncio.Future[None]] = []
    with open_database(folder) as database, on_signals(stop):
        snapshot.put(database, site, assignment.known)
        write = partial(host.write, frames.ENTRY)
        journal = Journal(database, write, bodies=assignment.bodies)
        archive = Elsewhere() if assignment.bodies else None
        equipment = Equipment(database, host, quiet=True, ledger=journal, archive=archive)
        return await crawl_site(runner, spider_class(site), equipment=equipment)
