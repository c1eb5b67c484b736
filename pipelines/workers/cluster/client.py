"""The connection to the cluster's scheduler, made again for as long as it takes when it is lost, and
the event loop it lives in, in a thread of its own.
"""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from distributed import Client


logger = logging.getLogger(__name__)

_TRY = 5.0
_PAUSE = 0.5


class Connection:
    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Client | None = None
        self._making = asyncio.Lock()
        self._told = False
        self._closed = False

    async def client(self) -> "Client":
        """Waits until there is one: a scheduler that is away comes back."""
        async with self._making:
            while self._client is None or self._client.status != "running":
                if self._closed:
                    raise asyncio.CancelledError
                await self._drop()
                try:
                    self._client = await _connected(self.address)
                except Exception as error:
                    # Of certificates and addresses the engine complains in its own ways.
                    self._tell(error)
                    await asyncio.sleep(_PAUSE)
            if self._told:
                logger.info("the cluster at %s answers again", self.address)
                self._told = False
        return self._client

    @property
    def is_there(self) -> bool:
        return self._client is not None and self._client.status == "running"

    async def lost(self, client: "Client") -> None:
        """What was asked through `client` will not be answered."""
        async with self._making:
            if self._client is client:
                await self._drop()

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close(_TRY)

    def _tell(self, error: Exception) -> None:
        if not self._told:
            logger.warning("the cluster at %s does not answer: %s", self.address, error)
        self._told = True

    async def close(self) -> None:
        """At once: whoever waits for a connection waits no longer."""
        self._closed = True
        await self._drop()


async def _connected(address: str) -> "Client":
    from distributed import Client

    client: Any = Client(
        address, asynchronous=True, timeout=_TRY, set_as_default=False, name="warraq"
    )
    try:
        return await client
    except BaseException:
        await client.close(_TRY)
        raise


T = TypeVar("T")


class LoopThread:
    """Started by the first coroutine."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._turn, name="cluster", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _turn(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def close(self) -> None:
        """What still waits is cancelled."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        self._loop = self._thread = None


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
