"""A pool of pebble's: its start, its tasks and its end. That it has broken down is found out, and raised
as BrokenProcessPool.
"""

import asyncio
import importlib
import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessPool

from pipelines.workers.worker_tasks import PREPARE, do_nothing, set_up_worker

# How often a task that takes long is asked for.
_LOOK_SECONDS = 1.0

T = TypeVar("T")


def start_pool(
    workers: int, tasks: int, *, function: str, memory: int, preload: tuple[str, ...]
) -> ProcessPool:
    """As the fields of a `LocalRefiner` say; waits until a worker has answered. Raises BrokenProcessPool
    where it cannot, and MemoryError, OSError or RuntimeError where the machine refuses a process.
    """
    context = multiprocessing.get_context("forkserver")
    prepares = PREPARE.rpartition(".")[0]
    # The first result would import it while it is read, for a second in which a worker that ends is
    # taken to have ended with this page.
    importlib.import_module(prepares)
    context.set_forkserver_preload(["pipelines.workers.preload", prepares, *preload])
    pool = ProcessPool(
        max_workers=workers,
        max_tasks=tasks,
        initializer=set_up_worker,
        initargs=(function, memory, preload),
        context=context,
    )
    started: Future[None] = pool.schedule(do_nothing)
    while not wait([started], _LOOK_SECONDS).done:
        _check_is_whole(pool)
    started.result()
    return pool


def schedule(
    pool: ProcessPool,
    task: Callable[..., T],
    arguments: tuple[Any, ...],
    seconds: float | None = None,
) -> Future[T]:
    """`seconds`: after that the worker is killed. Raises BrokenProcessPool."""
    try:
        future: Future[T] = pool.schedule(task, arguments, timeout=seconds)
    except RuntimeError as error:
        # Raised by pebble for a pool that was broken before this task came.
        raise BrokenProcessPool(str(error)) from error
    return future


class _PoolWatch:
    """Cancels what waits for a result of a pool that has broken down; asked every `_LOOK_SECONDS`, at a
    third of what waiting with a timeout took. What has ended refers to nothing: a cycle would keep the
    results of hours of import (10 kB a page) until the garbage collector's oldest generation is due.
    """

    def __init__(self, pool: ProcessPool, waiting: asyncio.Future[Any]) -> None:
        self.pool = pool
        self.waiting = waiting
        self.found_broken = False
        self._look_later()

    def _look_later(self) -> None:
        self.next_look = self.waiting.get_loop().call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self.pool.active:
            self._look_later()
        else:
            self.found_broken = True
            self.waiting.cancel()

    def end(self) -> None:
        self.next_look.cancel()


async def outcome(pool: ProcessPool, future: Future[T]) -> T:
    """What the task returns. Raises what it raises, TimeoutError or ProcessExpired where its worker is
    lost, and BrokenProcessPool where the pool is.
    """
    waiting = asyncio.wrap_future(future)
    watch = _PoolWatch(pool, waiting)
    try:
        return await waiting
    except asyncio.CancelledError:
        if watch.found_broken:
            _check_is_whole(pool)
        raise
    finally:
        watch.end()


def _check_is_whole(pool: ProcessPool) -> None:
    """Pebble's threads end where a worker cannot start; a task that comes in this instant is never
    answered. Raises BrokenProcessPool.
    """
    if not pool.active:
        raise BrokenProcessPool("the pool broke down as the task came")


def end_pool(pool: ProcessPool) -> None:
    """Kill its workers; blocks for a fraction of a second."""
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
