"""What a worker of the cluster does, beside its engine: pages go to processes of its own, under the
limits and the kills that hold for the local pool, because it is the local pool.
"""

import asyncio
from collections.abc import Sequence

from items import Article, Page, Rejected, Site
from pipelines.refiners import Refines
from pipelines.slices import Batch, Slice

_pool: list[Refines] = []


def work_with(refiner: Refines) -> None:
    """From now on, the tasks of this process go to `refiner`."""
    _pool[:] = [refiner]


async def refine_pages(jobs: Sequence[tuple[Page, Site]]) -> list[Article | Rejected]:
    """A coroutine, so that the engine runs it on its loop and in no thread."""
    return await asyncio.gather(*(_pool[0].refine(page, site) for page, site in jobs))


async def refine_slice(part: Slice) -> Batch | Exception:
    """An error is handed over as it is: the engine's own errors are told from it by that."""
    try:
        return await _pool[0].refine_slice(part)
    except Exception as error:
        return error
