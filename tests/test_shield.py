"""Whatever the person who runs the tests has set, their outcome is the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent

SET = dict.fromkeys(
    (
        *("WARRAQ_CONTACT", "WARRAQ_DATA", "WARRAQ_SITES", "WARRAQ_REFINE", "WARRAQ_WORKERS"),
        *("WARRAQ_SETTINGS", "WARRAQ_ARCHIVE", "WARRAQ_CLUSTER", "SCRAPY_SETTINGS_MODULE"),
        *("DATASETTE_SECRET", "DASK_CONFIG", "LISTEN_PID", "NOTIFY_SOCKET", "XDG_CONFIG_HOME"),
    ),
    "nowhere",
) | {
    "COLUMNS": "20",
    "FORCE_COLOR": "1",
    "LC_ALL": "C",
    "TZ": "Asia/Kathmandu",
    "WATCHDOG_USEC": "1000",
    "http_proxy": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


def test_tests_pass_in_any_environment(tmp_path: Path) -> None:
    (tmp_path / ".scrapy.cfg").write_text("[settings]\ndefault = nowhere\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "environment", "-n", "0", str(TESTS)],
        cwd=TESTS.parent,
        env=os.environ | SET | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
