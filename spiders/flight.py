"""The pages of one crawl that are on their way: being fetched, refined or stored."""

import asyncio

from storage.frontier import Queued


class Flight:
    """Never more pages than there is room for, so that memory stays flat however long the queue."""

    def __init__(self, room: int) -> None:
        self.pages: dict[str, Queued] = {}
        self._room = asyncio.Semaphore(room)
        self._empty = asyncio.Event()

    async def board(self, queued: Queued) -> None:
        """Waits for room."""
        await self._room.acquire()
        self.pages[queued.link.url] = queued
        self._empty.clear()

    def land(self, key: str) -> Queued | None:
        queued = self.pages.pop(key, None)
        if queued is not None:
            self._room.release()
        if not self.pages:
            self._empty.set()
        return queued

    async def all_landed(self) -> None:
        if self.pages:
            await self._empty.wait()
