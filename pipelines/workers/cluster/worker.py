"""A worker of the cluster: Dask in this process, pages and slices in processes of their own, under
the limits that hold for the local pool.
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
    """Neither starts a process before it has something to do. A slice is so much more than a page
    that the processes of `slices` live for fewer.
    """

    pages: LocalRefiner
    slices: LocalRefiner

    def close(self) -> None:
        self.pages.close()
        self.slices.close()


_here: list[Pools] = []


def work_with(pools: Pools) -> None:
    """From now on, the tasks of this process go to `pools`."""
    _here[:] = [pools]


# The tasks are coroutines, which the engine runs on its loop and in no thread. What they are given is
# pickled by us: the scheduler, which would take it apart and put it together again, passes it on.
# `wanted` is the version of whoever asks.
async def pages_task(wanted: str, pickled: bytes) -> list[Article | Rejected]:
    check_version(wanted)
    jobs: Sequence[tuple[Page, Site]] = pickle.loads(pickled)  # noqa: S301 - the cluster runs code anyway
    pool = _here[0].pages
    return await asyncio.gather(*(pool.refine(page, site) for page, site in jobs))


async def slice_task(wanted: str, pickled: bytes) -> SliceBatch | Exception:
    """An error is handed over as it is: the engine's own errors are told from it by that."""
    try:
        check_version(wanted)
        part: Slice = pickle.loads(pickled)  # noqa: S301 - as above
        return await _here[0].slices.refine_slice(part)
    except Exception as error:
        return error


logger = logging.getLogger(__name__)

_QUIET = {
    # Nobody looks at the engine's own profile; it samples every thread 100 times a second.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.worker.http.routes": [],
}
_PAUSE = 1.0


async def work(
    address: str,
    pools: Pools,
    stop: asyncio.Event,
    *,
    host: str | None = None,
    port: int | None = None,
) -> None:
    """Until `stop`; a scheduler that goes away is waited for."""
    import dask

    work_with(pools)
    dask.config.set(_QUIET)
    stopped = asyncio.create_task(stop.wait())
    with tempfile.TemporaryDirectory(prefix="warraq-worker-") as folder:
        while not stop.is_set():
            await _once(address, pools.pages.workers, folder, stopped, host=host, port=port)
            await asyncio.wait([stopped], timeout=_PAUSE)


async def _once(
    address: str, processes: int, folder: str, stopped: "asyncio.Task[bool]", **where: Any
) -> None:
    """From joining the scheduler to its loss, or ours."""
    from distributed import Worker

    # A batch more than there are processes: its pages go to those that another one leaves idle.
    worker = Worker(
        address,
        nthreads=processes + 1,
        memory_limit=0,
        local_directory=folder,
        dashboard=False,
        **where,
    )
    try:
        if not await _first(asyncio.ensure_future(worker), stopped):
            return
        logger.info("working for %s with %d processes", address, processes)
        if await _first(asyncio.ensure_future(worker.finished()), stopped):
            logger.warning("the scheduler at %s went away: waiting for it", address)
        else:
            await worker.close_gracefully()
    except Exception as error:
        logger.warning("cannot work for %s: %s", address, error)
    finally:
        await worker.close()


async def _first(wanted: "asyncio.Future[Any]", stopped: "asyncio.Task[bool]") -> bool:
    """Whether `wanted` came about before the end. Raises what it raises."""
    await asyncio.wait([wanted, stopped], return_when=asyncio.FIRST_COMPLETED)
    if wanted.done():
        wanted.result()
        return True
    wanted.cancel()
    await asyncio.gather(wanted, return_exceptions=True)
    return False
