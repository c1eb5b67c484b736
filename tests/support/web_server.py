"""A web server on loopback with the responses of a test, well-formed or not."""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from waiting import PATIENCE


@dataclass(frozen=True)
class Answer:
    """`raw`: send these bytes and close the connection. `wait`: respond when it is set."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    wait: Event | None = None


@dataclass(frozen=True)
class ReceivedRequest:
    path: str
    headers: Mapping[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""


Page = str | bytes | Answer | Callable[[ReceivedRequest], "str | bytes | Answer"]


@dataclass
class Web:
    """`pages` by path; `asked`: all requests received."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[ReceivedRequest] = field(default_factory=list)

    def count(self, path: str) -> int:
        return sum(request.path == path for request in self.asked)

    def paths(self, prefix: str = "/") -> list[str]:
        """Without TDMRep's file, which goes with the first article as robots.txt does with any page."""
        return [
            request.path
            for request in self.asked
            if request.path.startswith(prefix) and request.path != "/.well-known/tdmrep.json"
        ]

    def forget(self) -> None:
        self.asked.clear()

    def answer(self, asked: ReceivedRequest) -> Answer:
        page = self.pages.get(asked.path, Answer("nothing here", 404))
        if callable(page):
            page = page(asked)
        return page if isinstance(page, Answer) else Answer(page)


class _Handler(BaseHTTPRequestHandler):
    web: Web
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = {k.lower(): v for k, v in self.headers.items()}
        sent = self.rfile.read(int(headers.get("content-length", 0)))
        asked = ReceivedRequest(self.path, headers, time.monotonic(), self.command, sent)
        self.web.asked.append(asked)
        answer = self.web.answer(asked)
        if answer.wait:
            answer.wait.wait(PATIENCE)
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
        for name, value in (headers | dict(answer.headers)).items():
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Tests look at `Web.asked` instead."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Some tests close connections early on purpose."""


@contextmanager
def serve(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    with _Server((host, 0), _Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        web = Web(f"{'https' if tls else 'http'}://{host}:{server.server_port}")
        server.RequestHandlerClass = type("Handler", (_Handler,), {"web": web})
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield web
        server.shutdown()
        thread.join()


def article(number: int, words: str = "", published: str = "2026-11-01T06:00:00Z") -> str:
    return (
        f"<!doctype html><html><head><title>خبر {number}</title></head><body><h1>خبر {number}</h1>"
        f'<time datetime="{published}"></time><p>نص الخبر رقم {number}. {words}</p></body></html>'
    )


def rss(base: str, numbers: Iterator[int] | range | list[int]) -> Answer:
    items = "".join(
        f"<item><title>خبر {n}</title><link>{base}/news/{n}</link>"
        f"<pubDate>{formatdate(1_793_000_000 + n * 60)}</pubDate></item>"
        for n in numbers
    )
    text = (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>ن</title>{items}</channel></rss>'
    )
    return Answer(text, headers={"Content-Type": "application/rss+xml"})


def publish(web: Web, numbers: Iterable[int]) -> None:
    """These articles, and a feed that lists them."""
    numbers = list(numbers)
    web.pages["/feed"] = rss(web.url, numbers)
    web.pages |= {f"/news/{number}": article(number) for number in numbers}
