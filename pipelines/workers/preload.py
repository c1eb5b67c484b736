"""Imported by the fork server before it forks workers: what each of them needs, loaded once."""

import gc
import os
from multiprocessing import spawn

# First of all, since the imports take seconds: Ctrl-C and `kill -- -GROUP` reach a whole process
# group, and a page being refined would be lost for now. The main process lets it finish, and ends the
# workers; where that one is killed, they end with its pipe.
os.setpgrp()


def _skip_main(_: str) -> None:
    """A worker needs nothing of the main module. Importing it, as multiprocessing does, costs each
    new worker the time and the memory of all its imports.
    """


spawn._fixup_main_from_path = _skip_main  # type: ignore[attr-defined]
spawn._fixup_main_from_name = _skip_main  # type: ignore[attr-defined]

import tldextract  # noqa: E402, F401 - `text.urls` imports it where it is needed

import pipelines.refine  # noqa: E402, F401
from pipelines.workers.worker_tasks import COLLECTOR_THRESHOLDS  # noqa: E402
from text.folding import fold  # noqa: E402
from text.search_folding import fold_for_search  # noqa: E402

# The first long text builds tables of 65 536 characters, one of them where letters compose: .25 s,
# which each worker's first page would pay.
for _build in (fold, fold_for_search):
    _build("e\u0301" * 1_000)

# The collector does not touch frozen objects, so that the workers keep sharing their memory.
gc.collect()
gc.freeze()
gc.set_threshold(*COLLECTOR_THRESHOLDS)
