"""The demo's sites on a bad day: errors, silence, resets, half bodies, wrong lengths."""

import random
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from benchmarks.data.generated_news import Writer
from demo import server
from demo.expected import Printing, address
from demo.newsroom import Newsroom, Request, Response
from demo.stories import Block


class BadDay:
    """How often (0 to 1) an answer goes wrong, the first one for certain; and for how many seconds a
    silent one is silent.
    """

    def __init__(self, seed: int, silence: float) -> None:
        self.rate = 0.0
        self.silence = silence
        self.done = 0
        self._chance = random.Random(seed)
        self._lock = Lock()

    def strikes(self) -> str | None:
        with self._lock:
            first = self.rate > 0 and not self.done
            if not first and self._chance.random() >= self.rate:
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


# Their lists say when an article was changed; of the others that is found out hours later.
EDITED = ("maraya", "sanabel", "waha")
# A feed of ten: what falls off it before it is read was never to be had.
SHORT_LIST = "daftar"


class Newsdesk(Thread):
    """Until it is closed; `pause` is the mean time between two acts. The same seed, the same acts."""

    def __init__(self, rooms: Mapping[str, Newsroom], seed: int, pause: float) -> None:
        super().__init__(daemon=True)
        self.rooms = rooms
        self.pause = pause
        self.published: list[Printing] = []
        self.edited: dict[tuple[str, str], datetime] = {}
        self._chance = random.Random(seed)
        self._writer = Writer(seed)
        self._number = 0
        ran = Counter(printing.story for room in rooms.values() for printing in room.printings())
        self._wire = {story for story, times in ran.items() if times > 1}
        self._closed = Event()

    def run(self) -> None:
        while not self._closed.wait(self._chance.expovariate(1 / self.pause)):
            self.act()

    def close(self) -> None:
        self._closed.set()
        self.join()

    def act(self) -> None:
        if self._chance.random() < 0.5:
            self.edit(self._chance.choice(EDITED))
        else:
            self.publish(self._chance.choice([name for name in self.rooms if name != SHORT_LIST]))

    def publish(self, name: str) -> None:
        room, self._number = self.rooms[name], self._number + 1
        model = min(
            (printing for printing in room.printings() if not printing.trap),
            key=lambda printing: printing.id,
        )
        now, number = datetime.now(UTC), model.id + 9000 + self._number
        title, slug = self._writer.title(self._number), f"fresh-{self._number}"
        fresh = replace(
            model,
            story=slug,
            id=number,
            path=address(room.outlet, number, now, title, slug),
            title=title,
            # Pages show the minute.
            published=now.replace(second=0, microsecond=0),
            modified=now.replace(microsecond=0),
            blocks=tuple(Block("p", self._writer.paragraph()) for _ in range(5)),
            agency=None,
            same=False,
        )
        self.published.append(room.publish(fresh))

    def edit(self, name: str) -> None:
        """Never twice within seconds: their lists know no shorter time."""
        room, now = self.rooms[name], datetime.now(UTC).replace(microsecond=0)
        candidates = [
            printing
            for printing in room.printings()
            if not printing.trap
            and printing.story not in self._wire
            and now - printing.modified > timedelta(seconds=3)
        ]
        if not candidates:
            return
        chosen = self._chance.choice(candidates)
        blocks = (*chosen.blocks, Block("p", self._writer.paragraph()))
        room.edit(chosen.path, modified=now, blocks=blocks)
        self.edited[name, chosen.path] = now
