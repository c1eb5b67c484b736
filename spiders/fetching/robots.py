"""robots.txt as RFC 9309 has it, with the Crawl-delay and Request-rate that Scrapy ignores."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from items import Reason
from pipelines.rights.ai_crawlers import AiRules, read_ai_rules
from pipelines.rights.tdm_file import TdmRule
from pipelines.workers.pool import NoWorkers
from pipelines.workers.worker_tasks import WorkerLost
from spiders.fetching.errors import ProxyFailed, RequestRefused, describe_error
from spiders.fetching.request_kinds import kind_of, request_for
from spiders.fetching.throttle import slow_down
from spiders.fetching.walls import bot_check_in
from text.limits import MAX_ROBOTS_RULES, MAX_ROBOTS_WILDCARDS
from text.timestamps import utc_now

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


_MAX_BYTES = 512_000  # RFC 9309 2.5: at least 500 KiB must be read
_MAX_KEPT_BYTES = 64_000
# What is parsed on the loop, in some 10 ms: a quiet poll must not start workers for a few lines.
_MAX_SMALL_BYTES = 16_000


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """`closed`: why robots.txt could not be read, so that nothing is fetched for now, and `reason` the
    same in a word. With neither `robots` nor `closed`, everything is allowed. `ai`: what it says to robots of AI; `read_at`: when (ISO 8601).
    """

    robots: Protego | None = None
    closed: str = ""
    ai: AiRules | None = None
    read_at: str = ""
    reason: Reason = Reason.ROBOTS_UNREACHABLE

    def check(self, url: str, agent: str) -> None:
        if self.closed:
            raise RequestRefused(self.reason, self.closed)
        if self.robots and not self.robots.can_fetch(url, agent):
            raise RequestRefused(Reason.ROBOTS, "robots.txt does not allow it")

    def delay(self, agent: str) -> float:
        """Seconds between two requests."""
        if self.robots is None:
            return 0.0
        rate = self.robots.request_rate(agent)
        # A day is the longest: larger integers may be too large for a float.
        between = min(rate.seconds, _DAY) / min(rate.requests, _DAY) if rate else 0.0
        return max(self.robots.crawl_delay(agent) or 0.0, between)


_DAY = 86_400
_AGENT_LINE = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*(.*)", re.IGNORECASE)
_SITE_LINE = re.compile(r"\s*(?:site-?maps?|host)\b|\s*\Z", re.IGNORECASE)
_RULE_LINE = re.compile(r".*:|\s*(?:[dis]{3}\w*w|allow|crawl.delay|request.rate)\b", re.IGNORECASE)


def read_robots(body: bytes, agent: str) -> RobotsRules:
    """The rules for `agent`; closed where they are too many to compare each URL with them."""
    text = body.decode("utf-8-sig", "replace")
    lines = list(_lines_for(text, agent.lower()))
    if len(lines) > MAX_ROBOTS_RULES:
        return RobotsRules(closed=f"robots.txt has more than {MAX_ROBOTS_RULES:,} rules")
    # Protego keeps a rule with a $ twice: the end of the address, and the character.
    if sum(1 + ("$" in line) for line in lines if "*" in line) > MAX_ROBOTS_WILDCARDS:
        return RobotsRules(closed=f"robots.txt has more than {MAX_ROBOTS_WILDCARDS:,} wildcards")
    return RobotsRules(Protego.parse("\n".join(lines)), ai=read_ai_rules(text), read_at=utc_now())


def _lines_for(text: str, agent: str) -> Iterator[str]:
    """The groups that may be for `agent`, and those for all. Protego keeps every rule once for each
    robot of its group: 17 000 robots above 30 000 rules would be 500 million.
    """
    concerned, between = False, True
    for line in text.splitlines():
        rule = line.partition("#")[0]
        if _SITE_LINE.match(rule):
            continue
        if match := _AGENT_LINE.match(rule):
            # Protego reads `Warraq*` as well, and takes a name that begins ours.
            name = match[1].strip().lower()
            is_ours = name == "*" or (name.replace("*", "") or "-") in agent
            concerned, between = is_ours or (concerned and not between), False
            if is_ours:
                yield f"User-agent: {name}"
        elif _RULE_LINE.match(rule):
            between = True
            if concerned:
                yield rule


class KnownRobots:
    """Rules shared by the crawls of one process, so that a poll of a quiet site requests its feed
    alone. RFC 9309 2.4 allows a day.
    """

    def __init__(self, seconds: float = 3600.0) -> None:
        self.seconds = seconds
        # Of TDMRep's file: its rules, None where it could not be read; when; until when it is known.
        self.tdm: dict[str, tuple[tuple[TdmRule, ...] | None, str, float]] = {}
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

    def ai_rules(self, origin: str) -> tuple[AiRules | None, str]:
        """What its robots.txt says to robots of AI, and when it was read. None: it was not."""
        loaded = self._rules.get(origin)
        if loaded is None or not loaded.done() or loaded.cancelled() or loaded.exception():
            return None, ""
        rules = loaded.result()
        return rules.ai, rules.read_at

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
        except ProxyFailed:
            raise
        except Exception as error:
            if isinstance(error, RequestRefused) and error.reason in (
                Reason.PRIVATE_ADDRESS,
                Reason.RESTING,
            ):
                raise
            reason, message = describe_error(error)
            if reason == Reason.DNS:  # of the whole site, not of its robots.txt
                return RobotsRules(closed=message, reason=reason), 0
            return RobotsRules(closed=f"robots.txt cannot be read: {message}"), 0
        return await self._rules_of(response), len(response.body)

    async def _rules_of(self, response: Response) -> RobotsRules:
        """RFC 9309 2.3.1: absent means all is allowed, a server error means nothing for now."""
        if not 200 <= response.status < 300:
            return _rules_of_status(response)
        body, workers = response.body[:_MAX_BYTES], getattr(self.crawler.spider, "workers", None)
        if workers is None or len(body) <= _MAX_SMALL_BYTES:
            return read_robots(body, self.agent)
        try:
            rules: RobotsRules = await workers.run(read_robots, body, self.agent)
        except (WorkerLost, NoWorkers) as error:
            return RobotsRules(closed=f"robots.txt cannot be read: {error}")
        return rules


def _rules_of_status(response: Response) -> RobotsRules:
    status = response.status
    if status == 429 or status >= 500:
        wall = bot_check_in(response)
        return RobotsRules(closed=f"robots.txt {wall.detail if wall else f'answers {status}'}")
    return RobotsRules(ai=AiRules(), read_at=utc_now())
