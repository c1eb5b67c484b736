"""The evaluation data beside the project; tests that need it are skipped where it is missing."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared"


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not (SHARED / name).exists(), reason=f"the evaluation data ({name}) is not on this machine"
    )
