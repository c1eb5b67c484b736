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
    # The fork server has them, unless another pool of this process started it.
    for module in preload:
        importlib.import_module(module)
    # What was imported after `preload.py` stays shared memory too.
    gc.freeze()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@cache
def _load(path: str) -> Callable[[Page, Site], Article | Rejected]:
    module, _, name = path.rpartition(".")
    function: Callable[[Page, Site], Article | Rejected] = getattr(
        importlib.import_module(module), name
    )
    return function


def refine_page(path: str, seconds: float, page: Page, site: Site) -> Article | Rejected:
    with _last_resort(seconds), _sendable_errors():
        return _load(path)(page, site)


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
