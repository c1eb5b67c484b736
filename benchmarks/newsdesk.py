"""A desk that publishes and edits on the demo's sites while they are crawled."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from benchmarks.made_up_news import Writer
from demo.expected import Printing, address
from demo.newsroom import Newsroom
from demo.stories import Block

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
        ran = Counter(one.story for room in rooms.values() for one in room.printings())
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
        model = min((one for one in room.printings() if not one.trap), key=lambda one: one.id)
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
        settled = [
            one
            for one in room.printings()
            if not one.trap
            and one.story not in self._wire
            and now - one.modified > timedelta(seconds=3)
        ]
        if not settled:
            return
        chosen = self._chance.choice(settled)
        blocks = (*chosen.blocks, Block("p", self._writer.paragraph()))
        room.edit(chosen.path, modified=now, blocks=blocks)
        self.edited[name, chosen.path] = now
