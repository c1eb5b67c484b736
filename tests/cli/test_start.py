"""A command that only tells what it is imports nothing that takes long."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, SUMMARIES, warraq
from storage.database import open_database

ROOT = Path(__file__).parents[2]
SLOW = (
    *("scrapy", "twisted", "datasette", "trafilatura", "lxml", "numpy", "sqlite_utils", "pydantic"),
    *("rich", "tldextract", "requests", "pebble", "uvicorn", "apscheduler"),
)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_commands_say(name: str) -> None:
    command = warraq.get_command(click.Context(warraq), name)
    assert command is not None
    assert SUMMARIES[name] == command.get_short_help_str(limit=200)


def _imported(arguments: list[str], environment: dict[str, str]) -> tuple[str, str]:
    """What the command prints, and which of the slow packages it imports."""
    program = f"""
import sys
from cli.main import warraq
sys.argv = ["warraq", *{arguments!r}]
try:
    warraq.main(prog_name="warraq")
finally:
    print(*sorted(set({SLOW!r}) & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    return done.stdout, done.stderr.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        *([], *([name] for name in COMMANDS), ["archive", "check"]),
        *(["duplicates", name] for name in ("clusters", "explain", "rebuild")),
    ],
    ids=" ".join,
)
def test_no_help_imports_what_is_slow(arguments: list[str]) -> None:
    output, slow = _imported([*arguments, "--help"], {})
    assert "Show this message and exit." in output
    assert slow == ""


@pytest.mark.parametrize("line", ["warraq sh", "warraq crawl san", "warraq add san"])
def test_completion_imports_what_help_does(line: str) -> None:
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    output, slow = _imported([], {"_WARRAQ_COMPLETE": "bash_complete", **words})
    assert output.startswith("plain,s")
    assert slow == ""


@pytest.mark.parametrize(
    "arguments", [["sites"], ["status"], ["archive"], ["show", "0"], ["boilerplate", "a"]]
)
def test_what_prints_what_is_stored_does_not_wait_for_what_crawls(
    arguments: list[str], tmp_path: Path
) -> None:
    open_database(tmp_path).close()
    _, slow = _imported(arguments, {"WARRAQ_DATA": str(tmp_path)})
    imported = set(slow.splitlines()[-1].split())
    assert not imported & {"scrapy", "twisted", "datasette", "trafilatura", "uvicorn"}


def test_there_is_a_summary_for_each_command_and_no_other() -> None:
    assert list(SUMMARIES) == list(COMMANDS)


@pytest.mark.parametrize(
    ("flag", "level"),
    [
        ("-v", "DEBUG"),
        ("--verbose", "DEBUG"),
        ("-q", "WARNING"),
        ("--quiet", "WARNING"),
        (None, "INFO"),
    ],
)
def test_flags_set_the_level_of_the_log(
    flag: str | None, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the settings, which are imported after them."""
    monkeypatch.setenv("WARRAQ_LOG_LEVEL", "INFO")
    for name in ("WARRAQ_DATA", "WARRAQ_SITES", "SCRAPY_SETTINGS_MODULE"):
        monkeypatch.setenv(name, "")  # the command sets it; restored after the test
    words = [*([flag] if flag else []), "--data", str(tmp_path), "sites"]
    assert CliRunner().invoke(warraq, words).exit_code == 0
    assert os.environ["WARRAQ_LOG_LEVEL"] == level
