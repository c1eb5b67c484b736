"""How much is on its way to the workers of a cluster: never more than keeps them busy; and how fast
they are.
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

_SAMPLES = 15


@dataclass(frozen=True, slots=True)
class Sample:
    at: float
    refined: int
    bound: Bound


class ThroughputMeter:
    """Look once a second. `refined` counts pages that came back, `taken` those that whoever asked
    for them has gone on with.
    """

    def __init__(self) -> None:
        self.refined = 0
        self.taken = 0
        self._samples: deque[Sample] = deque(maxlen=_SAMPLES)

    def sample(self, *, slots: int, under_way: int, now: float | None = None) -> None:
        at = time.monotonic() if now is None else now
        self._samples.append(Sample(at, self.refined, self._bound(slots, under_way)))

    def _bound(self, slots: int, under_way: int) -> Bound:
        if under_way >= slots:
            return "workers"
        # They idle: because what they have done waits for the writer, or because nothing comes.
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
        """What it was most of the time; None: nothing has come back of late."""
        if not self.rate:
            return None
        return Counter(sample.bound for sample in self._samples).most_common(1)[0][0]


logger = logging.getLogger(__name__)

# Batches for each that is being worked on: the next one is there when one is done.
_AHEAD = 2
_LOOK = 1.0
_REMIND = 60.0


class Backpressure:
    """`enter` waits for room, so that memory stays flat here, on the scheduler and on the workers."""

    def __init__(self, connection: Connection, meter: ThroughputMeter) -> None:
        self.workers: dict[str, int] = {}
        self.under_way = 0
        self._connection = connection
        self._meter = meter
        self._left = asyncio.Event()
        self._looking = asyncio.create_task(self._look())

    @property
    def free(self) -> int:
        return _AHEAD * self.slots - self.under_way

    @property
    def slots(self) -> int:
        """Batches that are worked on at once, as far as is known by now."""
        return max(sum(self.workers.values()), 1)

    async def enter(self) -> None:
        while self.free <= 0:
            self._left.clear()
            await self._left.wait()
        self.under_way += 1

    def leave(self) -> None:
        self.under_way -= 1
        self._left.set()

    async def result(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """However often the scheduler is lost on the way. Raises what `function` raises, and
        KilledWorker for what loses one worker after another.
        """
        while True:
            client = await self._connection.client()
            try:
                return await client.submit(function, *arguments, pure=False)
            except (CancelledError, OSError) as error:
                logger.debug("sent again: %r", error)
                await self._connection.lost(client)

    async def _look(self) -> None:
        reminded = time.monotonic()
        while True:
            client = await self._connection.client()
            try:
                self.workers = dict(await client.nthreads())
            except (CancelledError, OSError):
                await self._connection.lost(client)
                continue
            self._left.set()
            self._meter.sample(slots=self.slots, under_way=self.under_way)
            if self.under_way and not self.workers and time.monotonic() > reminded + _REMIND:
                reminded = time.monotonic()
                logger.warning("pages wait: the cluster has no workers")
            await asyncio.sleep(_LOOK)

    async def close(self) -> None:
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
