"""Connections through a proxy: CONNECT (RFC 9110 9.3.6) or SOCKS5 (RFC 1928, 1929). The site's name is
resolved and checked here, and the proxy is asked for the address that was checked; TLS is spoken with
the site, through the proxy, under the site's name.
"""

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable, Generator
from functools import partial
from ipaddress import ip_address
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.error import DNSLookupError, NoRouteError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Protocol, connectionDone
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.failure import Failure
from twisted.web.client import HTTPConnectionPool
from zope.interface import directlyProvides, implementer, providedBy

from spiders.fetching.dns_resolver import checked_addresses, system_lookup
from spiders.fetching.errors import ProxyFailed
from text.proxy_address import ProxyAddress

# Seconds until the proxy has taken the connection, and until it has opened the one to the site.
_CONNECT_SECONDS = 10.0
_OPEN_SECONDS = 20.0
_MAX_HEAD_BYTES = 16 << 10
# Of a site with several addresses, so many are tried.
_MAX_ADDRESSES = 3
_STATUS = re.compile(rb"HTTP/1\.\d (\d{3})\b")

# A handshake yields how many bytes it wants, or the bytes up to which it wants them, and is sent those.
Handshake = Generator[int | bytes, bytes, None]
SendBytes = Callable[[bytes], object]


def connect_handshake(proxy: ProxyAddress, address: str, port: int, write: SendBytes) -> Handshake:
    """Raises ProxyFailed where the proxy does not open the tunnel."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.user:
        login = b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
        lines.append(f"Proxy-Authorization: Basic {login}")
    write("\r\n".join((*lines, "", "")).encode())
    head = yield b"\r\n\r\n"
    status = int(match[1]) if (match := _STATUS.match(head)) else 0
    if not 200 <= status < 300:
        raise ProxyFailed(proxy, _connect_fault(proxy, status, port))


def _connect_fault(proxy: ProxyAddress, status: int, port: int) -> str:
    if status == 407:
        return "refuses user and password (407)" if proxy.user else "wants user and password (407)"
    if status in (502, 503, 504):
        return f"could not connect to the site ({status})"
    if status:
        return f"refuses CONNECT to port {port} ({status})"
    return "does not answer as an HTTP proxy does"


_SOCKS_FAULTS = {
    1: "failed without a reason",
    2: "does not allow connections to the site",
    6: "could not connect to the site in time",
    7: "does not know CONNECT",
    8: "does not know this kind of address",
}


def socks_handshake(proxy: ProxyAddress, address: str, port: int, write: SendBytes) -> Handshake:
    """Raises ProxyFailed, or what a direct connection to the site would have raised."""
    methods = b"\x00\x02" if proxy.user else b"\x00"
    write(bytes((5, len(methods))) + methods)
    version, method = yield 2
    if version != 5:
        raise ProxyFailed(proxy, "does not speak SOCKS5")
    if method not in methods:
        raise ProxyFailed(
            proxy, "refuses this login" if proxy.user else "wants a user and a password"
        )
    if method == 2:
        user, password = proxy.user.encode(), proxy.password.encode()
        write(bytes((1, len(user))) + user + bytes((len(password),)) + password)
        _, status = yield 2
        if status:
            raise ProxyFailed(proxy, "refuses user and password")
    packed = ip_address(address).packed
    write(b"\x05\x01\x00" + (b"\x01" if len(packed) == 4 else b"\x04") + packed + port.to_bytes(2))
    _, reply, _, kind = yield 4
    if reply in (3, 4):
        raise NoRouteError
    if reply == 5:
        raise Refused
    if reply or kind not in (1, 3, 4):
        raise ProxyFailed(proxy, _SOCKS_FAULTS.get(reply, "does not answer as a SOCKS5 proxy does"))
    # The address from which the proxy connects is of no use.
    length = {1: 4, 4: 16}.get(kind) or (yield 1)[0]
    yield length + 2


class TunnelProtocol(ProtocolWrapper):
    """Speaks with the proxy until the tunnel is open, then passes all on. `ready`: when it is."""

    # Any: zope's interfaces are no types.
    factory: Any
    wrappedProtocol: Any

    def __init__(self, factory: "_TunnelFactory", wrapped: Any) -> None:
        super().__init__(factory, wrapped)  # type: ignore[arg-type]
        self._received = b""
        self._steps: Handshake | None = None
        self._wanted: int | bytes = 0

    def makeConnection(self, transport: Any) -> None:
        directlyProvides(self, providedBy(transport))
        Protocol.makeConnection(self, transport)  # type: ignore[no-untyped-call]

    def connectionMade(self) -> None:
        assert self.transport
        self._steps = self.factory.handshake(self.transport.write)
        self._advance(None)

    def dataReceived(self, data: bytes) -> None:
        if self._steps is None:
            self.wrappedProtocol.dataReceived(data)
            return
        self._received += data
        while self._steps is not None and (size := self._size()) is not None:
            part, self._received = self._received[:size], self._received[size:]
            self._advance(part)
        if self._steps is not None and len(self._received) > _MAX_HEAD_BYTES:
            self._fail(ProxyFailed(self.factory.proxy, "answers with an endless head"))

    def _size(self) -> int | None:
        """Of the part that the handshake waits for; None: it is not there yet."""
        if isinstance(self._wanted, int):
            return self._wanted if len(self._received) >= self._wanted else None
        at = self._received.find(self._wanted)
        return at + len(self._wanted) if at >= 0 else None

    def _advance(self, part: bytes | None) -> None:
        assert self._steps is not None
        try:
            self._wanted = next(self._steps) if part is None else self._steps.send(part)
        except StopIteration:
            self._open()
        except Exception as error:
            self._fail(error)

    def _open(self) -> None:
        self._steps = None
        rest, self._received = self._received, b""
        self.wrappedProtocol.makeConnection(self)
        self.factory.is_ready(self.wrappedProtocol)
        if rest:
            self.wrappedProtocol.dataReceived(rest)

    def _fail(self, error: Exception) -> None:
        self.factory.has_failed(error)
        self.transport.abortConnection()  # type: ignore[union-attr]

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self._steps is None:
            self.wrappedProtocol.connectionLost(reason)
        elif "SSL" in type(reason.value).__module__ or "Verif" in type(reason.value).__name__:
            self.factory.has_failed(ProxyFailed(self.factory.proxy, "has no trustworthy TLS"))
        else:
            self.factory.has_failed(ProxyFailed(self.factory.proxy, "closed the connection"))

    def getPeer(self) -> Any:
        """The site's address, which the archive records."""
        return self.factory.target


