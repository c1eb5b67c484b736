"""What a call costs, however busy the machine is: in lines of Python, and in seconds of a core."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def effort(call: Callable[[], object]) -> int:
    """How many lines of Python it runs through."""
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
def moments() -> Iterator[None]:
    """For work inside of C, which has no lines to count. It takes half a second of a core at most;
    eight times that is a cost that grows faster than the input. Of this thread alone: other threads
    and programs make it no longer.
    """
    began = time.thread_time()
    yield
    assert time.thread_time() - began < 4
