"""Imported by the fork server before it forks a worker: what every worker needs, loaded once."""

import gc
import signal
from multiprocessing import spawn

import pipelines.refine  # noqa: F401

# Ctrl-C reaches the whole process group; only the main process answers it.
signal.signal(signal.SIGINT, signal.SIG_IGN)


def _nothing(_: str) -> None:
    """A worker needs nothing of the program that started it: importing its main module there, as
    multiprocessing does, costs each new worker the time and the memory of all its imports.
    """


spawn._fixup_main_from_path = _nothing  # type: ignore[attr-defined]
spawn._fixup_main_from_name = _nothing  # type: ignore[attr-defined]

# Frozen objects are not touched by the collector, so the workers go on sharing their memory.
gc.collect()
gc.freeze()

# Refining leaves nothing in cycles: after 300 pages the collector found none. Looking for them all
# the same took 3 % of the time.
gc.set_threshold(50_000, 20, 100)
