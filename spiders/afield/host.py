"""The worker that hosts a crawl, as the crawl's process sees it: it listens, and refines."""

import asyncio
import os
import pickle
import shutil
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from items import Article, Page, Rejected, Site
from pipelines.workers import NoWorkers
from spiders.afield import frames


class Host:
    """In the place of a pool of processes: one pool serves all crawls of a worker."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, folder: Path
    ) -> None:
        self._folder = folder
        self._reader = reader
        self._writer = writer
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Article | Rejected]] = {}

    async def assignment(self) -> Any:
        """The first thing that it says; then it only answers."""
        first = await frames.next_frame(self._reader)
        if first is None:
            self._vanish()
        self._listening = asyncio.create_task(self._listen())
        return pickle.loads(first[1])  # noqa: S301 - our own worker

    async def _listen(self) -> None:
        while (came := await frames.next_frame(self._reader)) is not None:
            number, outcome = pickle.loads(came[1])  # noqa: S301 - our own worker
            if isinstance(outcome, NoWorkers):
                self._asked.pop(number).set_exception(outcome)
            else:
                self._asked.pop(number).set_result(outcome)
        self._vanish()

    def _vanish(self) -> NoReturn:
        """Nobody wants the crawl any more: the site is another's soon. A host that was killed removes
        no folder.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        os._exit(1)

    async def refine(self, page: Page, site: Site) -> Article | Rejected:
        """Waits while nobody reads: a crawl is no faster than what becomes of it."""
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        self.write(frames.PAGE, (number, page, site))
        await self._writer.drain()
        outcome: Article | Rejected = await answer
        return outcome

    def write(self, kind: bytes, thing: Any) -> None:
        self._writer.write(frames.frame(kind, thing))

    def report(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        """The end of the crawl's own database, not of what was written."""

    async def leave(self) -> None:
        self._listening.cancel()
        self._writer.close()
        await self._writer.wait_closed()
