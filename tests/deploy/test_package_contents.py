"""What is in the wheel: all files of the packages, by which nothing is missed outside of a checkout."""

import subprocess
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packed import ROOT, pack, tracked

pytestmark = pytest.mark.slow

PACKAGES = ("browse", "cli", "demo", "pipelines", "service", "spiders", "storage", "text")
MODULES = ("items.py", "scheduler.py", "settings.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        tracked()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout of git")
    return pack(tmp_path_factory.mktemp("packed"))[1]


def test_all_files_of_the_packages_are_in_the_wheel_and_no_others(wheel: Path) -> None:
    expected = {
        name
        for name in tracked()
        # What a folder says of itself is for who reads the code.
        if (name in MODULES or name.split("/")[0] in PACKAGES) and not name.endswith(".md")
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert sorted(packed) == sorted(expected)
    assert {".toml", ".sql", ".html", ".css", ".txt", ".json"} <= {
        Path(name).suffix for name in packed
    }


def test_files_in_the_wheel_are_those_of_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        different = [n for n in names if archive.read(n) != (ROOT / n).read_bytes()]
    assert different == []


def test_the_wheel_names_its_command_its_licence_and_its_requirements(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with zipfile.ZipFile(wheel) as archive:
        [points] = (n for n in archive.namelist() if n.endswith("/entry_points.txt"))
        [metadata] = (n for n in archive.namelist() if n.endswith("/METADATA"))
        assert "warraq = cli.main:main" in archive.read(points).decode()
        headers = message_from_bytes(archive.read(metadata))
        assert any(n.endswith("/LICENSE") for n in archive.namelist())
    assert (headers["Version"], headers["License-Expression"]) == (project["version"], "Apache-2.0")
    required = [r for r in headers.get_all("Requires-Dist", []) if "extra ==" not in r]
    assert len(required) == len(project["dependencies"])
