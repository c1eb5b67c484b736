"""Crawls that this worker of the cluster has been given; the functions are called from afar.

A crawl is granted for some seconds, and again with every step that is asked of it. One that nobody
asks for is ended: whoever gave it has lost it, and will give the site to another.
"""

import asyncio
import multiprocessing
import pickle
import shutil
import socket
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess

from items import Article, Rejected
from pipelines.cluster.tasks import refine_pages
from pipelines.cluster.version import check
from pipelines.workers import NoWorkers
from spiders.afield import frames
from spiders.afield.crawling import main

_ENTRIES = 200
_BYTES = 4_000_000
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """Frames from the first that was not acknowledged: number, kind, pickle. `ended`: these are the
    last, and the very last is the crawl's result, unless its process was killed.
    """

    entries: Sequence[tuple[int, bytes, bytes]]
    ended: bool = False


def prepare() -> None:
    """Load once what crawls and refinement need; then a crawl's process is there in no time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["spiders.afield.crawling", "pipelines.warm"])
    forkserver.ensure_running()


class Hosted:
    """A crawl's process, and what it has said that is not acknowledged yet."""

    def __init__(self, site: str, token: str, grant: float) -> None:
        self.site = site
        self.token = token
        self._grant = grant
        self._waiting: deque[tuple[int, bytes, bytes]] = deque()
        self._came: asyncio.Queue[tuple[bytes, bytes] | None] = asyncio.Queue(1)
        self._number = 0
        self._over = False
        self._told_to_stop = False
        self._heard = asyncio.get_running_loop().time()
        self._folder = tempfile.mkdtemp(prefix="warraq-crawl-")
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, assignment: bytes) -> None:
        ours, theirs = socket.socketpair()
        context = multiprocessing.get_context("forkserver")
        self.process: BaseProcess = context.Process(target=main, args=(theirs, self._folder))
        await asyncio.to_thread(self.process.start)
        theirs.close()
        self._reader, self._writer = await asyncio.open_connection(sock=ours)
        self._writer.write(frames.framed(frames.ASSIGNMENT, assignment))
        self._heard = asyncio.get_running_loop().time()
        for work in (self._read(), self._watch()):
            self._tasks.add(asyncio.create_task(work))

    async def _read(self) -> None:
        while (came := await frames.next_frame(self._reader)) is not None:
            kind, data = came
            if kind == frames.PAGE:
                task = asyncio.create_task(self._refine(data))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                await self._came.put(came)
        await self._came.put(None)

    async def _refine(self, data: bytes) -> None:
        number, page, site = pickle.loads(data)  # noqa: S301 - our own process
        answer: Article | Rejected | NoWorkers
        try:
            [answer] = await refine_pages([(page, site)])
        except NoWorkers as error:
            answer = error
        self._writer.write(frames.frame(frames.REFINED, (number, answer)))

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        while clock() < self._heard + self._grant:
            await asyncio.sleep(self._heard + self._grant - clock() + 0.01)
        await self.end()

    async def step(self, acknowledged: int, *, stop: bool) -> Step:
        clock = asyncio.get_running_loop().time
        self._heard = clock()
        if stop and not self._told_to_stop:
            self._told_to_stop = True
            self.process.terminate()
        while self._waiting and self._waiting[0][0] <= acknowledged:
            self._waiting.popleft()
        await self._collect(clock() + _PATIENCE)
        self._heard = clock()
        return Step(tuple(self._waiting), self._over)

    async def _collect(self, deadline: float) -> None:
        """What comes by then; what does not is left in the pipe."""
        size = sum(len(data) for _, _, data in self._waiting)
        while not self._over and len(self._waiting) < _ENTRIES and size < _BYTES:
            left = deadline - asyncio.get_running_loop().time()
            try:
                came = await asyncio.wait_for(self._came.get(), max(left, 0))
            except TimeoutError:
                return
            if came is None:
                self._over = True
                return
            self._number += 1
            size += len(came[1])
            self._waiting.append((self._number, *came))

    async def end(self) -> None:
        """Now, whatever it does."""
        if _hosted.get(self.site) is self:
            del _hosted[self.site]
        self.process.kill()
        await asyncio.to_thread(self.process.join)
        self._writer.close()
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
        shutil.rmtree(self._folder, ignore_errors=True)


_hosted: dict[str, Hosted] = {}  # by site


async def begin(site: str, token: str, wanted: str, assignment: bytes, grant: float) -> None:
    """Crawl `site`, in the place of any crawl of it that is going on here; `wanted` is the version
    of whoever asks.
    """
    check(wanted)
    await end(site)
    hosted = _hosted[site] = Hosted(site, token, grant)
    await hosted.start(assignment)


async def step(site: str, token: str, acknowledged: int, stop: bool) -> Step | None:
    """None: that crawl is not here, or not any more."""
    hosted = _hosted.get(site)
    if hosted is None or hosted.token != token:
        return None
    return await hosted.step(acknowledged, stop=stop)


async def end(site: str, token: str | None = None) -> None:
    """Of this crawl, or of whichever there is; a crawl of another token stays."""
    hosted = _hosted.get(site)
    if hosted is not None and token in (None, hosted.token):
        await hosted.end()


async def end_all() -> None:
    for hosted in list(_hosted.values()):
        await hosted.end()
