"""The cost of a call, independent of the load of the machine: lines of Python, or CPU seconds."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def count_lines_run(call: Callable[[], object]) -> int:
    """The number of lines of Python executed."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@contextmanager
def bounded_cpu() -> Iterator[None]:
    """Assert less than 4 s of CPU time of this thread, for C code, which has no lines to count.

    The tested calls take at most 0.5 s; eight times as much means that the cost grows faster than the
    input. Other threads and programs do not count.
    """
    started = time.thread_time()
    yield
    assert time.thread_time() - started < 4
