"""How far one crawl has come: its pages in flight, its counts, what keeps it from its pages, and from these
its outcome. In memory alone: `crawl_session` records it.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass

from items import WALLS, Reason, Site
from pipelines.ingest.rechecked import IngestResult
from spiders.crawl_options import CrawlOptions
from spiders.fetching.retry_after import RetryAfter
from storage.frontier import Queued
from storage.fruitless_sites import PAGE_ADVICE


class InFlight:
    """At most `room` pages, so that memory stays flat however long the queue is."""

    def __init__(self, room: int) -> None:
        self.pages: dict[str, Queued] = {}
        self._room = asyncio.Semaphore(room)
        self._empty = asyncio.Event()

    async def add(self, queued: Queued) -> None:
        """Waits for room."""
        await self._room.acquire()
        self.pages[queued.link.url] = queued
        self._empty.clear()

    def remove(self, key: str) -> Queued | None:
        queued = self.pages.pop(key, None)
        if queued is not None:
            self._room.release()
        if not self.pages:
            self._empty.set()
        return queued

    async def drained(self) -> None:
        if self.pages:
            await self._empty.wait()


@dataclass(frozen=True, slots=True)
class BackfillCounts:
    """Pages of sources that were read and that are due; addresses `queued` when `finished` pages of the
    crawl were.
    """

    read: int
    due: int
    queued: int
    finished: int


_WALL_ADVICE = (
    "answers with something else than its articles, which wait and are fetched again; "
    "open one of them in a browser to see what it asks for"
)
# Those whose detail says whose wall it is.
_NAMED_WALLS = frozenset({Reason.BLOCK_PAGE, Reason.LOGIN_WALL})
_COUNT_NAMES = {"copy": "copies"}
CHIEF_COUNTS = ("queued", "fetched", "new")
_FINAL_COUNTS = ("new", "revised", "unchanged", "copies", "rejected", "failed", "waiting")


class CrawlStatus:
    def __init__(self, site: Site, options: CrawlOptions, room: int) -> None:
        """`room`: how many pages may be in flight."""
        self.site = site
        self.options = options
        self.in_flight = InFlight(room)
        self.pages_left = options.limit
        self.rechecks_left = rechecks_a_crawl(site.delay)
        self.counts: Counter[str] = Counter()
        self.failure = ""  # why no more pages are taken
        self.source_failure = ""  # why no source could be read
        self.trouble = ""  # the last problem with a source
        self.wall = ""  # the last answer that stood in place of a source or a page
        self.resting = False
        self.deferred_until = 0.0  # Unix time from which pages deferred by a Retry-After are due
        self.backfill: BackfillCounts | None = None

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing of the site answers as it should. Its pages would not either, and a network
        that is down for a night would use up all the attempts of what is queued.
        """
        answers = self.counts["refused"] or self.counts["queued"]
        return bool(self.source_failure) and (bool(self.wall) or not answers)

    @property
    def finished_pages(self) -> int:
        return sum(self.counts[name] for name in _FINAL_COUNTS)

    def count_page(self, result: IngestResult) -> None:
        """The page is no longer in flight, whatever became of it."""
        self.in_flight.remove(result.key)
        self.counts[_COUNT_NAMES.get(result.outcome, result.outcome)] += 1
        if result.reason in WALLS or result.reason == Reason.LOGIN_WALL:
            self._note_wall(result)
        if result.reason:
            self.counts[f"{result.outcome}: {result.reason}"] += 1

    def _note_wall(self, result: IngestResult) -> None:
        """A page for subscribers, of a site without a login, is no trouble of the site's."""
        advice = _WALL_ADVICE
        if result.reason in _NAMED_WALLS:
            advice = f"{result.detail}; {PAGE_ADVICE[result.reason]}"
        self.wall = f"{result.reason}: {advice}"
        if result.reason in WALLS or self.site.cookies or self.site.headers:
            self.trouble = self.wall

    def conclude(self, reason: str, retry_after: RetryAfter) -> str:
        """The outcome of a crawl that Scrapy closes for `reason`: `finished`, `failed`, `stopped` or
        `resting`. Of a walled site, `counts` and `trouble` say so from here on.
        """
        if self.failure:
            return "failed"
        if reason != "finished":
            return "stopped"
        if retry_after.is_walled or (self.source_failure and self.wall):
            self.counts["refused"] = self.counts["refused"] or 1
            self.trouble = self.wall or self.trouble
            return "failed"
        if self.resting or retry_after.seconds_left(self.site.homepage) > 0:
            return "resting"
        return "failed" if self.source_failure else "finished"


# Of a crawl: new articles wait for the next one while stored ones are looked at.
_RECHECK_SECONDS, _MAX_RECHECKS = 120.0, 200


def rechecks_a_crawl(delay: float) -> int:
    """How many re-checks a crawl makes at most, with so many seconds between two requests."""
    return max(1, min(_MAX_RECHECKS, int(_RECHECK_SECONDS / delay) if delay else _MAX_RECHECKS))


def summarise_counts(counts: Counter[str]) -> str:
    """On one line: the chief counts always, the others where they are not zero."""
    chief = [f"{counts[name]} {name}" for name in CHIEF_COUNTS]
    others = [
        f"{count} {name}" for name, count in sorted(counts.items()) if name not in CHIEF_COUNTS
    ]
    return ", ".join(chief + others)
