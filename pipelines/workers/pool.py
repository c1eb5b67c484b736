"""The worker processes in which pages are refined and sources are read. What overruns is killed with its
worker; the event loop only waits.
"""

import asyncio
import logging
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from pebble import ProcessExpired, ProcessPool

from items import Article, Page, Reason, Rejected, Site
from pipelines.workers.pebble_pool import end_pool, outcome, schedule, start_pool
from pipelines.workers.slices import (
    Slice,
    SliceBatch,
    SliceResult,
    failed_batch,
    merge_batches,
)
from pipelines.workers.transfer import shared_bytes
from pipelines.workers.worker_tasks import (
    MAX_MESSAGE,
    WorkerLost,
    refine_and_record,
    refine_page,
    run_function,
    run_slice,
    with_body,
)
from text.terminal import printable

REFINE = "pipelines.refine.refine"
# A new worker costs a fork and cold caches; one that has leaked memory for long costs more.
TASKS_PER_WORKER = 2000
# The address space of a worker before its first page is 175 MB.
WORKER_BYTES = 256 << 20
_LEAST_MEMORY_MB = 128

T = TypeVar("T")

logger = logging.getLogger(__name__)


class NoWorkers(Exception):
    """No worker process can be started, which is not the fault of any page."""


class Runs(Protocol):
    """What calls plain functions in a worker, as `LocalRefiner.run` does."""

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T: ...


