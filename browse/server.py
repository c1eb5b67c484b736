"""Serves the reader over HTTP until Ctrl-C."""

import errno
import socket
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import uvicorn

from browse.app import application
from text.errors import UserFacingError

_LOOPBACK = "127.0.0.1"
# What is being answered when it is stopped has so long.
_LAST_SECONDS = 3


class CannotListen(UserFacingError):
    """The address is taken, is none of this machine's, or may not be listened at."""


def serve_app(
    data: Path, host: str, port: int, *, hosts: Sequence[str], trusted: bool, show: bool
) -> None:
    """`show`: open it in the browser of the machine. Raises CannotListen."""
    # First, since the reader takes a second to make.
    sockets = _listen(host, port)
    config = uvicorn.Config(
        application(data, trusted=trusted, hosts=hosts).app(),
        log_level="warning",
        # A proxy on the same machine passes on the protocol of the original request.
        proxy_headers=True,
        forwarded_allow_ips=_LOOPBACK,
        # A download may take its reader an hour.
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    # Ctrl-C is the normal way to stop it.
    with suppress(KeyboardInterrupt):
        _ReaderServer(config, show=show).run(sockets)


def _listen(host: str, port: int) -> list[socket.socket]:
    """A socket for each address of the name: `localhost` has two."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        addresses = dict.fromkeys((family, address) for family, _, _, _, address in found)
        return [socket.create_server(address, family=family) for family, address in addresses]
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"port {port} is in use: --port names another, 0 any that is free"
        else:
            reason = f"{error.strerror or error}"
        raise CannotListen(f"cannot listen at {host}: {reason}") from error


class _ReaderServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, show: bool) -> None:
        super().__init__(config)
        self.show = show

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        address, port = self.servers[0].sockets[0].getsockname()[:2]
        url = f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/"
        click.echo(f"Serving on {url} (Ctrl-C to stop)")
        if self.show:
            webbrowser.open(url)
