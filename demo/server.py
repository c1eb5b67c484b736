"""Serves the demo's sites on loopback, a port per site, in threads of this process."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from demo import double_body, drupal, elementor, legacy_tables, pages, wordpress
from demo.expected import printings
from demo.newsroom import Newsroom, Request, Response
from demo.outlets import outlets

SYSTEMS = {
    "jannah": wordpress.answer,
    "wordpress": wordpress.answer,
    "drupal": drupal.answer,
    "elementor": elementor.answer,
    "tables": legacy_tables.answer,
    "twice": double_body.answer,
}


class Handler(BaseHTTPRequestHandler):
    def __init__(self, room: Newsroom, *args: Any) -> None:
        self.room = room
        super().__init__(*args)

    def do_GET(self) -> None:
        self.room.count(self.path)
        response = respond(self.room, Request.read(self.path, dict(self.headers)))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Requests are counted, not printed."""


def respond(room: Newsroom, request: Request) -> Response:
    """The response common to all systems, else that of the site's system, else 404."""
    response = pages.answer(room, request) or SYSTEMS[room.outlet.system](room, request)
    return response or pages.not_found(room)


@contextmanager
def serve(
    names: Sequence[str] | None = None, *, ports: Mapping[str, int] | None = None
) -> Iterator[dict[str, Newsroom]]:
    """Serve the named sites (all by default) until the block ends. Yields the newsrooms by name.

    A site without a port in `ports` gets a free one. Raises OSError if a port is taken.
    """
    selected = [outlet for outlet in outlets() if names is None or outlet.name in names]
    with ExitStack() as stack:
        rooms = {}
        for outlet in selected:
            room = Newsroom(outlet, printings(outlet.name))
            stack.enter_context(listen(room, (ports or {}).get(outlet.name, 0)))
            rooms[outlet.name] = room
        yield rooms


@contextmanager
def listen(room: Newsroom, port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, room))
    room.base = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
