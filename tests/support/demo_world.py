"""The running demo sites, and a data folder to crawl them into."""

import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from demo.newsroom import Newsroom
from demo.site_files import write_site_files
from spiders.runner import CrawlResult, crawl_sites
from spiders.site_files import read_site
from storage.database import open_database

SETTINGS = {"WARRAQ_WORKERS": 2}


@dataclass
class World:
    rooms: dict[str, Newsroom]
    folder: Path

    def crawl(self, *names: str, url: str | None = None) -> dict[str, CrawlResult]:
        """Crawl the named sites (all by default) with the product's own spider and workers."""
        files = write_site_files(self.rooms.values(), self.folder / "demo")
        sites = [read_site(file) for file in files if not names or file.stem in names]
        results = crawl_sites(sites, self.folder, settings=SETTINGS, at_once=6, url=url)
        return {result.site: result for result in results}

    def rows(self, query: str, values: Sequence[str] = ()) -> list[dict[str, object]]:
        with self.database() as db:
            return list(db.query(query, values))

    def database(self) -> Database:
        return open_database(self.folder, create=False)


def get(room: Newsroom, target: str, **headers: str) -> tuple[int, Message, bytes]:
    header_fields = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        room.base + quote(target, safe="/?=&%:,"), headers=header_fields
    )
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()
