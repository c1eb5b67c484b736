"""Pages in batches, and slices, to the workers of a cluster; runs on the cluster's loop.

What a lost worker or scheduler had is sent again, for as long as it takes: to refine is a pure
function, and of what comes back twice one is taken.
"""

import asyncio
import logging
import pickle
from collections.abc import Sequence

from items import Article, Page, Rejected, Site
from pipelines.workers.cluster import version
from pipelines.workers.cluster.backpressure import Backpressure, ThroughputMeter
from pipelines.workers.cluster.client import Connection
from pipelines.workers.cluster.worker import pages_task, slice_task
from pipelines.workers.pool import NoWorkers
from pipelines.workers.slices import Slice, SliceBatch, failed_batch, merge_batches
from pipelines.workers.slices import SliceResult as SliceOutcome

logger = logging.getLogger(__name__)

# A page alone costs the engine ten times what it costs among eight; more than eight save little,
# and a worker that is lost takes them along.
PAGES = 8
BYTES = 2_000_000
_LOST = "the workers that had it were lost"

RefineJob = tuple[Page, Site]
RefineResult = Article | Rejected
PendingJob = tuple[RefineJob, "asyncio.Future[RefineResult]"]


class Dispatch:
    """Make it in a running loop."""

    def __init__(self, address: str) -> None:
        self.connection = Connection(address)
        self.meter = ThroughputMeter()
        self.traffic = Backpressure(self.connection, self.meter)
        self.waiting: list[PendingJob] = []
        self._sender: asyncio.Task[None] | None = None
        self._sent: set[asyncio.Task[None]] = set()

    async def refine(self, job: RefineJob) -> RefineResult:
        answer: asyncio.Future[RefineResult] = asyncio.get_running_loop().create_future()
        self.waiting.append((job, answer))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return await answer

    async def _send(self) -> None:
        """A batch leaves when there is room for it; what comes meanwhile goes along."""
        while self.waiting:
            await self.traffic.enter()
            task = asyncio.create_task(self._settle(self._taken()))
            self._sent.add(task)
            task.add_done_callback(self._sent.discard)

    def _taken(self) -> list[PendingJob]:
        """As many as share the room evenly, up to a full batch."""
        most = min(max(len(self.waiting) // (self.traffic.free + 1), 1), PAGES)
        count, size = 0, 0
        while count < min(most, len(self.waiting)) and size < BYTES:
            size += len(self.waiting[count][0][0].body)
            count += 1
        batch, self.waiting = self.waiting[:count], self.waiting[count:]
        return batch

    async def _settle(self, batch: list[PendingJob]) -> None:
        jobs = [job for job, _ in batch]
        try:
            outcomes = await self._outcomes(jobs)
        except NoWorkers as error:
            # It says nothing of the pages: whoever asked stops, and they stay in the queue.
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        except Exception as error:
            # As the local pool has it: a fault of ours stops no crawl.
            logger.error("a batch of %d failed: %r", len(jobs), error, exc_info=error)
            outcomes = [Rejected(page.url, "crashed", repr(error)) for page, _ in jobs]
        finally:
            self.traffic.leave()
        self.meter.refined += len(batch)
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if not answer.done():
                answer.set_result(outcome)

    async def _outcomes(self, jobs: Sequence[RefineJob]) -> Sequence[RefineResult]:
        from distributed import KilledWorker

        try:
            outcomes: Sequence[RefineResult] = await self.traffic.result(
                pages_task, version(), pickle.dumps(jobs)
            )
        except KilledWorker:
            if len(jobs) == 1:
                return [Rejected(jobs[0][0].url, "crashed", _LOST)]
            return [(await self._outcomes([job]))[0] for job in jobs]
        return outcomes

    async def refine_slice(self, part: Slice) -> SliceBatch:
        """Raises what reading the slice raises."""
        from distributed import KilledWorker

        await self.traffic.enter()
        try:
            batch = await self._slice(part)
        except KilledWorker:
            batch = merge_batches([await self._single(*each) for each in part.split_single()])
        finally:
            self.traffic.leave()
        self.meter.refined += len(batch.results)
        return batch

    async def _single(self, unknown: SliceOutcome, one: Slice) -> SliceBatch:
        from distributed import KilledWorker

        try:
            return await self._slice(one)
        except KilledWorker:
            return failed_batch(unknown, "crashed", _LOST)

    async def _slice(self, part: Slice) -> SliceBatch:
        found: SliceBatch | Exception = await self.traffic.result(
            slice_task, version(), pickle.dumps(part)
        )
        if isinstance(found, Exception):
            raise found
        return found

    async def close(self) -> None:
        """What waits is left."""
        tasks = [*self._sent, *([self._sender] if self._sender else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.traffic.close()
        await self.connection.close()
