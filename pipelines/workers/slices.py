"""A slice of an archive as one task: a worker reads the pages itself and sends back the results. A few
slices are refined at a time; their results come in the order of the slices.
"""

import asyncio
import signal
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from items import Article, Page, Reason, Rejected, Site

# Of a slice: a few seconds of work, which is all that is lost with a worker.
PAGES = 200


@dataclass(frozen=True, slots=True)
class PageInSlice:
    """`record` identifies the page within its archive: an offset, or a row."""

    record: int
    page: Page
    site: Site


@dataclass(frozen=True, slots=True)
class SliceResult:
    """`key` is the page's address, `fetched` when it was answered."""

    record: int
    key: str
    fetched: str
    result: Article | Rejected


@dataclass(frozen=True, slots=True)
class UnchangedCapture:
    """At the time `seen`, the address `key` answered the same as at the time `before`; None: as at an
    unknown earlier time.
    """

    key: str
    seen: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class SliceBatch:
    """The results of a slice, in the order of its records. `skipped` counts, by reason, the records
    that hold no page to refine.
    """

    results: tuple[SliceResult, ...] = ()
    skipped: Counter[str] = field(default_factory=Counter)
    unchanged: tuple[UnchangedCapture, ...] = ()


class Slice(Protocol):
    """All that a worker needs beside the files themselves; small, since it is pickled."""

    def read(self) -> Iterator[PageInSlice | UnchangedCapture | str]:
        """The pages; for a record that is none, the reason, empty where it is not to be counted."""

    def refine(self, item: PageInSlice) -> Article | Rejected:
        """May hang."""

    def split_single(self) -> "Iterator[tuple[SliceResult, Slice]]":
        """Slices of one record each, and with each a result that names the record, for when its
        worker is lost.
        """


def refine_slice(part: Slice, seconds: float) -> SliceBatch:
    """Read and refine, in a worker. A page that takes longer than `seconds` ends the process: no
    exception gets through a parser that hangs.
    """
    results: list[SliceResult] = []
    unchanged: list[UnchangedCapture] = []
    skipped: Counter[str] = Counter()
    items = part.read()
    while True:
        with _time_limit(seconds):
            item = next(items, None)
            if item is None:
                return SliceBatch(tuple(results), skipped, tuple(unchanged))
            if isinstance(item, UnchangedCapture):
                unchanged.append(item)
                continue
            if isinstance(item, str):
                skipped.update([item] if item else [])
                continue
            result = _refine_item(part, item)
        results.append(SliceResult(item.record, item.page.key, item.page.fetched, result))


def _refine_item(part: Slice, item: PageInSlice) -> Article | Rejected:
    try:
        return part.refine(item)
    except MemoryError:
        return Rejected(item.page.key, Reason.MEMORY, "needs more than a worker may have")
    except Exception as error:
        return Rejected(item.page.key, Reason.CRASHED, repr(error))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """By SIGALRM, which is not handled and so ends the process."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def merge_batches(batches: list[SliceBatch]) -> SliceBatch:
    skipped: Counter[str] = Counter()
    for batch in batches:
        skipped += batch.skipped
    results = tuple(result for batch in batches for result in batch.results)
    unchanged = tuple(capture for batch in batches for capture in batch.unchanged)
    return SliceBatch(results, skipped, unchanged)


def failed_batch(unknown: SliceResult, reason: str, detail: str) -> SliceBatch:
    """For the record that `unknown` names, whose worker was lost."""
    rejected = Rejected(unknown.key, reason, detail)
    return SliceBatch((replace(unknown, result=rejected),))


class RefinesSlices(Protocol):
    """The part of `refiner.Refines` that slices need."""

    @property
    def workers(self) -> int: ...

    async def refine_slice(self, part: Slice) -> SliceBatch: ...


Part = TypeVar("Part", bound=Slice)


async def refine_in_order(
    refiner: RefinesSlices, parts: Iterator[Part]
) -> AsyncIterator[tuple[Part, SliceBatch]]:
    """Each slice with its results."""
    async with aclosing(refine_ahead(refiner, parts)) as refining:
        async for part, task in refining:
            yield part, await task


async def refine_ahead(
    refiner: RefinesSlices, parts: Iterator[Part]
) -> AsyncGenerator[tuple[Part, asyncio.Task[SliceBatch]], None]:
    """Each slice with the task that has, or will have, its results. Two slices a worker are under way, so
    that the others have work while results wait for the slowest slice; memory stays flat however many
    slices there are.
    """
    pending: deque[tuple[Part, asyncio.Task[SliceBatch]]] = deque()
    try:
        for part in parts:
            pending.append((part, asyncio.create_task(refiner.refine_slice(part))))
            await asyncio.sleep(0)  # the task starts before the next slice is cut
            if len(pending) > 2 * refiner.workers:
                yield pending.popleft()
        while pending:
            yield pending.popleft()
    finally:
        for _, task in pending:
            task.cancel()
        await asyncio.gather(*(task for _, task in pending), return_exceptions=True)
