"""A crawl given to a worker of the cluster, and followed from home: the lease, what comes back, the end."""

import asyncio
import logging
import os
import pickle
import socket
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from items import Site
from pipelines.cluster.refiner import ClusterRefiner
from pipelines.cluster.traffic import WorkerLost
from pipelines.cluster.version import version
from spiders.afield import frames, hosting
from spiders.afield.crawling import Assignment
from spiders.afield.replay import LeaseLost, Replay
from spiders.crawl import CrawlResult
from spiders.ending import write_end
from spiders.equipment import Equipment
from spiders.visit import summary
from storage import crawls, leases, snapshot
from storage.clock import utc_now

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

# What the worker's own settings do not say of a crawl.
_SENT = ("USER_AGENT", "WARRAQ_CONTACT", "DOWNLOAD_TIMEOUT", "CONCURRENT_ITEMS", "LOG_LEVEL")
# Of the counts there; the others are of verdicts, and those are given here.
_COUNTED_THERE = ("queued", "fetched", "read", "links", "refused", "sources", "sources_failed")
# A worker ends a crawl of which nothing is asked for so much of the lease.
_GRANT = 1 / 3
_AGAIN = 0.5


def afield_of(settings: "BaseSettings", equipment: Equipment) -> "Afield | None":
    """None where crawls stay at home."""
    if not settings.getbool("WARRAQ_CLUSTER_CRAWLS"):
        return None
    refiner = equipment.refiner
    return Afield(settings, equipment, refiner) if isinstance(refiner, ClusterRefiner) else None


class Afield:
    def __init__(
        self, settings: "BaseSettings", equipment: Equipment, cluster: ClusterRefiner
    ) -> None:
        self.cluster = cluster
        self.equipment = equipment
        self.lease = settings.getfloat("WARRAQ_CLUSTER_LEASE")
        self.settings = {name: settings[name] for name in _SENT}
        self.stopping = False
        self._busy: Counter[str] = Counter()

    @property
    def crawls(self) -> int:
        """Under way."""
        return self._busy.total()

    def stop(self) -> None:
        """Every crawl lets its requests in flight finish, and takes no more."""
        self.stopping = True

    async def crawl(self, site: Site) -> CrawlResult:
        """Raises StorageError."""
        worker = await self._idlest()
        if worker is None:
            return CrawlResult(site.name, "stopped")
        self._busy[worker] += 1
        try:
            return await Crawl(self, site, worker).result()
        finally:
            self._busy[worker] -= 1

    async def _idlest(self) -> str | None:
        """The worker with the fewest crawls; waits for the first one. None: told to stop."""
        while not self.stopping:
            if addresses := self.cluster.addresses:
                return min(addresses, key=lambda address: self._busy[address])
            await asyncio.sleep(_AGAIN)
        return None


class Crawl:
    """One site, on one worker. The lease is not this process's: if this process ends, the worker
    crawls on for a while, and the site is nobody else's as long.
    """

    def __init__(self, afield: Afield, site: Site, worker: str) -> None:
        self._afield = afield
        self._site = site
        self._worker = worker
        self._token = os.urandom(8).hex()
        self._owner = (
            f"the worker at {worker} for process {os.getpid()} on {socket.gethostname()} "
            f"({self._token[:8]})"
        )
        self._database = afield.equipment.database
        self._replay = Replay(site, self._owner, self._database, afield.equipment.archive)
        self._end: CrawlResult | None = None

    async def result(self) -> CrawlResult:
        name, began = self._site.name, time.monotonic()
        if not self._hold():
            return CrawlResult(name, "busy", f"{name} is being crawled by another")
        crawl = crawls.begin(self._database, self._site, utc_now())
        lost = ""
        try:
            await self._begin()
            await self._follow()
        except (WorkerLost, LeaseLost) as error:
            lost = str(error)
            logger.warning("%s: %s", name, lost)
        finally:
            ended = await self._ended()
        found = self._found(lost)
        write_end(self._database, self._site, crawl, found.outcome, found.counts, found.trouble)
        if ended:
            # Else the worker may be at it still: then the lease runs out by itself.
            leases.release(self._database, name, self._owner)
        logger.info(
            "%s: %s in %.1f s on %s: %s",
            *(name, found.outcome, time.monotonic() - began, self._worker),
            summary(Counter(found.counts)),
            extra={"site": name, "outcome": found.outcome, "counts": dict(found.counts)},
        )
        return found

    def _hold(self) -> bool:
        seconds, now = self._afield.lease, utc_now()
        name, owner = self._site.name, self._owner
        return leases.acquire(self._database, name, owner, seconds, now, host=self._worker)

    async def _begin(self) -> None:
        known = snapshot.take(self._database, self._site)
        bodies = self._afield.equipment.archive is not None and self._site.archive
        assignment = pickle.dumps(Assignment(self._site, known, self._afield.settings, bodies))
        cluster, name = self._afield.cluster, self._site.name
        for other in cluster.addresses:
            if other != self._worker:
                with suppress(WorkerLost):
                    await cluster.call(other, hosting.end, name)
        grant = self._afield.lease * _GRANT
        its = (name, self._token, version(), assignment, grant)
        await cluster.call(self._worker, hosting.begin, *its)

    async def _follow(self) -> None:
        """Step by step to the end. A worker that does not answer is asked again while the lease
        lasts: its scheduler may be on its way back.
        """
        deadline = time.monotonic() + self._afield.lease
        while True:
            try:
                step = await self._step()
            except WorkerLost:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_AGAIN)
                continue
            if step is None:
                raise WorkerLost(f"{self._worker} does not crawl it any more")
            if not self._hold():
                raise LeaseLost(f"{self._site.name} was given to another")
            deadline = time.monotonic() + self._afield.lease
            await self._write(step)
            if step.ended and not step.entries:
                return

    async def _step(self) -> hosting.Step | None:
        settled, stop = self._replay.settled, self._afield.stopping
        step: hosting.Step | None = await self._afield.cluster.call(
            self._worker, hosting.step, self._site.name, self._token, settled, stop
        )
        return step

    async def _write(self, step: hosting.Step) -> None:
        for number, kind, data in step.entries:
            thing = pickle.loads(data)  # noqa: S301 - who is on the cluster runs code anyway
            if kind == frames.RESULT:
                self._end, self._replay.settled = thing, number
            else:
                await self._replay.write(number, thing)

    async def _ended(self) -> bool:
        """Whether the worker is certainly not at it any more."""
        try:
            call = self._afield.cluster.call
            await call(self._worker, hosting.end, self._site.name, self._token)
        except WorkerLost:
            return False
        return True

    def _found(self, lost: str) -> CrawlResult:
        """A worker that was lost says nothing of the site."""
        there = self._end or CrawlResult(self._site.name, "stopped", lost)
        counted = {name: there.counts[name] for name in _COUNTED_THERE if name in there.counts}
        counts = counted | dict(self._replay.counts)
        return CrawlResult(self._site.name, there.outcome, there.trouble, counts, there.rest)
