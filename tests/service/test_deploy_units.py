"""The systemd units: nothing to complain of, and hardened."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "deploy").glob("*.service"))

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine"
)


@pytest.fixture(params=UNITS, ids=lambda unit: unit.stem)
def unit(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@needs_systemd
def test_systemd_has_nothing_to_complain_of(unit: Path, tmp_path: Path) -> None:
    """On a machine where it is installed as its README says, of which only the file names matter."""
    program = tmp_path / "opt/warraq/.venv/bin/warraq"
    folder = tmp_path / "etc/systemd/system"
    for folder_ in (program.parent, folder, tmp_path / "bin"):
        folder_.mkdir(parents=True)
    for stand_in in (program, program.with_name("dask"), tmp_path / "bin/kill"):
        stand_in.write_text("#!/bin/sh\n")
        stand_in.chmod(0o755)
    shutil.copy(unit, folder)
    system = Path("/usr/lib/systemd/system")
    shutil.copytree(system, tmp_path / "usr/lib/systemd/system", symlinks=True)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", f"--root={tmp_path}", unit.name],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
def test_the_exposure_is_small(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True
    )
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= 1.5


def test_https_works_under_the_service_unit() -> None:
    """pyOpenSSL verifies certificates in callbacks, for which cffi needs such memory."""
    [service] = [unit for unit in UNITS if unit.stem == "warraq"]
    assert "MemoryDenyWriteExecute=yes" not in service.read_text()


def _bytes(text: str, key: str) -> int:
    [[number, unit]] = re.findall(rf"^{key}=(\d+)([MG])$", text, re.MULTILINE)
    return int(number) << {"M": 20, "G": 30}[unit]


def test_memory_is_bounded_and_fits_what_is_used(unit: Path) -> None:
    text = unit.read_text()
    high, most = _bytes(text, "MemoryHigh"), _bytes(text, "MemoryMax")
    assert high < most
    used = {"warraq": 210, "warraq-worker": 210, "warraq-scheduler": 200, "warraq-browse": 150}
    assert high > 1.5 * (used[unit.stem] << 20)
    if unit.stem in ("warraq", "warraq-worker"):
        assert most >= (2 * 1024 + 210) << 20, "two workers at their limit"
        assert "OOMPolicy=continue" in text, "a worker that is killed is replaced"


def test_all_units_are_of_one_user_and_folder() -> None:
    keys = ("User=", "Group=", "StateDirectory=", "UMask=")
    declared = [
        {line for line in unit.read_text().splitlines() if line.startswith(keys)} for unit in UNITS
    ]
    assert len(declared) == 4
    assert all(lines == declared[0] for lines in declared)


def test_every_setting_is_in_the_file_of_settings_and_no_other() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r"^#?(WARRAQ_\w+)=", (root / "deploy/settings").read_text(), re.MULTILINE)
    read = re.findall(r'"(WARRAQ_\w+)", ', (root / "settings.py").read_text())
    of_the_unit = {"WARRAQ_DATA", "WARRAQ_REFINE"}
    # An example of those that watches name.
    named.remove("WARRAQ_NOTIFY_MAIL")
    assert sorted(named) == sorted(set(read) - of_the_unit)