class LocalRefiner:
    """A pool of processes, started by the first page. All methods raise NoWorkers.

    `seconds`: the limit of a page. `memory`: bytes that a worker may allocate. `function`: the dotted
    path of what refines a page. `tasks`: pages or slices after which a worker is replaced. `preload`:
    modules that a worker has imported before its first task. `lost_workers` counts those that were
    killed or died.
    """

    def __init__(
        self,
        workers: int = 2,
        seconds: float = 20.0,
        *,
        memory: int = 1 << 30,
        function: str = REFINE,
        tasks: int = TASKS_PER_WORKER,
        preload: tuple[str, ...] = (),
    ) -> None:
        self.workers = workers
        self.seconds = seconds
        self.memory = memory
        self.function = function
        self.tasks = tasks
        self.preload = preload
        self._pool: ProcessPool | None = None
        self._starting = asyncio.Lock()
        self._logged: set[type[Exception]] = set()
        self.lost_workers = 0

    async def refine(self, page: Page, site: Site) -> Article | Rejected:
        return await self._refine(refine_page, page, site, lambda rejected: rejected)

    async def refine_and_record(self, page: Page, site: Site) -> tuple[Article | Rejected, Any]:
        """Also the page's `PageRecord` for the archive; None where the worker was lost or failed."""
        return await self._refine(refine_and_record, page, site, lambda rejected: (rejected, None))

    async def _refine(
        self,
        task: Callable[..., T],
        page: Page,
        site: Site,
        without: Callable[[Rejected], T],
    ) -> T:
        """What the task returns, or what it would have `without` its worker."""
        empty = replace(page, body=b"")
        async with shared_bytes([page.body]) as [body]:
            arguments = (task, body, self.function, self.seconds, empty, site)
            for _ in range(2):
                pool = await self._running_pool()
                try:
                    future: Future[T] = schedule(pool, with_body, arguments, self.seconds)
                    return await outcome(pool, future)
                except BrokenProcessPool:
                    logger.warning("the worker processes broke down and are restarted")
                    await self._discard(pool)
                except Exception as error:
                    return without(self._rejected(error, page))
        reason = "the worker processes broke down twice"
        return without(Rejected(page.url, Reason.CRASHED, reason))

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        """What a module's `function` returns, under the limits of a page, its time multiplied by
        `patience`. Raises WorkerLost, and what the function raises.
        """
        seconds = self.seconds * patience
        async with shared_bytes(arguments) as sent:
            for _ in range(2):
                pool = await self._running_pool()
                try:
                    return await self._call(pool, seconds, function, sent)
                except BrokenProcessPool:
                    logger.warning("the worker processes broke down and are restarted")
                    await self._discard(pool)
        raise WorkerLost(Reason.CRASHED, "the worker processes broke down twice")

    async def _call(
        self,
        pool: ProcessPool,
        seconds: float,
        function: Callable[..., T],
        arguments: Sequence[Any],
    ) -> T:
        task = (function, seconds, *arguments)
        try:
            future: Future[T] = schedule(pool, run_function, task, seconds)
            return await outcome(pool, future)
        except TimeoutError as error:
            self.lost_workers += 1
            raise WorkerLost(Reason.TIMEOUT, f"not read within {seconds:g} s") from error
        except ProcessExpired as error:
            self.lost_workers += 1
            message = f"its worker ended with code {error.exitcode}"
            raise WorkerLost(Reason.CRASHED, message) from error
        except MemoryError as error:
            message = f"needs more than {self.memory >> 20} MiB to be read"
            raise WorkerLost(Reason.MEMORY, message) from error

    async def refine_slice(self, part: Slice) -> SliceBatch:
        """The worker reads the slice's pages itself. A slice whose worker was lost is repeated record
        by record, so that only the record it was lost with is rejected.

        Raises what reading the slice raises: OSError, WarcError.
        """
        try:
            return await self._slice(part)
        except (ProcessExpired, MemoryError) as error:
            self.lost_workers += isinstance(error, ProcessExpired)
            single = [self._single(unknown, record) for unknown, record in part.split_single()]
            return merge_batches(await asyncio.gather(*single))

    async def _single(self, unknown: SliceResult, record: Slice) -> SliceBatch:
        try:
            return await self._slice(record)
        except MemoryError:
            return failed_batch(unknown, Reason.MEMORY, f"needs more than {self.memory >> 20} MiB")
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGALRM:
                return failed_batch(
                    unknown, Reason.TIMEOUT, f"not refined within {self.seconds:g} s"
                )
            return failed_batch(
                unknown, Reason.CRASHED, f"the worker ended with code {error.exitcode}"
            )

    async def _slice(self, part: Slice) -> SliceBatch:
        for attempt in range(2):
            pool = await self._running_pool()
            try:
                future: Future[SliceBatch] = schedule(pool, run_slice, (part, self.seconds))
                return await outcome(pool, future)
            except BrokenProcessPool as error:
                if attempt:
                    raise NoWorkers("the worker processes broke down twice") from error
                logger.warning("the worker processes broke down and are restarted")
                await self._discard(pool)
        raise AssertionError

    def _rejected(self, error: Exception, page: Page) -> Rejected:
        """For a page whose task has failed."""
        if isinstance(error, TimeoutError):
            self.lost_workers += 1
            return Rejected(page.url, Reason.TIMEOUT, f"not refined within {self.seconds:g} s")
        if isinstance(error, ProcessExpired):
            self.lost_workers += 1
            return Rejected(
                page.url, Reason.CRASHED, f"the worker ended with code {error.exitcode}"
            )
        if isinstance(error, MemoryError):
            return Rejected(page.url, Reason.MEMORY, f"needs more than {self.memory >> 20} MiB")
        # A bug may affect every page of a site: one traceback of each kind is enough.
        is_new = type(error) not in self._logged
        self._logged.add(type(error))
        detail = str(error) if isinstance(error, WorkerLost) else repr(error)
        detail = detail[:MAX_MESSAGE]
        logger.error(
            "refining %s failed: %s",
            printable(page.url),
            printable(detail),
            exc_info=error if is_new else None,
        )
        return Rejected(page.url, Reason.CRASHED, detail)

    async def _running_pool(self) -> ProcessPool:
        async with self._starting:
            if self._pool is None:
                # It waits seconds for the fork server's imports, so not on the event loop.
                try:
                    self._pool = await asyncio.to_thread(self._start)
                except BrokenProcessPool as error:
                    raise NoWorkers("the worker processes end as soon as they start") from error
                except (MemoryError, OSError, RuntimeError) as error:
                    # No memory, no thread, no process: of the machine or of its limits.
                    raise NoWorkers(f"no worker process can be started: {error!r}") from error
        return self._pool

    def _start(self) -> ProcessPool:
        check_address_space(self.memory)
        return start_pool(
            self.workers,
            self.tasks,
            function=self.function,
            memory=self.memory,
            preload=self.preload,
        )

    async def _discard(self, pool: ProcessPool) -> None:
        if self._pool is pool:
            self._pool = None
            self.lost_workers += self.workers
            await asyncio.to_thread(end_pool, pool)

    def report(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        """Kill the workers with what they are refining; blocks for a fraction of a second."""
        pool, self._pool = self._pool, None
        if pool is not None:
            end_pool(pool)


def check_address_space(memory: int) -> None:
    """Raises NoWorkers where a limit of this process, which its workers inherit, leaves them less than
    `memory`: every page would fail, by no fault of its own.
    """
    _, limit = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < memory + WORKER_BYTES:
        least = (memory + WORKER_BYTES) >> 20
        lower = max((limit - WORKER_BYTES) >> 20, 0)
        instead = f", or WARRAQ_WORKER_MEMORY_MB={lower}" if lower >= _LEAST_MEMORY_MB else ""
        raise NoWorkers(
            f"this process may use {limit >> 20} MB of address space (ulimit -v, LimitAS=), which is too "
            f"little for a worker: set the limit to {least} MB or more{instead}"
        )
