"""How much is under way to the workers of a cluster, never more than keeps them busy; and at which rate
they refine.
"""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.workers.cluster.client import Connection

Bound = Literal["workers", "writer", "network"]

# One a second: the rate is that of the last seconds.
_MAX_SAMPLES = 15


@dataclass(frozen=True, slots=True)
class Sample:
    at: float
    refined: int
    bound: Bound


class ThroughputMeter:
    """Call `sample` once a second. `refined` counts the pages that came back, `taken` those that the
    caller has processed since.
    """

    def __init__(self) -> None:
        self.refined = 0
        self.taken = 0
        self._samples: deque[Sample] = deque(maxlen=_MAX_SAMPLES)

    def sample(self, *, slots: int, under_way: int, now: float | None = None) -> None:
        at = time.monotonic() if now is None else now
        self._samples.append(Sample(at, self.refined, self._bound(slots, under_way)))

    def _bound(self, slots: int, under_way: int) -> Bound:
        if under_way >= slots:
            return "workers"
        # Workers are idle: their results wait for the writer, or too few pages come.
        return "writer" if self.refined > self.taken else "network"

    @property
    def rate(self) -> float:
        """Pages a second."""
        if len(self._samples) < 2:
            return 0.0
        first, last = self._samples[0], self._samples[-1]
        return (last.refined - first.refined) / max(last.at - first.at, 0.001)

    @property
    def bound(self) -> Bound | None:
        """The most frequent one of the last samples; None while nothing is refined."""
        if not self.rate:
            return None
        return Counter(sample.bound for sample in self._samples).most_common(1)[0][0]


logger = logging.getLogger(__name__)

# Batches under way for each slot: a worker finds the next one when it is done.
_BATCHES_PER_SLOT = 2
_SAMPLE_SECONDS = 1.0
_WARN_SECONDS = 60.0


class Backpressure:
    """`enter` waits for room: memory stays flat here, on the scheduler and on the workers."""

    def __init__(self, connection: Connection, meter: ThroughputMeter) -> None:
        self.workers: dict[str, int] = {}
        self.under_way = 0
        self._connection = connection
        self._meter = meter
        self._room = asyncio.Event()
        self._watching = asyncio.create_task(self._watch())

    @property
    def free(self) -> int:
        return _BATCHES_PER_SLOT * self.slots - self.under_way

    @property
    def slots(self) -> int:
        """Batches that are refined at once, as far as the workers are known."""
        return max(sum(self.workers.values()), 1)

    async def enter(self) -> None:
        while self.free <= 0:
            self._room.clear()
            await self._room.wait()
        self.under_way += 1

    def leave(self) -> None:
        self.under_way -= 1
        self._room.set()

    async def result(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Submitted again whenever the scheduler is lost. Raises what `function` raises, and
        KilledWorker for a task that takes one worker down after another.
        """
        while True:
            client = await self._connection.client()
            try:
                return await client.submit(function, *arguments, pure=False)
            except (CancelledError, OSError) as error:
                logger.debug("submitted again: %r", error)
                await self._connection.lost(client)

    async def _watch(self) -> None:
        warned = time.monotonic()
        while True:
            client = await self._connection.client()
            try:
                self.workers = dict(await client.nthreads())
            except (CancelledError, OSError):
                await self._connection.lost(client)
                continue
            self._room.set()
            self._meter.sample(slots=self.slots, under_way=self.under_way)
            if self.under_way and not self.workers and time.monotonic() > warned + _WARN_SECONDS:
                warned = time.monotonic()
                logger.warning("pages wait: the cluster has no workers")
            await asyncio.sleep(_SAMPLE_SECONDS)

    async def close(self) -> None:
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
