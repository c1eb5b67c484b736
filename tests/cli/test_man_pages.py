"""The manual pages have what the help has, and troff takes each of them without a warning."""

import shutil
import subprocess
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, warraq
from cli.man_pages import man_page, write_man_pages


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_man_pages(tmp_path_factory.mktemp("man"))


def test_there_is_a_page_for_each_command_and_each_below_it(pages: list[Path]) -> None:
    names = {page.stem for page in pages}
    assert names >= {"warraq", *(f"warraq-{name}" for name in COMMANDS)}
    assert "warraq-duplicates-explain" in names


def _rendered(page: Path) -> str:
    """As plain text. Fails on a warning of troff's."""
    if not shutil.which("groff"):
        pytest.skip("needs groff")
    command = ["groff", "-k", "-man", "-ww", "-P-cbou", "-Tutf8", str(page)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b"", page
    return done.stdout.decode()


def test_man_renders_each_without_a_warning(pages: list[Path]) -> None:
    for page in pages:
        shown = _rendered(page)
        assert all(heading in shown for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"))


def test_options_and_examples_stand_in_the_page_as_they_are_typed(pages: list[Path]) -> None:
    [page] = [page for page in pages if page.stem == "warraq-crawl"]
    shown = _rendered(page)
    assert "warraq crawl elnahar nashra --limit 20" in shown
    assert "--since DATE" in shown


def test_what_troff_would_take_for_its_own_is_escaped() -> None:
    """A line that begins with a dot, a backslash, a hyphen."""
    command = click.Command("x", help="\b\n.so /etc/passwd\n'tis\n\\fB --all")
    text = man_page(click.Context(command, info_name="x", parent=click.Context(warraq)))
    assert "\n\\&.so /etc/passwd\n\\&'tis\n\\efB \\-\\-all\n" in text
