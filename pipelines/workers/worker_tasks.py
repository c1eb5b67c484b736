"""What runs in a worker process: its start, and the tasks that the pool hands it."""

import gc
import importlib
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from items import Article, Page, Reason, Rejected, Site
from pipelines.workers.slices import Slice, SliceBatch, refine_slice
from pipelines.workers.transfer import read_shared
from text.printable_output import PrintableStream

# Characters of what an exception says: some hold all that they failed at.
MAX_MESSAGE = 1_000
# Of Python's garbage collector. Refining leaves no cycles: after 300 pages it found none, and looking for
# them took 3 % of the time.
COLLECTOR_THRESHOLDS = (50_000, 20, 100)

T = TypeVar("T")


class WorkerLost(Exception):
    """A call whose worker overran its time or its memory, or ended; the message is for a person."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return self.message


def do_nothing() -> None:
    pass


def set_up_worker(function: str, memory: int, preload: tuple[str, ...]) -> None:
    sys.stderr = PrintableStream(sys.stderr)
    _load(function)
    _load(PREPARE)
    # The fork server has them, unless another pool of this process started it.
    for module in preload:
        importlib.import_module(module)
    # What was imported after `preload.py` stays shared memory too.
    gc.freeze()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@cache
def _load(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


# By its name, as what refines a page: the database's modules are above the workers.
PREPARE = "storage.prepared_articles.prepare"


def refine_page(path: str, seconds: float, page: Page, site: Site) -> Article | Rejected:
    """An article comes with all that can be computed of it before it is stored."""
    with _last_resort(seconds), _sendable_errors():
        outcome: Article | Rejected = _load(path)(page, site)
        if isinstance(outcome, Rejected):
            return outcome
        prepared: Article = _load(PREPARE)(outcome)
        return prepared


# By its name, as what refines a page: the archive's modules are above the workers.
RECORD = "storage.archive.page_records.make_record"


def refine_and_record(
    path: str, seconds: float, page: Page, site: Site
) -> tuple[Article | Rejected, Any]:
    """Also the page's `PageRecord`; None where it could not be made here."""
    outcome = refine_page(path, seconds, page, site)
    try:
        with _last_resort(seconds):
            return outcome, _load(RECORD)(page)
    except Exception:
        # Whoever makes it in our stead sees what fails.
        return outcome, None


def with_body(
    task: Callable[[str, float, Page, Site], T],
    body: Any,
    path: str,
    seconds: float,
    page: Page,
    site: Site,
) -> T:
    """The task, for a page whose body came as `shared_bytes` hands it over."""
    [body] = read_shared([body])
    return task(path, seconds, replace(page, body=body), site)


def run_function(function: Callable[..., T], seconds: float, *arguments: Any) -> T:
    with _last_resort(seconds), _sendable_errors():
        return function(*read_shared(arguments))


def run_slice(part: Slice, seconds: float) -> SliceBatch:
    with _sendable_errors():
        return refine_slice(part, seconds)


@contextmanager
def _sendable_errors() -> Iterator[None]:
    """An exception that cannot be pickled, or made anew of that, would end the pool of its worker."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        if _is_sendable(error):
            raise
        # It copes with a `__str__` that fails.
        message = "".join(traceback.format_exception_only(error)).strip()
        raise WorkerLost(Reason.CRASHED, message[:MAX_MESSAGE]) from None


def _is_sendable(error: Exception) -> bool:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - what was pickled here
    except Exception:
        return False
    return True


@contextmanager
def _last_resort(seconds: float) -> Iterator[None]:
    """The pool kills what overruns; the alarm ends a worker whose pool was killed meanwhile."""
    signal.alarm(int(seconds) + 30)
    try:
        yield
    finally:
        signal.alarm(0)
