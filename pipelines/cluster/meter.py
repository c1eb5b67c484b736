"""How fast a cluster refines for us, and what keeps it from being faster."""

import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Literal

Bound = Literal["workers", "writer", "network"]

_SAMPLES = 15


@dataclass(frozen=True, slots=True)
class Sample:
    at: float
    refined: int
    bound: Bound


class Meter:
    """Look once a second. `refined` counts pages that came back, `taken` those that whoever asked
    for them has gone on with.
    """

    def __init__(self) -> None:
        self.refined = 0
        self.taken = 0
        self._samples: deque[Sample] = deque(maxlen=_SAMPLES)

    def look(self, *, slots: int, under_way: int, now: float | None = None) -> None:
        at = time.monotonic() if now is None else now
        self._samples.append(Sample(at, self.refined, self._bound(slots, under_way)))

    def _bound(self, slots: int, under_way: int) -> Bound:
        if under_way >= slots:
            return "workers"
        # They idle: because what they have done waits for the writer, or because nothing comes.
        return "writer" if self.refined > self.taken else "network"

    @property
    def rate(self) -> float:
        """Pages a second."""
        if len(self._samples) < 2:
            return 0.0
        first, last = self._samples[0], self._samples[-1]
        return (last.refined - first.refined) / max(last.at - first.at, 0.001)

    @property
    def bound(self) -> Bound | None:
        """What it was most of the time; None: nothing has come back of late."""
        if not self.rate:
            return None
        return Counter(sample.bound for sample in self._samples).most_common(1)[0][0]
