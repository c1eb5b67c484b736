"""The workers of a command that reads slices, and how Ctrl-C ends one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from scrapy.utils.project import get_project_settings

from pipelines.workers import Refiner

# Slices, of some 200 pages each, that a worker reads before a fresh one takes its place.
_SLICES = 10


def slice_refiner() -> Refiner:
    settings = get_project_settings()
    return Refiner(
        settings.getint("WARRAQ_WORKERS"),
        settings.getfloat("WARRAQ_PAGE_SECONDS"),
        memory=settings.getint("WARRAQ_WORKER_MEMORY_MB") << 20,
        tasks=_SLICES,
    )


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
