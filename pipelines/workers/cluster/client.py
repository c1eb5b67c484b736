"""The connection to the cluster's scheduler, which reconnects for as long as it takes, and the event
loop it lives in, in a thread of its own.
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

_CONNECT_SECONDS = 5.0
_RETRY_SECONDS = 0.5


class Connection:
    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Client | None = None
        self._lock = asyncio.Lock()
        self._is_away = False
        self._closed = False

    async def client(self) -> "Client":
        """Waits for the scheduler for as long as it is away."""
        async with self._lock:
            while self._client is None or self._client.status != "running":
                if self._closed:
                    raise asyncio.CancelledError
                await self._drop()
                try:
                    self._client = await _connect(self.address)
                except Exception as error:
                    # Wrong certificates and addresses raise errors of many types.
                    self._warn(error)
                    await asyncio.sleep(_RETRY_SECONDS)
            if self._is_away:
                logger.info("the cluster at %s answers again", self.address)
                self._is_away = False
        return self._client

    @property
    def is_there(self) -> bool:
        return self._client is not None and self._client.status == "running"

    async def lost(self, client: "Client") -> None:
        """What was submitted through `client` will not be answered."""
        async with self._lock:
            if self._client is client:
                await self._drop()

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close(_CONNECT_SECONDS)

    def _warn(self, error: Exception) -> None:
        if not self._is_away:
            logger.warning("the cluster at %s does not answer: %s", self.address, error)
        self._is_away = True

    async def close(self) -> None:
        """At once: who waits for a connection is cancelled."""
        self._closed = True
        await self._drop()


async def _connect(address: str) -> "Client":
    from distributed import Client

    client: Any = Client(
        address,
        asynchronous=True,
        timeout=_CONNECT_SECONDS,
        set_as_default=False,
        name="warraq",
    )
    try:
        return await client
    except BaseException:
        await client.close(_CONNECT_SECONDS)
        raise


T = TypeVar("T")


class LoopThread:
    """Started by the first coroutine."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._run_loop, name="cluster", daemon=True)
                self._thread.start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _run_loop(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def close(self) -> None:
        """Cancels what still runs."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        self._loop = self._thread = None


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
