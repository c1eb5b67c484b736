"""What a worker of the cluster does, beside its engine: pages and slices go to processes of its own,
under the limits and the kills that hold for the local pool, because that is what they go to.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from items import Article, Page, Rejected, Site
from pipelines.slices import Batch, Slice
from pipelines.workers import Refiner


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


async def refine_pages(jobs: Sequence[tuple[Page, Site]]) -> list[Article | Rejected]:
    """A coroutine, so that the engine runs it on its loop and in no thread."""
    pool = _here[0].pages
    return await asyncio.gather(*(pool.refine(page, site) for page, site in jobs))


async def refine_slice(part: Slice) -> Batch | Exception:
    """An error is handed over as it is: the engine's own errors are told from it by that."""
    try:
        return await _here[0].slices.refine_slice(part)
    except Exception as error:
        return error
