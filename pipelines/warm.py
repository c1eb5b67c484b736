"""Imported by the fork server before it forks a worker: what every worker needs, loaded once."""

import gc
import signal

# Ctrl-C reaches the whole process group; only the main process answers it.
signal.signal(signal.SIGINT, signal.SIG_IGN)

import pipelines.refine  # noqa: E402, F401  (its libraries take seconds to import)

# Frozen objects are not touched by the collector, so the workers go on sharing their memory.
gc.collect()
gc.freeze()
