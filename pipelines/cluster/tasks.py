"""What a worker of the cluster does, beside its engine: pages and slices go to processes of its own,
under the limits and the kills that hold for the local pool, because that is what they go to.
"""

import asyncio
import pickle
from collections.abc import Sequence
from dataclasses import dataclass

from items import Article, Page, Rejected, Site
from pipelines.workers.cluster import check
from pipelines.workers.pool import Refiner
from pipelines.workers.slices import Batch, Slice


@dataclass(frozen=True, slots=True)
class Pools:
    """Neither starts a process before it has something to do. A slice is so much more than a page
    that the processes of `slices` live for fewer.
    """

    pages: Refiner
    slices: Refiner

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
    check(wanted)
    jobs: Sequence[tuple[Page, Site]] = pickle.loads(pickled)  # noqa: S301 - the cluster runs code anyway
    pool = _here[0].pages
    return await asyncio.gather(*(pool.refine(page, site) for page, site in jobs))


async def slice_task(wanted: str, pickled: bytes) -> Batch | Exception:
    """An error is handed over as it is: the engine's own errors are told from it by that."""
    try:
        check(wanted)
        part: Slice = pickle.loads(pickled)  # noqa: S301 - as above
        return await _here[0].slices.refine_slice(part)
    except Exception as error:
        return error
