"""A worker of the cluster: Dask in this process, pages and slices in processes of their own, with the
limits of the local pool.
"""

import asyncio
import logging
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from items import Article, Page, Rejected, Site
from pipelines.workers.cluster import check_version
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.slices import Slice, SliceBatch


@dataclass(frozen=True, slots=True)
class Pools:
    """Neither starts a process before it has a task. Processes of `slices` are replaced after fewer
    tasks, since a slice is so much more than a page.
    """

    pages: LocalRefiner
    slices: LocalRefiner

    def close(self) -> None:
        self.pages.close()
        self.slices.close()


# Those of this process: a task is a module's function, and reaches them here.
_pools: list[Pools] = []


def use_pools(pools: Pools) -> None:
    """The tasks of this process go to `pools` from now on."""
    _pools[:] = [pools]


# Tasks are coroutines, which Dask runs on its event loop and not in a thread. Their argument is pickled
# by us, so that the scheduler passes bytes on and does not unpack them. `wanted` is the caller's version.
async def pages_task(wanted: str, pickled: bytes) -> list[Article | Rejected]:
    check_version(wanted)
    jobs: Sequence[tuple[Page, Site]] = pickle.loads(pickled)  # noqa: S301 - the cluster runs code anyway
    pool = _pools[0].pages
    return await asyncio.gather(*(pool.refine(page, site) for page, site in jobs))


async def slice_task(wanted: str, pickled: bytes) -> SliceBatch | Exception:
    """Errors are returned, so that they are not mistaken for Dask's own."""
    try:
        check_version(wanted)
        part: Slice = pickle.loads(pickled)  # noqa: S301 - as above
        return await _pools[0].slices.refine_slice(part)
    except Exception as error:
        return error


logger = logging.getLogger(__name__)

_DASK_SETTINGS = {
    # Nobody reads the profile, for which every thread is sampled 100 times a second.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.worker.http.routes": [],
}
_RETRY_SECONDS = 1.0


async def work(
    address: str,
    pools: Pools,
    stop: asyncio.Event,
    *,
    host: str | None = None,
    port: int | None = None,
) -> None:
    """Until `stop` is set. A scheduler that goes away is waited for."""
    import dask

    use_pools(pools)
    dask.config.set(_DASK_SETTINGS)
    stopped = asyncio.create_task(stop.wait())
    with tempfile.TemporaryDirectory(prefix="warraq-worker-") as folder:
        while not stop.is_set():
            await _join(address, pools.pages.workers, folder, stopped, host=host, port=port)
            await asyncio.wait([stopped], timeout=_RETRY_SECONDS)


async def _join(
    address: str, processes: int, folder: str, stopped: "asyncio.Task[bool]", **listen: Any
) -> None:
    """Until the scheduler is lost, or the worker stopped."""
    from distributed import Worker

    # One batch more than processes: its pages fill the processes that another batch leaves idle.
    worker = Worker(
        address,
        nthreads=processes + 1,
        memory_limit=0,
        local_directory=folder,
        dashboard=False,
        **listen,
    )
    try:
        if not await _done_first(asyncio.ensure_future(worker), stopped):
            return
        logger.info("working for %s with %d processes", address, processes)
        if await _done_first(asyncio.ensure_future(worker.finished()), stopped):
            logger.warning("the scheduler at %s went away: waiting for it", address)
        else:
            await worker.close_gracefully()
    except Exception as error:
        logger.warning("cannot work for %s: %s", address, error)
    finally:
        await worker.close()


async def _done_first(future: "asyncio.Future[Any]", stopped: "asyncio.Task[bool]") -> bool:
    """Whether `future` is done before `stopped`. Raises what it raises."""
    await asyncio.wait([future, stopped], return_when=asyncio.FIRST_COMPLETED)
    if future.done():
        future.result()
        return True
    future.cancel()
    await asyncio.gather(future, return_exceptions=True)
    return False
