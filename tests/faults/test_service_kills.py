"""kill -9 at random instants while the sites publish and edit: nothing is lost, nothing is twice.

A few rounds; `python -m tests.faults.kills` plays fifty.
"""

from pathlib import Path

import pytest

from tests.faults.kills import play

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("faults", [0.0, 0.15], ids=["good days", "bad days"])
def test_killed_again_and_again_it_ends_with_every_article_and_edit_once(
    tmp_path: Path, faults: float
) -> None:
    report = play(3, tmp_path, seed=7, faults=faults, longest=2.0)
    assert report.problems == []
    assert report.kills == 3
    assert report.published + report.edited > 0
    assert bool(report.faults) == bool(faults)
