"""Slices through a refiner, a few at a time, and out again in the order they went in."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Protocol, TypeVar

from pipelines.workers.slices import Batch, Slice


class RefinesSlices(Protocol):
    """What refines slices: `workers.Refiner`, or another that does the same elsewhere."""

    @property
    def workers(self) -> int: ...

    async def refine_slice(self, part: Slice) -> Batch: ...


Part = TypeVar("Part", bound=Slice)


async def in_order(
    refiner: RefinesSlices, parts: Iterator[Part]
) -> AsyncIterator[tuple[Part, Batch]]:
    """Each slice with what came of it. No more are begun than the workers have to do while the
    results of some wait for the slowest one: memory is that of those few, however many come.
    """
    flying: deque[tuple[Part, asyncio.Task[Batch]]] = deque()
    try:
        for part in parts:
            flying.append((part, asyncio.create_task(refiner.refine_slice(part))))
            await asyncio.sleep(0)  # it is on its way before the next one is cut
            if len(flying) > 2 * refiner.workers:
                first, task = flying.popleft()
                yield first, await task
        while flying:
            first, task = flying.popleft()
            yield first, await task
    finally:
        for _, task in flying:
            task.cancel()
        await asyncio.gather(*(task for _, task in flying), return_exceptions=True)
