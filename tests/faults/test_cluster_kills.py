"""Whoever of a cluster is killed while an archive is taken in: the rows are those of a lone machine."""

import random
from pathlib import Path

import pytest

from benchmarks.data.cluster_farm import Farm
from tests.faults.cluster_kills import VICTIMS, take_in

pytestmark = pytest.mark.slow


def test_a_killed_worker_scheduler_and_writer_leave_the_same_rows(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the cluster's engine is not installed")
    with Farm(tmp_path) as farm:
        farm.start_scheduler()
        for _ in range(3):
            farm.start_worker()
        report = take_in(farm, tmp_path / "archive", VICTIMS, 800, random.Random(1))
    assert report.kills == {"worker": 1, "scheduler": 1, "writer": 1}
    assert report.problems == []
