"""What is wrong with the settings is one sentence, and an exit code by which a service is not started again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.exit_codes import CONFIGURATION
from cli.main import COMMANDS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WRONG = {
    "no line of settings": "settings: line 1: expected WARRAQ_…=value",
    "WARRAQ_WORKERS=many": "WARRAQ_WORKERS: expected a number above 0",
    "WARRAQ_PAGE_SECONDS=0": "WARRAQ_PAGE_SECONDS: expected a number above 0",
    "WARRAQ_POLL_MOST=inf": "WARRAQ_POLL_MOST: expected a number above 0",
    "WARRAQ_ARCHIVE=maybe": "WARRAQ_ARCHIVE: expected on or off",
    "WARRAQ_PROXY=gopher://x": "WARRAQ_PROXY: expected",
    "WARRAQ_CLUSTER_LEASE=60": "WARRAQ_CLUSTER_LEASE is gone",
}


def ended(data: Path, *words: str, **variables: str) -> tuple[int, str]:
    # Commands that ran in this process may have left where their sites are.
    others = {name: value for name, value in os.environ.items() if name[:7] != "WARRAQ_"}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--data", data, *words],
        cwd=ROOT,
        env=others | variables,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_setting_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "settings").write_text(line + "\n")
    code, printed = ended(tmp_path, "run")
    assert code == CONFIGURATION
    assert WRONG[line] in printed


@pytest.mark.parametrize("command", ["run", "crawl", "check"])
def test_commands_that_need_settings_name_a_wrong_one(command: str, tmp_path: Path) -> None:
    assert command in COMMANDS
    words = [] if command == "run" else ["sana"]
    code, printed = ended(tmp_path, command, *words, WARRAQ_WORKERS="many")
    assert (code, printed[:21]) == (CONFIGURATION, "Error: WARRAQ_WORKERS")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    code, printed = ended(tmp_path, "run", WARRAQ_SETTINGS=str(tmp_path))
    assert (code, "cannot be read" in printed) == (CONFIGURATION, True)


def test_without_a_site_or_a_contact_the_service_is_not_started_again(tmp_path: Path) -> None:
    code, printed = ended(tmp_path, "run")
    assert (code, "no site is chosen" in printed) == (CONFIGURATION, True)
    ended(tmp_path, "add", "sana")
    code, printed = ended(tmp_path, "run")
    assert (code, "no contact is set" in printed) == (CONFIGURATION, True)


def test_the_unit_knows_the_code() -> None:
    unit = (ROOT / "deploy/warraq.service").read_text()
    assert f"RestartPreventExitStatus={CONFIGURATION}\n" in unit
