"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable

# Seconds: more than anything takes on a machine that is busy with something else. It is spent by
# tests that fail, and by no others.
PATIENCE = 120.0


def until(holds: Callable[[], bool], what: str = "") -> None:
    """Look again and again. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.02)
