"""robots.txt as RFC 9309 has it, with the Crawl-delay and Request-rate that Scrapy ignores."""

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from items import Reason
from spiders.fetching.errors import RequestRefused, describe_error
from spiders.fetching.request_kinds import kind_of, request_for
from spiders.fetching.throttle import slow_down

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


_MAX_BYTES = 512_000  # RFC 9309 2.5: at least 500 KiB must be read
_MAX_KEPT_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """`closed`: why robots.txt could not be read, so that nothing is fetched for now. With neither
    field set, everything is allowed.
    """

    robots: Protego | None = None
    closed: str = ""

    def check(self, url: str, agent: str) -> None:
        if self.closed:
            raise RequestRefused(Reason.ROBOTS_UNREACHABLE, self.closed)
        if self.robots and not self.robots.can_fetch(url, agent):
            raise RequestRefused(Reason.ROBOTS, "robots.txt does not allow it")

    def delay(self, agent: str) -> float:
        """Seconds between two requests."""
        if self.robots is None:
            return 0.0
        rate = self.robots.request_rate(agent)
        between = rate.seconds / rate.requests if rate and rate.requests else 0.0
        return max(self.robots.crawl_delay(agent) or 0.0, between)


class KnownRobots:
    """Rules shared by the crawls of one process, so that a poll of a quiet site requests its feed
    alone. RFC 9309 2.4 allows a day.
    """

    def __init__(self, seconds: float = 3600.0) -> None:
        self.seconds = seconds
        self._known: dict[str, tuple[RobotsRules, float]] = {}

    def get(self, origin: str) -> RobotsRules | None:
        rules, until = self._known.get(origin, (None, 0.0))
        return rules if time.monotonic() < until else None

    def keep(self, origin: str, rules: RobotsRules, size: int) -> None:
        """Neither a server's trouble nor a large file: they stay in memory for every site."""
        if not rules.closed and size <= _MAX_KEPT_BYTES:
            self._known[origin] = rules, time.monotonic() + self.seconds


class RobotsTxt:
    """A downloader middleware in place of Scrapy's: one robots.txt for each origin."""

    def __init__(self, crawler: "Crawler") -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._rules: dict[str, asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "RobotsTxt":
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if kind_of(request) == "robots":
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._load(origin))
        # Many requests wait for one robots.txt: none of them may cancel it.
        rules = await asyncio.shield(self._rules[origin])
        rules.check(request.url, self.agent)

    async def _load(self, origin: str) -> RobotsRules:
        known: KnownRobots = getattr(self.crawler.spider, "known_robots", None) or KnownRobots()
        if (rules := known.get(origin)) is None:
            rules, size = await self._fetch(origin)
            known.keep(origin, rules, size)
        slow_down(self.crawler, origin, rules.delay(self.agent))
        return rules

    async def _fetch(self, origin: str) -> tuple[RobotsRules, int]:
        request = request_for("robots", f"{origin}/robots.txt", priority=1000)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            if isinstance(error, RequestRefused) and error.reason in (
                Reason.PRIVATE_ADDRESS,
                Reason.RESTING,
            ):
                raise
            return RobotsRules(closed=f"robots.txt cannot be read: {describe_error(error)[1]}"), 0
        return parse_robots(response), len(response.body)


def parse_robots(response: Response) -> RobotsRules:
    """RFC 9309 2.3.1: absent means all is allowed, a server error means nothing for now."""
    if 200 <= response.status < 300:
        return RobotsRules(Protego.parse(response.body[:_MAX_BYTES].decode("utf-8-sig", "replace")))
    if response.status == 429 or response.status >= 500:
        return RobotsRules(closed=f"robots.txt answers {response.status}")
    return RobotsRules()
