"""A command that only tells what it is imports nothing that takes long."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, SUMMARIES, warraq

ROOT = Path(__file__).parents[2]
SLOW = ("scrapy", "twisted", "datasette", "numpy", "lxml", "sqlite_utils", "pydantic", "rich")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_commands_say(name: str) -> None:
    command = warraq.get_command(click.Context(warraq), name)
    assert command is not None
    assert SUMMARIES[name] == command.get_short_help_str(limit=200)


@pytest.mark.parametrize(
    "environment",
    [{}, {"_WARRAQ_COMPLETE": "bash_complete", "COMP_WORDS": "warraq sh", "COMP_CWORD": "1"}],
)
def test_help_and_completion_import_nothing_slow(environment: dict[str, str]) -> None:
    program = f"""
import sys
from cli.main import warraq
sys.argv = ["warraq", "--help"]
try:
    warraq.main(prog_name="warraq")
finally:
    print(*sorted(set({SLOW!r}) & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert "show" in done.stdout
    assert done.stderr.strip() == ""


def test_there_is_a_summary_for_each_command_and_no_other() -> None:
    assert list(SUMMARIES) == list(COMMANDS)
