"""A worker of the cluster: the engine's worker in this process, refinement in processes of its own."""

import asyncio
import logging
import tempfile
from typing import Any

from pipelines.cluster.tasks import Pools, work_with

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
