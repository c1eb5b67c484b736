"""The clocks of the service: plans are by the wall clock, which a person or a time server may set; what
must have passed is by one that nobody sets.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Set by less, the clock is as good as before; a time server that nudges it does so by milliseconds.
_JUMP = timedelta(seconds=5)


def _wall() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ServiceClock:
    """`elapsed`: seconds from an arbitrary moment."""

    now: Callable[[], datetime] = _wall
    elapsed: Callable[[], float] = time.monotonic


class ClockWatch:
    """Notices that the wall clock was set."""

    def __init__(self, clock: ServiceClock) -> None:
        self._clock = clock
        self._start = self._began()

    def jump(self) -> timedelta:
        """By how much it was set since the last call, forwards or back; zero where it was not."""
        previous, self._start = self._start, self._began()
        jump = self._start - previous
        return jump if abs(jump) >= _JUMP else timedelta()

    def _began(self) -> datetime:
        """What the wall clock would have shown when `elapsed` was 0."""
        return self._clock.now() - timedelta(seconds=self._clock.elapsed())
