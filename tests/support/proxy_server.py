"""A proxy on loopback, HTTP CONNECT or SOCKS5, that counts what it is asked for."""

import socket
import ssl
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread


@dataclass
class Proxy:
    """`asked`: (address, port) of each tunnel that was asked for; `logins`: what was sent as user and
    password. `login`: what is wanted. `reply`: a status, or a SOCKS reply, in place of a tunnel. `to`: where
    an address leads in truth.
    """

    host: str
    port: int
    asked: list[tuple[str, int]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    login: str = ""
    reply: int = 0
    to: Mapping[str, str] = field(default_factory=dict)
    connections: int = 0


class _Handler(BaseRequestHandler):
    proxy: Proxy

    def handle(self) -> None:
        self.proxy.connections += 1
        with suppress(OSError, ValueError):
            if target := self.negotiate():
                self.relay(target)

    def negotiate(self) -> socket.socket | None:
        raise NotImplementedError

    def open(self, host: str, port: int) -> socket.socket:
        self.proxy.asked.append((host, port))
        return socket.create_connection((self.proxy.to.get(host, host), port), timeout=10)

    def exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self.request.recv(size - len(data))
            if not part:
                raise ValueError
            data += part
        return data

    def relay(self, target: socket.socket) -> None:
        back = Thread(target=_pump, args=(target, self.request), daemon=True)
        back.start()
        _pump(self.request, target)
        back.join(10)
        target.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Connect(_Handler):
    def negotiate(self) -> socket.socket | None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.exactly(1)
        lines = head.decode("latin-1").split("\r\n")
        host, _, port = lines[0].split()[1].rpartition(":")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
        login = headers.get("proxy-authorization", "").removeprefix("Basic ")
        self.proxy.logins.append(b64decode(login).decode())
        status = self.proxy.reply
        if self.proxy.login and self.proxy.logins[-1] != self.proxy.login:
            status = 407
        if status:
            self.request.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
            return None
        target = self.open(host.strip("[]"), int(port))
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        return target


class _Socks(_Handler):
    def negotiate(self) -> socket.socket | None:
        methods = self.exactly(self.exactly(2)[1])
        wanted = 2 if self.proxy.login else 0
        if wanted not in methods:
            self.request.sendall(b"\x05\xff")
            return None
        self.request.sendall(bytes((5, wanted)))
        if wanted:
            user = self.exactly(self.exactly(2)[1])
            password = self.exactly(self.exactly(1)[0])
            self.proxy.logins.append(f"{user.decode()}:{password.decode()}")
            is_right = self.proxy.logins[-1] == self.proxy.login
            self.request.sendall(bytes((1, not is_right)))
            if not is_right:
                return None
        kind = self.exactly(4)[3]
        family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        host = socket.inet_ntop(family, self.exactly(size))
        port = int.from_bytes(self.exactly(2))
        if self.proxy.reply:
            self.request.sendall(bytes((5, self.proxy.reply, 0, 1)) + bytes(6))
            return None
        target = self.open(host, port)
        # The bound address as a name, byte by byte: both are allowed.
        for byte in b"\x05\x00\x00\x03\x04test\x00\x50":
            self.request.sendall(bytes((byte,)))
        return target


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections are given up on purpose."""


@contextmanager
def serve_proxy(kind: str, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """`kind`: http, https or socks5."""
    handler = _Socks if kind.startswith("socks") else _Connect
    with _Server(("127.0.0.1", 0), handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        proxy = Proxy("127.0.0.1", server.server_address[1])
        server.RequestHandlerClass = type("Handler", (handler,), {"proxy": proxy})
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield proxy
        server.shutdown()
        thread.join()
