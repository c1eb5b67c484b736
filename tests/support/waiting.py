"""Waiting for another process or thread."""

import time
from collections.abc import Callable

# Seconds: longer than anything takes on a busy machine. Only failing tests wait that long.
PATIENCE = 120.0


def until(holds: Callable[[], bool], what: str = "") -> None:
    """Poll `holds` until it is true. Raises TimeoutError with `what`."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)
