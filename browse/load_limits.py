"""How much is answered at once: beyond it a request is told to come back, instead of making all wait.

Three threads read the database, and one interpreter does the rest. Measured at 100 000 articles: fifty
readers who compared words kept every other page for half a minute, and what they had asked for was
worked through after they had left.
"""

from collections.abc import Callable
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import asgi_send

from browse.access import App, AsgiScope, Receive, Send
from browse.hooks import hookimpl
from browse.translation import gettext as _

# Requests that have no answer yet: a page takes some 50 ms of the interpreter.
MAX_WAITING = 24
# Those that count through the corpus, until they are done.
MAX_COUNTING = 2
_COUNTING = ("/words", "/counts")
_STATIC = ("/assets/", "/-/static/", "/robots.txt")
_RETRY_SECONDS = 10


class RunningRequests:
    """Of one application, on one event loop."""

    def __init__(self) -> None:
        self.waiting = self.counting = 0

    def has_room(self, scope: AsgiScope) -> bool:
        is_full = self.waiting >= MAX_WAITING
        return not (is_full or (is_counting(scope) and self.counting >= MAX_COUNTING))

    async def answer(self, app: App, scope: AsgiScope, receive: Receive, send: Send) -> None:
        counting = is_counting(scope)
        is_waiting = True
        self.waiting += 1
        self.counting += counting

        def begun() -> None:
            nonlocal is_waiting
            self.waiting -= is_waiting
            is_waiting = False

        async def send_and_note(message: Any) -> None:
            begun()
            await send(message)

        try:
            await app(scope, receive, send_and_note)
        finally:
            begun()
            self.counting -= counting


def is_counting(scope: AsgiScope) -> bool:
    """Whether it asks for figures; the empty forms cost little."""
    path: str = scope["path"]
    return path.partition(".")[0] in _COUNTING and bool(scope["query_string"])


def _is_static(path: str) -> bool:
    return path.startswith(_STATIC)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    running = RunningRequests()

    def wrap(app: App) -> App:
        async def limited(scope: AsgiScope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or _is_static(scope["path"]):
                await app(scope, receive, send)
            elif running.has_room(scope):
                await running.answer(app, scope, receive, send)
            else:
                sentence = _("Too much is being asked at once. Try again in a moment.")
                headers = {"Retry-After": str(_RETRY_SECONDS), "Cache-Control": "no-store"}
                await asgi_send(send, f"{sentence}\n", 503, headers)

        return limited

    return wrap
