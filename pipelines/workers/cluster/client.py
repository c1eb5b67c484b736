"""The connection to the engine's scheduler: made anew for as long as it takes when it is lost."""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

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
