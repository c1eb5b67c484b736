"""The file of settings: what the environment says is above it, and it can be read again."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import settings
from text.settings_file import SettingsError, load_settings_file

pytestmark = pytest.mark.environment


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "settings"
    monkeypatch.setenv("WARRAQ_SETTINGS", str(file))
    yield file
    file.write_text("")
    load_settings_file()


def test_the_environment_is_above_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARRAQ_TIMEOUT", "5")
    file.write_text(
        "# who\nWARRAQ_CONTACT = 'mailto:a@example.org'\n\nexport WARRAQ_TIMEOUT=9\n"
        'WARRAQ_ON_SUSPECT="tell me" now\n'
    )
    load_settings_file()
    assert os.environ["WARRAQ_CONTACT"] == "mailto:a@example.org"
    assert os.environ["WARRAQ_TIMEOUT"] == "5"
    assert os.environ["WARRAQ_ON_SUSPECT"] == '"tell me" now'


def test_read_again_it_is_as_the_file_is_now(file: Path) -> None:
    file.write_text("WARRAQ_CONTACT=a\nWARRAQ_BACKUP=b\n")
    load_settings_file()
    file.write_text("WARRAQ_CONTACT=c\n")
    load_settings_file()
    assert os.environ["WARRAQ_CONTACT"] == "c"
    assert "WARRAQ_BACKUP" not in os.environ


@pytest.mark.parametrize(
    "line", ["WARRAQ_CONTACT", "PATH=/tmp", "warraq_contact=a", "WARRAQ_CONTACT=\0"]
)
def test_a_mistake_names_its_line_and_changes_nothing(file: Path, line: str) -> None:
    file.write_text("WARRAQ_CONTACT=a\n")
    load_settings_file()
    file.write_text(f"WARRAQ_CONTACT=b\n{line}\n")
    with pytest.raises(SettingsError, match=r"settings: line 2: expected WARRAQ_…=value"):
        load_settings_file()
    assert os.environ["WARRAQ_CONTACT"] == "a"


def test_a_file_that_is_not_there_is_said(file: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings_file()


@pytest.mark.parametrize("where", ["environment", "file"])
@pytest.mark.parametrize("name", ["WARRAQ_CLUSTER_CRAWLS", "WARRAQ_CLUSTER_LEASE"])
def test_a_setting_that_is_gone_is_refused_with_what_to_do(
    name: str, where: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"{name}=on\n" if where == "file" else "")
    if where == "environment":
        monkeypatch.setenv(name, "off")
    with pytest.raises(SystemExit, match=rf"{name} is gone: .*; delete the setting") as refused:
        importlib.reload(settings)
    assert "crawled on the machine with the database" in str(refused.value)
