"""What watches find is told once over kills of the service; `python -m tests.faults.watch_kills` plays 20."""

from pathlib import Path

import pytest

from tests.faults.watch_kills import play

pytestmark = pytest.mark.slow


def test_each_article_is_told_once_over_kills(tmp_path: Path) -> None:
    report = play(3, tmp_path, seed=5)
    assert report.problems == []
    assert (report.never, report.repeated, report.within_deliveries) == (0, 0, 0)
    assert report.kills == 3
    assert report.once == report.articles > 0


def test_where_the_machine_fails_nothing_is_lost_and_repetitions_are_known(tmp_path: Path) -> None:
    report = play(3, tmp_path, seed=5, power=True)
    assert report.problems == []
    assert (report.never, report.within_deliveries) == (0, 0)
    assert report.once + report.repeated == report.articles > 0
