"""`/healthz` and `/metrics` over HTTP, for monitors. It listens where WARRAQ_METRICS says, if it does.

In threads of its own: counting articles does not hold the event loop, and where that hangs, `/healthz`
says so.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from service.metrics import ServiceMetrics
from text.settings_file import SettingsError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_LAG_SECONDS = 0.5
# A monitor asks one thing and reads the answer; who holds a connection is cut off.
_IDLE_SECONDS = 10.0

Health = Callable[[], dict[str, Any]]

logger = logging.getLogger(__name__)


def parse_address(text: str) -> tuple[str, int]:
    """`127.0.0.1:9109`, `[::1]:9109`, or a port, which is then loopback's. Raises SettingsError."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port[:6]) < 65_536):
        raise SettingsError(
            f"WARRAQ_METRICS: expected host:port, such as 127.0.0.1:9109; got {text!r}"
        )
    return host.strip("[]") or "127.0.0.1", int(port)


class MetricsServer:
    """`use` begins, moves or ends listening, as the settings are read again."""

    def __init__(self, metrics: ServiceMetrics, health: Health) -> None:
        """`health` returns `ok` and what else is told; it is called in another thread."""
        self._metrics = make_wsgi_app(metrics.registry)
        self._health = health
        self._address = ""
        self._server: WSGIServer | None = None

    def use(self, address: str) -> None:
        """Empty: listen nowhere. An address in use is an error in the log; the service goes on."""
        if address == self._address:
            return
        self.close()
        self._address = address
        if not address:
            return
        try:
            host, port = parse_address(address)
            kind = _ThreadedServer6 if ":" in host else _ThreadedServer
            self._server = make_server(host, port, self._application, kind, _Handler)
        except (OSError, SettingsError) as error:
            reason = getattr(error, "strerror", None) or error
            logger.error("no metrics at %s: %s", address, reason)
            return
        Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()
        logger.info("metrics at http://%s/metrics, health at /healthz", self.listens_at)

    @property
    def listens_at(self) -> str:
        """Host and port; empty where it does not listen."""
        if self._server is None:
            return ""
        host, port = self._server.server_address[:2]
        name = str(host)
        return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._server, self._address = None, ""

    def _application(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/metrics":
                return self._metrics(environ, start_response)  # type: ignore[no-any-return]
            case "/healthz":
                state = self._health()
                status = "200 OK" if state["ok"] else "503 Service Unavailable"
                start_response(status, [("Content-Type", "application/json; charset=utf-8")])
                return [json.dumps(state, ensure_ascii=False).encode(), b"\n"]
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/metrics and /healthz\n"]


class _ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Without a look-up of the host's name, which may take seconds."""
        super(WSGIServer, self).server_bind()
        self.server_name, self.server_port = "localhost", int(self.server_address[1])
        self.setup_environ()


class _ThreadedServer6(_ThreadedServer):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    timeout = _IDLE_SECONDS

    def log_message(self, *_: Any) -> None:
        """Nothing: a monitor asks every few seconds."""


async def measure_lag(metrics: ServiceMetrics) -> None:
    """For as long as the loop runs: how much later than asked it wakes a sleeper."""
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time() + _LAG_SECONDS
        await asyncio.sleep(_LAG_SECONDS)
        metrics.loop_lag.observe(max(loop.time() - asked, 0.0))


class MessageCounter(logging.Handler):
    """Counts warnings and errors by level."""

    def __init__(self, metrics: ServiceMetrics) -> None:
        super().__init__(logging.WARNING)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        level = "error" if record.levelno >= logging.ERROR else "warning"
        self._metrics.messages.labels(level).inc()
