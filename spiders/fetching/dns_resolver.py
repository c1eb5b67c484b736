"""The reactor's resolver: it returns only addresses that were checked, and the connection goes to the
address returned, so that neither an odd spelling of a number nor DNS rebinding gets past it.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from spiders.fetching.addresses import usable_addresses
from spiders.fetching.reactor import installed_reactor

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


Lookup = Callable[[str, int], Awaitable[Iterable[str]]]


async def system_lookup(host: str, port: int) -> list[str]:
    """The system's addresses; numbers in every spelling that libc knows resolve too."""
    loop = asyncio.get_running_loop()
    try:
        entries = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in entries]


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str, task: "asyncio.Task[None]") -> None:
        self.name = name
        self._task = task

    def cancel(self) -> None:
        """The receiver then sees a name without an address."""
        self._task.cancel()


@implementer(IHostnameResolver)
class PublicResolver:
    """Public addresses for every host, private ones for permitted hosts only."""

    def __init__(self, lookup: Lookup = system_lookup) -> None:
        self.lookup = lookup
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: "Crawler", reactor: Any) -> "PublicResolver":
        return cls()

    def install_on_reactor(self) -> None:
        install(self)

    def resolveHostName(  # the interface's spelling
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> "_Resolution":
        task = asyncio.ensure_future(self._resolve(resolutionReceiver, hostName, portNumber))
        resolution = _Resolution(hostName, task)
        resolutionReceiver.resolutionBegan(resolution)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # A task that is cancelled before it began completes as well.
        task.add_done_callback(lambda _: resolutionReceiver.resolutionComplete())
        return resolution

    async def addresses(self, host: str, port: int) -> list[str]:
        """Those that may be connected to."""
        return usable_addresses(host, list(await self.lookup(host, port)))

    async def _resolve(self, receiver: Any, host: str, port: int) -> None:
        for address in await self.addresses(host, port):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))


async def checked_addresses(host: str, port: int) -> list[str]:
    """What the reactor's resolver gives out, for a connection that something else opens."""
    resolver: object = installed_reactor().nameResolver
    if not isinstance(resolver, PublicResolver):
        raise RuntimeError("nothing checks addresses")
    return await resolver.addresses(host, port)


def install(resolver: PublicResolver | None = None) -> None:
    """Makes the reactor use `resolver`; without one, a new PublicResolver unless it has one."""
    reactor: Any = installed_reactor()
    if resolver is not None or not isinstance(reactor.nameResolver, PublicResolver):
        reactor.installNameResolver(resolver or PublicResolver())
