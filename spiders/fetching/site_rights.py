"""What a site declares of the use of its pages for all of them: robots.txt, and TDMRep's well-known file,
which is fetched with the first article of an origin.
"""

import asyncio
import time
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from items import Reason, Rights
from pipelines.rights import ai_crawlers, tdm_file
from pipelines.rights.tdm_file import TdmRule, read_tdm_file, tdm_statements
from spiders.fetching.errors import RequestRefused
from spiders.fetching.request_kinds import kind_of, request_for
from spiders.fetching.retry_after import check_open
from spiders.fetching.robots import KnownRobots, RobotsTxt
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


_META = "warraq_rights"


class SiteRights:
    """A downloader middleware behind RobotsTxt. Whatever happens to the well-known file, pages are
    fetched: without it nothing is known of it.
    """

    def __init__(self, crawler: "Crawler") -> None:
        self.crawler = crawler
        self._files: dict[str, asyncio.Task[tuple[TdmRule, ...] | None]] = {}
        self._read_at: dict[str, str] = {}
        # Whoever comes when the file has just been read does not overtake those that waited for it:
        # the newest articles are asked for first.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "SiteRights":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if kind_of(request) != "article":
            return
        async with self._turns[_origin(request.url)]:
            rights = await self.rights_of(request.url)
        site = getattr(self.crawler.spider, "site", None)
        if site is not None and site.honour_tdm and rights.is_tdm_reserved:
            raise RequestRefused(Reason.TDM_RESERVED, f"{tdm_file.SOURCE} reserves it")
        # While the file was fetched, another page may have been told to wait.
        check_open(request.url)
        request.meta[_META] = rights

    async def rights_of(self, url: str) -> Rights:
        """What the site declares of the page at `url`."""
        origin = _origin(url)
        if origin not in self._files:
            self._files[origin] = asyncio.ensure_future(self._load(origin))
        rules = await asyncio.shield(self._files[origin])
        found = self._of_robots(origin, url)
        if rules is None:
            return found
        stated = tdm_statements(rules, url, self._read_at[origin])
        return found + Rights(stated, (tdm_file.SOURCE,))

    def _of_robots(self, origin: str, url: str) -> Rights:
        robots = self.crawler.get_downloader_middleware(RobotsTxt)
        rules, at = robots.ai_rules(origin) if robots else (None, "")
        if rules is None:
            return Rights()
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Rights(rules.statements(path, at), (ai_crawlers.SOURCE,))

    async def _load(self, origin: str) -> tuple[TdmRule, ...] | None:
        known: KnownRobots | None = getattr(self.crawler.spider, "known_robots", None)
        kept = known.tdm.get(origin) if known else None
        if kept is None or time.monotonic() >= kept[2]:
            seconds = known.seconds if known else 0.0
            kept = (await self._fetch(origin), utc_now(), time.monotonic() + seconds)
            if known:
                known.tdm[origin] = kept
        self._read_at[origin] = kept[1]
        return kept[0]

    async def _fetch(self, origin: str) -> tuple[TdmRule, ...] | None:
        """Empty where the site has no such file; None where it could not be read."""
        request = request_for("source", origin + tdm_file.PATH, priority=900)
        request.meta["download_maxsize"] = tdm_file.MAX_BYTES
        assert self.crawler.engine is not None
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except Exception:
            return None
        if response.status in (404, 410):
            return ()
        return read_tdm_file(response.body) if response.status == 200 else None


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def site_rights(response: Response) -> Rights:
    """What the middleware found for the response's request."""
    rights: Rights | None = response.meta.get(_META)
    return rights or Rights()
