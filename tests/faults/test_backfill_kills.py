"""A backfill through each kind of source that is killed, at random instants: `benchmarks.backfill`, smaller."""

import os
import random
from pathlib import Path

import pytest

from benchmarks import backfill

pytestmark = pytest.mark.slow

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.mark.parametrize("kind", backfill.KINDS)
def test_every_article_is_there_once_and_nothing_is_requested_for_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARRAQ_REFINE", "fake_refine.refine")
    monkeypatch.setenv("WARRAQ_WORKERS", "1")
    monkeypatch.setenv("PYTHONPATH", f"{SUPPORT}{os.pathsep}{SUPPORT.parents[1]}")
    report = backfill.run(
        kind, tmp_path / kind, articles=120, kills=2, delay=0.02, chance=random.Random(4)
    )
    assert report.problems == []
    assert report.kills, "it was killed"
    assert report.stored.total() == 120
