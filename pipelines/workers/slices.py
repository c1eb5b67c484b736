"""A stretch of an archive as one piece of work: a worker reads it where it lies and sends back what
came of it. A few slices at a time are out; they come back in the order they went.
"""

import asyncio
import signal
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from items import Article, Page, Rejected, Site

# Pages. A few seconds of work: a worker that is lost takes no more with it.
PAGES = 200


@dataclass(frozen=True, slots=True)
class PageInSlice:
    """A page in a slice; `record` says where: an offset, or a row of the archive."""

    record: int
    page: Page
    site: Site


@dataclass(frozen=True, slots=True)
class SliceResult:
    """What a page became; `key` is its address, `fetched` when it was answered."""

    record: int
    key: str
    fetched: str
    result: Article | Rejected


@dataclass(frozen=True, slots=True)
class UnchangedCapture:
    """At the time `seen` the address `key` answered as it had at the time `before`; None: at some
    earlier time.
    """

    key: str
    seen: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class SliceBatch:
    """What came of a slice, in the order of its records. `passed` counts, by reason, the records
    that hold no page to refine.
    """

    results: tuple[SliceResult, ...] = ()
    skipped: Counter[str] = field(default_factory=Counter)
    unchanged: tuple[UnchangedCapture, ...] = ()


class Slice(Protocol):
    """Small, pickled, and all that a worker needs beside the files themselves."""

    def read(self) -> Iterator[PageInSlice | UnchangedCapture | str]:
        """The pages; a word for every record that is none, empty where that is not worth a count."""

    def refine(self, found: PageInSlice) -> Article | Rejected:
        """May take for ever."""

    def split_single(self) -> "Iterator[tuple[SliceResult, Slice]]":
        """Slices of one record each; with each, the outcome but for its `result`, which says the
        address, for when nothing comes back from there.
        """


def refine_slice(part: Slice, seconds: float) -> SliceBatch:
    """In a worker: reads and refines. A page that takes longer than `seconds` ends the process: no
    exception gets through a parser that hangs.
    """
    outcomes: list[SliceResult] = []
    again: list[UnchangedCapture] = []
    passed: Counter[str] = Counter()
    waiting = part.read()
    while True:
        with _limit(seconds):
            found = next(waiting, None)
            if found is None:
                return SliceBatch(tuple(outcomes), passed, tuple(again))
            if isinstance(found, UnchangedCapture):
                again.append(found)
                continue
            if isinstance(found, str):
                passed.update([found] if found else [])
                continue
            result = _refined(part, found)
        outcomes.append(SliceResult(found.record, found.page.key, found.page.fetched, result))


def _refined(part: Slice, found: PageInSlice) -> Article | Rejected:
    try:
        return part.refine(found)
    except MemoryError:
        return Rejected(found.page.key, "memory", "needs more than a worker may have")
    except Exception as error:
        return Rejected(found.page.key, "crashed", repr(error))


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """SIGALRM, which nothing handles, ends the process."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def merge_batches(batches: list[SliceBatch]) -> SliceBatch:
    passed: Counter[str] = Counter()
    for batch in batches:
        passed += batch.skipped
    outcomes = tuple(outcome for batch in batches for outcome in batch.results)
    return SliceBatch(outcomes, passed, tuple(one for batch in batches for one in batch.unchanged))


def failed_batch(unknown: SliceResult, reason: str, detail: str) -> SliceBatch:
    """Nothing came back of the record that `unknown` names, and why."""
    rejected = Rejected(unknown.key, reason, detail)
    return SliceBatch((replace(unknown, result=rejected),))


class RefinesSlices(Protocol):
    """What refines slices: `workers.Refiner`, or another that does the same elsewhere."""

    @property
    def workers(self) -> int: ...

    async def refine_slice(self, part: Slice) -> SliceBatch: ...


Part = TypeVar("Part", bound=Slice)


async def refine_in_order(
    refiner: RefinesSlices, parts: Iterator[Part]
) -> AsyncIterator[tuple[Part, SliceBatch]]:
    """Each slice with what came of it. No more are begun than the workers have to do while the
    results of some wait for the slowest one: memory is that of those few, however many come.
    """
    flying: deque[tuple[Part, asyncio.Task[SliceBatch]]] = deque()
    try:
        for part in parts:
            flying.append((part, asyncio.create_task(refiner.refine_slice(part))))
            await asyncio.sleep(0)  # it is on its way before the next one is cut
            if len(flying) > 2 * refiner.workers:
                first, task = flying.popleft()
                yield first, await task
        while flying:
            first, task = flying.popleft()
            yield first, await task
    finally:
        for _, task in flying:
            task.cancel()
        await asyncio.gather(*(task for _, task in flying), return_exceptions=True)
