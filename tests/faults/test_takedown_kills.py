"""A takedown that is killed is done by the next start, or was never begun."""

from pathlib import Path

import pytest

from tests.faults.takedown_kills import play

pytestmark = pytest.mark.slow


def test_a_killed_takedown_is_all_or_nothing(tmp_path: Path) -> None:
    report = play(4, tmp_path, seed=3)
    assert report.problems == []
    assert report.kills == report.all_gone + report.all_there == 4