class _TunnelFactory(WrappingFactory):
    noisy = False

    def __init__(self, wrapped: Any, proxy: ProxyAddress, address: str, port: int) -> None:
        super().__init__(wrapped)  # type: ignore[no-untyped-call]
        kind = IPv6Address if ":" in address else IPv4Address
        self.proxy, self.target = proxy, kind("TCP", address, port)
        handshake = socks_handshake if proxy.is_socks else connect_handshake
        self.handshake = partial(handshake, proxy, address, port)
        self.ready: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def buildProtocol(self, addr: Any) -> TunnelProtocol:
        return TunnelProtocol(self, self.wrappedFactory.buildProtocol(self.target))

    def is_ready(self, protocol: Any) -> None:
        if not self.ready.done():
            self.ready.set_result(protocol)

    def has_failed(self, error: Exception) -> None:
        if not self.ready.done():
            self.ready.set_exception(error)


@implementer(IStreamClientEndpoint)
class TunnelEndpoint:
    """A site's host and port behind a proxy."""

    def __init__(self, reactor: Any, tls: Any, proxy: ProxyAddress, host: str, port: int) -> None:
        self._reactor, self._tls, self._proxy = reactor, tls, proxy
        self._host, self._port = host, port

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        return Deferred.fromFuture(asyncio.ensure_future(self._connect(protocolFactory)))

    async def _connect(self, factory: Any) -> Any:
        addresses = await checked_addresses(self._host, self._port)
        failure: Exception = DNSLookupError(f"no address for {self._host}")
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                return await self._open(factory, address)
            except (NoRouteError, Refused) as error:
                failure = error
        raise failure

    async def _open(self, factory: Any, address: str) -> Any:
        tunnel = _TunnelFactory(factory, self._proxy, address, self._port)
        try:
            connection = await self._reach_proxy(tunnel)
        except ProxyFailed:
            raise
        except Exception as error:
            raise ProxyFailed(self._proxy, "cannot be reached") from error
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                return await tunnel.ready
        except TimeoutError as error:
            fault = f"opened no connection to the site within {_OPEN_SECONDS:.0f} s"
            raise ProxyFailed(self._proxy, fault) from error
        finally:
            if not tunnel.ready.done() or tunnel.ready.cancelled():
                connection.transport.abortConnection()

    async def _reach_proxy(self, tunnel: _TunnelFactory) -> Any:
        """The operator named the proxy: it may have any address."""
        addresses = await system_lookup(self._proxy.host, self._proxy.port)
        failure: Exception = ProxyFailed(self._proxy, "has a name without an address")
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                return await _as_future(self._endpoint(address).connect(tunnel))
            except Exception as error:
                failure = error
        raise failure

    def _endpoint(self, address: str) -> Any:
        kind = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
        endpoint = kind(self._reactor, address, self._proxy.port, _CONNECT_SECONDS)
        if self._proxy.scheme != "https":
            return endpoint
        creator = self._tls.creatorForNetloc(self._proxy.host.encode(), self._proxy.port)
        return wrapClientTLS(creator, endpoint)  # type: ignore[arg-type]


def _as_future(deferred: Deferred[Any]) -> "asyncio.Future[Any]":
    return deferred.asFuture(asyncio.get_running_loop())


class ProxiedPool(HTTPConnectionPool):
    """A crawl's connections: through the proxy that `proxy_of` gives, if it gives one."""

    def __init__(self, reactor: Any, tls: Any, proxy_of: Callable[[], ProxyAddress | None]) -> None:
        super().__init__(reactor, persistent=True)  # type: ignore[no-untyped-call]
        self._tls, self._proxy_of = tls, proxy_of

    def getConnection(self, key: Any, endpoint: Any) -> Any:
        """`key` begins with the scheme, the host and the port."""
        if proxy := self._proxy_of():
            endpoint = self._through(proxy, *key[:3])
        return super().getConnection(key, endpoint)

    def _through(self, proxy: ProxyAddress, scheme: bytes, host: bytes, port: int) -> Any:
        endpoint: Any = TunnelEndpoint(self._reactor, self._tls, proxy, host.decode("ascii"), port)
        if scheme == b"https":
            return wrapClientTLS(self._tls.creatorForNetloc(host, port), endpoint)
        return endpoint
