"""Sends pages in batches, and slices, to the workers of a cluster; runs on the cluster's event loop.

What a lost worker or scheduler had is sent again, for as long as it takes: refinement is a pure
function, and the first result is taken.
"""

import asyncio
import logging
import pickle
from collections.abc import Sequence

from items import Article, Page, Reason, Rejected, Site
from pipelines.workers.cluster import version
from pipelines.workers.cluster.backpressure import Backpressure, ThroughputMeter
from pipelines.workers.cluster.client import Connection
from pipelines.workers.cluster.worker import pages_task, slice_task
from pipelines.workers.pool import NoWorkers
from pipelines.workers.slices import Slice, SliceBatch, SliceResult, failed_batch, merge_batches

logger = logging.getLogger(__name__)

# Of a batch. A single page costs Dask ten times what it costs among eight; more than eight save little,
# and are lost with their worker.
PAGES = 8
BYTES = 2_000_000
_LOST = "the workers that had it were lost"

RefineJob = tuple[Page, Site]
RefineResult = Article | Rejected
PendingJob = tuple[RefineJob, "asyncio.Future[RefineResult]"]


class Dispatch:
    """Construct it in a running event loop."""

    def __init__(self, address: str) -> None:
        self.connection = Connection(address)
        self.meter = ThroughputMeter()
        self.traffic = Backpressure(self.connection, self.meter)
        self.waiting: list[PendingJob] = []
        self._sender: asyncio.Task[None] | None = None
        self._batches: set[asyncio.Task[None]] = set()

    async def refine(self, job: RefineJob) -> RefineResult:
        future: asyncio.Future[RefineResult] = asyncio.get_running_loop().create_future()
        self.waiting.append((job, future))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return await future

    async def _send(self) -> None:
        """A batch is made when there is room for it, of what waits by then."""
        while self.waiting:
            await self.traffic.enter()
            task = asyncio.create_task(self._refine_batch(self._next_batch()))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    def _next_batch(self) -> list[PendingJob]:
        """As many pages as share the free room evenly, up to a full batch."""
        limit = min(max(len(self.waiting) // (self.traffic.free + 1), 1), PAGES)
        count, size = 0, 0
        while count < min(limit, len(self.waiting)) and size < BYTES:
            size += len(self.waiting[count][0][0].body)
            count += 1
        batch, self.waiting = self.waiting[:count], self.waiting[count:]
        return batch

    async def _refine_batch(self, batch: list[PendingJob]) -> None:
        jobs = [job for job, _ in batch]
        try:
            results = await self._results(jobs)
        except NoWorkers as error:
            # Not the pages' fault: the caller stops, and they stay in the queue.
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        except Exception as error:
            # As in the local pool, a bug stops no crawl.
            logger.error("a batch of %d failed: %r", len(jobs), error, exc_info=error)
            results = [Rejected(page.url, Reason.CRASHED, repr(error)) for page, _ in jobs]
        finally:
            self.traffic.leave()
        self.meter.refined += len(batch)
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _results(self, jobs: Sequence[RefineJob]) -> Sequence[RefineResult]:
        from distributed import KilledWorker

        try:
            results: Sequence[RefineResult] = await self.traffic.result(
                pages_task, version(), pickle.dumps(jobs)
            )
        except KilledWorker:
            if len(jobs) == 1:
                return [Rejected(jobs[0][0].url, Reason.CRASHED, _LOST)]
            return [(await self._results([job]))[0] for job in jobs]
        return results

    async def refine_slice(self, part: Slice) -> SliceBatch:
        """Raises what reading the slice raises."""
        from distributed import KilledWorker

        await self.traffic.enter()
        try:
            batch = await self._slice(part)
        except KilledWorker:
            batch = merge_batches([await self._single(*pair) for pair in part.split_single()])
        finally:
            self.traffic.leave()
        self.meter.refined += len(batch.results)
        return batch

    async def _single(self, unknown: SliceResult, record: Slice) -> SliceBatch:
        from distributed import KilledWorker

        try:
            return await self._slice(record)
        except KilledWorker:
            return failed_batch(unknown, Reason.CRASHED, _LOST)

    async def _slice(self, part: Slice) -> SliceBatch:
        result: SliceBatch | Exception = await self.traffic.result(
            slice_task, version(), pickle.dumps(part)
        )
        if isinstance(result, Exception):
            raise result
        return result

    async def close(self) -> None:
        """Drops what waits."""
        tasks = [*self._batches, *([self._sender] if self._sender else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.traffic.close()
        await self.connection.close()
