"""The end of a process: what must come to its own end, and what is left."""

import asyncio
from collections.abc import Awaitable

_ROUNDS = 4


async def all_within(seconds: float, *ends: Awaitable[object]) -> bool:
    """Whether all of `ends` came in time."""
    tasks = [asyncio.ensure_future(end) for end in ends]
    _, left = await asyncio.wait(tasks, timeout=seconds)
    return not left


async def drop_the_rest() -> None:
    """What is left, a request that no one waits for any more, would complain of being dropped."""
    for _ in range(_ROUNDS):  # an end may begin another task
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.sleep(0)
        if left:
            await asyncio.wait(left, timeout=0.5)
