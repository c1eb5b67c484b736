"""The catalogue: its sites are polled where they are chosen; and the contact that a poll needs."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.contact import is_contact
from cli.main import warraq
from service.configuration import NoSites, read_configuration
from spiders.site_files import load_sites, read_site
from spiders.site_folders import SHIPPED, catalogue
from spiders.toml_errors import SiteFileError

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WARRAQ_SITES", "")
    monkeypatch.setenv("WARRAQ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WARRAQ_CONTACT", "none")
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "settings")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(warraq, arguments)

    return run


def test_nothing_is_polled_that_was_not_chosen(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    with pytest.raises(NoSites):
        read_configuration([], [folder])
    assert run("add", "sana", "--sites", str(folder)).exit_code == 0
    assert list(read_configuration([], [folder]).sites) == ["sana"]
    assert list(read_configuration(["hespress"], [folder]).sites) == ["hespress"]


def test_a_fresh_service_says_how_to_begin(run: Run) -> None:
    result = run("run")
    assert result.exit_code == 78
    assert "no site is chosen yet" in result.output
    assert "warraq add sana" in result.output


@pytest.mark.parametrize("name", catalogue())
def test_each_site_can_be_chosen_and_follows_the_catalogue(
    run: Run, tmp_path: Path, name: str
) -> None:
    assert run("add", name).exit_code == 0
    chosen = read_site(tmp_path / "data" / "sites" / f"{name}.toml")
    shipped = read_site(SHIPPED / f"{name}.toml")
    assert (chosen.homepage, chosen.leave, chosen.family) == (
        shipped.homepage,
        shipped.leave,
        shipped.family,
    )
    assert chosen.enabled


def test_a_site_is_chosen_once(run: Run) -> None:
    assert run("add", "sana").exit_code == 0
    result = run("add", "sana")
    assert result.exit_code == 1
    assert "sana is chosen already" in result.output


def test_keys_of_ones_own_stand_in_place_of_the_catalogues(tmp_path: Path) -> None:
    file = tmp_path / "sana.toml"
    file.write_text('like = "sana"\nevery = 90\nleave = []\n')
    site = read_site(file)
    assert (site.every, site.leave, site.homepage) == (90, (), "https://sana.sy/")
    assert load_sites([tmp_path]).sites["sana"] == site


@pytest.mark.parametrize(
    ("value", "hint"),
    [('"sanna"', "did you mean sana?"), ('"../x"', "lists the catalogue"), ("3", "")],
)
def test_a_site_that_is_like_no_other_is_an_error(tmp_path: Path, value: str, hint: str) -> None:
    file = tmp_path / "a.toml"
    file.write_text(f"like = {value}\n")
    with pytest.raises(SiteFileError) as error:
        read_site(file)
    assert hint in str(error.value)


def test_the_service_wants_a_contact(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARRAQ_CONTACT")
    assert run("add", "sana").exit_code == 0
    result = run("run")
    assert result.exit_code == 78
    assert "no contact is set" in result.output
    assert "WARRAQ_CONTACT" in result.output


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("a@example.org", True),
        ("mailto:a@example.org", True),
        ("https://example.org/about", True),
        ("", False),
        ("me", False),
        ("a@b c", False),
        ("مثال@example.org", False),
        ("a@example.org\nX: 1", False),
        ("http://" + "x" * 200, False),
    ],
)
def test_contacts(text: str, good: bool) -> None:
    assert is_contact(text) is good


def test_a_contact_is_asked_for_once_and_kept(tmp_path: Path) -> None:
    """On a terminal."""
    environment = {
        "PATH": os.environ["PATH"],
        "WARRAQ_DATA": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "cli", "add"]
    screen, terminal = pty.openpty()
    try:
        process = subprocess.Popen(
            [*command, "sana"], stdin=terminal, stdout=terminal, stderr=terminal, env=environment
        )
        os.write(screen, b"nobody\nresearcher@example.org\n")
        assert process.wait() == 0
    finally:
        os.close(screen)
        os.close(terminal)
    kept = (tmp_path / "data" / "settings").read_text()
    assert kept == "WARRAQ_CONTACT=researcher@example.org\n"
    done = subprocess.run(
        [*command, "hespress"],
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0
    assert "contact" not in done.stderr
