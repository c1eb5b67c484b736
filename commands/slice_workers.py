"""The workers of a command that reads slices, and how Ctrl-C ends one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.utils.project import get_project_settings

from pipelines.workers.refiner import SLICES, Refines, refiner_of


def slice_refiner() -> Refines:
    return refiner_of(get_project_settings(), tasks=SLICES)


@contextmanager
def interruptible() -> Iterator[list[int]]:
    """Holds something once Ctrl-C has been pressed; pressed twice, it acts as it does elsewhere."""
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        stopped.append(number)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
