"""A cluster of two workers on this machine, with the tests' stand-in for the refinement."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.farm import Farm

TESTS = Path(__file__).parent
ABSENT = "the cluster's engine is not installed"


@contextmanager
def farm_of_two(folder: Path, **environment: str) -> Iterator[Farm]:
    """Skips the test where the engine is not installed."""
    pytest.importorskip("distributed", reason=ABSENT)
    known = {
        "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}",
        "WARRAQ_REFINE": "standins.refine",
    }
    with Farm(folder, **known, **environment) as farm:
        farm.start_scheduler()
        farm.start_worker()
        farm.start_worker()
        yield farm
