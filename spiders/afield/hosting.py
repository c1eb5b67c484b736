"""Crawls that this worker of the cluster has been given; the functions are called from afar.

A crawl is granted for some seconds, and again with every step that is asked of it. One that nobody
asks for is ended: whoever gave it has lost it, and will give the site to another.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from signal import SIGTERM

from spiders.afield.frames import next_frame

_ENTRIES = 200
_BYTES = 4_000_000
_PATIENCE = 1.0
_PIPE = 1 << 20


@dataclass(frozen=True, slots=True)
class Step:
    """Entries from the first that was not acknowledged, with their numbers. `ended`: these are the
    last, and the very last is the crawl's result, unless its process was killed.
    """

    entries: Sequence[tuple[int, bytes]]
    ended: bool = False


class Hosted:
    """A crawl's process, and what it has said that is not acknowledged yet."""

    def __init__(
        self,
        site: str,
        token: str,
        process: asyncio.subprocess.Process,
        folder: str,
        grant: float,
    ) -> None:
        self.site = site
        self.token = token
        self.process = process
        self.folder = folder
        self._grant = grant
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._came: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self._number = 0
        self._over = False
        self._told_to_stop = False
        self._heard = asyncio.get_running_loop().time()
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._watch())]

    async def _read(self) -> None:
        assert self.process.stdout
        while (frame := await next_frame(self.process.stdout)) is not None:
            await self._came.put(frame)
        await self._came.put(None)

    async def _watch(self) -> None:
        clock = asyncio.get_running_loop().time
        while clock() < self._heard + self._grant:
            await asyncio.sleep(self._heard + self._grant - clock() + 0.01)
        await self.end()

    async def step(self, acknowledged: int, *, stop: bool) -> Step:
        self._heard = asyncio.get_running_loop().time()
        if stop and not self._told_to_stop:
            self._told_to_stop = True
            with suppress(ProcessLookupError):
                self.process.send_signal(SIGTERM)
        while self._waiting and self._waiting[0][0] <= acknowledged:
            self._waiting.popleft()
        await self._collect()
        self._heard = asyncio.get_running_loop().time()
        return Step(tuple(self._waiting), self._over)

    async def _collect(self) -> None:
        """What comes within the second; what does not is left in the pipe."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        size = sum(len(frame) for _, frame in self._waiting)
        while not self._over and len(self._waiting) < _ENTRIES and size < _BYTES:
            left = deadline - asyncio.get_running_loop().time()
            try:
                frame = await asyncio.wait_for(self._came.get(), max(left, 0))
            except TimeoutError:
                return
            if frame is None:
                self._over = True
            else:
                self._number += 1
                size += len(frame)
                self._waiting.append((self._number, frame))

    async def end(self) -> None:
        """Now, whatever it does."""
        if _hosted.get(self.site) is self:
            del _hosted[self.site]
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)


_hosted: dict[str, Hosted] = {}  # by site


async def begin(site: str, token: str, assignment: bytes, grant: float) -> None:
    """Crawl `site`, in the place of any crawl of it that is going on here."""
    await end(site)
    folder = tempfile.mkdtemp(prefix="warraq-crawl-")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "spiders.afield.crawling"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=folder,
        env=os.environ | {"SCRAPY_SETTINGS_MODULE": "settings"},
        limit=_PIPE,
    )
    _hosted[site] = Hosted(site, token, process, folder, grant)
    assert process.stdin
    process.stdin.write(assignment)
    with suppress(ConnectionError):
        await process.stdin.drain()


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
