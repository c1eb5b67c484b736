"""How the dates of one page are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pipelines.dates.parse import Moment, read


@dataclass(frozen=True, slots=True)
class Times:
    """`zone` is IANA, of times that say none; `now`: what ages and days without a year refer to."""

    zone: str
    day_first: bool
    now: datetime | None

    def read(self, text: str) -> Moment | None:
        return read(text, self.zone, self.day_first, self.now)

    def each(self, texts: Iterable[str]) -> Iterator[Moment]:
        return (moment for text in texts if (moment := self.read(text)))
