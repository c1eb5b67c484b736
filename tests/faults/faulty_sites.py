"""The demo's sites on a bad day: errors, silence, resets, half bodies, wrong lengths."""

import random
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from demo import server
from demo.newsroom import Newsroom, Request, Response


class BadDay:
    """How often (0 to 1) an answer goes wrong, and for how many seconds a silent one is silent."""

    def __init__(self, seed: int, silence: float) -> None:
        self.rate = 0.0
        self.silence = silence
        self.done = 0
        self._chance = random.Random(seed)
        self._lock = Lock()

    def strikes(self) -> str | None:
        with self._lock:
            if self._chance.random() >= self.rate:
                return None
            self.done += 1
            return self._chance.choice(["error", "silent", "reset", "half", "short", "long"])

    def part(self, size: int) -> int:
        with self._lock:
            return self._chance.randrange(size) if size else 0


@contextmanager
def bad_days(seed: int, silence: float) -> Iterator[BadDay]:
    """Sites that are served inside have bad days, at first of rate 0."""
    day, usual = BadDay(seed, silence), server.Handler

    class Handler(usual):  # type: ignore[misc, valid-type]
        def __init__(self, room: Newsroom, *args: Any) -> None:
            self.day = day
            super().__init__(room, *args)

        def do_GET(self) -> None:
            strike = self.day.strikes()
            if strike is None:
                super().do_GET()
            else:
                self.room.count(self.path)
                answer = server.respond(self.room, Request.read(self.path, dict(self.headers)))
                self.close_connection = True
                self.go_wrong(strike, answer)

        def go_wrong(self, strike: str, answer: Response) -> None:
            body, size = answer.body, len(answer.body)
            if strike == "error":
                self.say(Response(500, b"<html><body>Internal error</body></html>"), 40)
            elif strike == "silent":
                time.sleep(self.day.silence)
            elif strike == "reset":
                # A linger of nothing: the connection is reset, not closed.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            elif strike == "half":
                half = Response(answer.status, body[: self.day.part(size)], answer.headers)
                self.say(half, size)
            elif strike == "short":
                self.say(answer, self.day.part(size))
            else:
                self.say(answer, size + 100)

        def say(self, answer: Response, length: int) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(answer.body)

    server.Handler = Handler  # type: ignore[misc]
    try:
        yield day
    finally:
        server.Handler = usual  # type: ignore[misc]
