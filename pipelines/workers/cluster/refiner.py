"""The cluster in place of the local pool: the same methods, the same results. Sources are read here, by
local workers.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from items import Article, Page, Rejected, Site
from pipelines.workers.cluster import ClusterMissing, address_problem, require
from pipelines.workers.cluster.client import LoopThread
from pipelines.workers.cluster.dispatch import Dispatch
from pipelines.workers.pool import LocalRefiner, T
from pipelines.workers.slices import Slice, SliceBatch


class ClusterRefiner:
    """`address` is the scheduler's, such as `tls://10.0.0.1:8786`; `local` starts no process before a
    function is run. Raises ClusterMissing.
    """

    def __init__(self, address: str, local: LocalRefiner | None = None) -> None:
        require()
        if problem := address_problem(address):
            raise ClusterMissing(problem)
        self.address = address
        self._local = local or LocalRefiner()
        self._loop = LoopThread()
        self._dispatch: Dispatch | None = None
        self._starting = threading.Lock()

    @property
    def workers(self) -> int:
        return self._started().traffic.slots

    async def refine(self, page: Page, site: Site) -> Article | Rejected:
        dispatch = self._started()
        result = await asyncio.wrap_future(self._loop.run(dispatch.refine((page, site))))
        dispatch.meter.taken += 1
        return result

    async def refine_and_record(self, page: Page, site: Site) -> tuple[Article | Rejected, None]:
        """The record is made here: it would cross the network."""
        return await self.refine(page, site), None

    async def refine_slice(self, part: Slice) -> SliceBatch:
        dispatch = self._started()
        batch = await asyncio.wrap_future(self._loop.run(dispatch.refine_slice(part)))
        dispatch.meter.taken += len(batch.results)
        return batch

    async def run(self, function: Callable[..., T], *arguments: Any, patience: float = 1) -> T:
        return await self._local.run(function, *arguments, patience=patience)

    def _started(self) -> Dispatch:
        with self._starting:
            if self._dispatch is None:
                self._dispatch = self._loop.run(_new_dispatch(self.address)).result()
        return self._dispatch

    def report(self) -> dict[str, Any]:
        dispatch = self._started()
        return {
            "address": self.address,
            "answers": dispatch.connection.is_there,
            "workers": len(dispatch.traffic.workers),
            "batches": dispatch.traffic.under_way,
            "waiting": len(dispatch.waiting),
            "refined": dispatch.meter.refined,
            "rate": round(dispatch.meter.rate, 1),
            "bound": dispatch.meter.bound,
        }

    def close(self) -> None:
        self._local.close()
        dispatch, self._dispatch = self._dispatch, None
        if dispatch is not None:
            self._loop.run(dispatch.close()).result()
        self._loop.close()


async def _new_dispatch(address: str) -> Dispatch:
    return Dispatch(address)
