"""What a shell is given to complete with, for each shell that click knows, and what is completed."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from cli.main import warraq
from spiders.site_folders import catalogue

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("shell", "begins"),
    [("bash", "_warraq_completion"), ("zsh", "#compdef warraq"), ("fish", "function")],
)
def test_each_shell_gets_its_script(shell: str, begins: str) -> None:
    done = _complete({"_WARRAQ_COMPLETE": f"{shell}_source"})
    assert done.stdout.strip().startswith(begins)
    assert "warraq" in done.stdout


def _complete(variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], **variables}
    program = "import sys; sys.argv = ['warraq']; from cli.main import main; main()"
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_bash_completes_a_name_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "harbour.toml").write_text('homepage = "https://harbour.example/"')
    words = f"warraq --sites {tmp_path} crawl har"
    variables = {"_WARRAQ_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "4"}
    assert _complete(variables).stdout == "plain,harbour\n"


def _completed(*line: str) -> list[str]:
    *before, last = line
    shell = ShellComplete(warraq, {}, "warraq", "_WARRAQ_COMPLETE")
    return [item.value for item in shell.get_completions(before, last)]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A folder with three files: one has a name of its own, one is broken."""
    monkeypatch.delenv("WARRAQ_SITES", raising=False)
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "harbour.toml").write_text('homepage = "https://harbour.example/"')
    (sites / "other.toml").write_text('name = "harvest"\nhomepage = "https://harvest.example/"')
    (sites / "harsh.toml").write_text("homepage = ")
    (sites / "harp.toml").write_bytes(b"name = 5\n")
    return ["--data", str(tmp_path)]


@pytest.mark.parametrize(
    "command",
    [
        *(["crawl"], ["check"], ["run"], ["status"], ["remove"], ["boilerplate"]),
        *(["forget", "--site"], ["reprocess", "--site"]),
    ],
)
def test_names_of_sites_are_completed(places: list[str], command: list[str]) -> None:
    assert _completed(*places, *command, "harv") == ["harvest"]
    assert {"harbour", "harsh", "harp"} < {*_completed(*places, *command, "har")}
    assert _completed(*places, *command, catalogue()[0][:-1]) == [catalogue()[0]]


def test_a_name_that_is_on_the_line_is_not_offered_again(places: list[str]) -> None:
    assert _completed(*places, "crawl", "harvest", "harv") == []


def test_add_completes_the_catalogue_and_else_files() -> None:
    name = catalogue()[0]
    assert _completed("add", name[:-1]) == [name]
    shell = ShellComplete(warraq, {}, "warraq", "_WARRAQ_COMPLETE")
    assert [item.type for item in shell.get_completions(["add"], "./feeds.op")] == ["file"]


def test_a_context_without_options_completes_too() -> None:
    command = warraq.get_command(click.Context(warraq), "crawl")
    assert command is not None
    items = command.params[0].shell_complete(click.Context(command), catalogue()[0])
    assert [item.value for item in items] == [catalogue()[0]]
