"""The reactor's resolver: it gives out only addresses that were checked, and what it gives out is
what is connected to, so no spelling of a number and no second answer slips past.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from spiders.fetching.addresses import usable
from spiders.fetching.reactor import installed

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


Lookup = Callable[[str, int], Awaitable[Iterable[str]]]


async def system_lookup(host: str, port: int) -> list[str]:
    """The system's answer; numbers in every spelling that libc knows are answered too."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(answer[4][0]) for answer in found]


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str, asking: "asyncio.Task[None]") -> None:
        self.name = name
        self._asking = asking

    def cancel(self) -> None:
        """Nothing more is resolved; that is said as of a name without an address."""
        self._asking.cancel()


@implementer(IHostnameResolver)
class PublicResolver:
    """Public addresses for all, others for permitted hosts only."""

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
        task = asyncio.ensure_future(self._answer(resolutionReceiver, hostName, portNumber))
        resolution = _Resolution(hostName, task)
        resolutionReceiver.resolutionBegan(resolution)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # One that is cancelled before it began ends as well.
        task.add_done_callback(lambda _: resolutionReceiver.resolutionComplete())
        return resolution

    async def _answer(self, receiver: Any, host: str, port: int) -> None:
        found = list(await self.lookup(host, port))
        for address in usable(host, found):
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))


def install(resolver: PublicResolver | None = None) -> None:
    """Make the reactor resolve through us; without a resolver given, unless it does already."""
    reactor: Any = installed()
    if resolver is not None or not isinstance(reactor.nameResolver, PublicResolver):
        reactor.installNameResolver(resolver or PublicResolver())
