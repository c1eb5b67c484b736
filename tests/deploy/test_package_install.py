"""Warraq installed as a package, by each of the usual programs and for each Python that is here, and used
in a folder that knows nothing of the checkout.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from machine_network import pip_environment
from packed import pack
from waiting import until

pytestmark = pytest.mark.install

VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def _python(version: str) -> str:
    """A program of this version that runs; empty: none is here."""
    pyenv = Path(os.environ.get("PYENV_ROOT", "/nonexistent")) / "versions"
    programs = [shutil.which(f"python{version}")]
    programs += [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]
    for program in filter(None, programs):
        if subprocess.run([program, "-c", "import venv"], capture_output=True).returncode == 0:
            return str(program)
    return ""


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `checkout`, a copy of the project's files, and `dist`, with the wheel."""
    folder = tmp_path_factory.mktemp("packed")
    pack(folder)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The machine's, with one cache for all, and no Python of the tests'."""
    cache = tmp_path_factory.mktemp("cache")
    indexes = pip_environment()
    found = {"PIP_CACHE_DIR": f"{cache}/pip", "UV_CACHE_DIR": f"{cache}/uv", **indexes}
    if "PIP_INDEX_URL" in indexes:
        found["UV_DEFAULT_INDEX"] = indexes["PIP_INDEX_URL"]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_"))}
    return inherited | found


def _run(*words: str | Path, **options: object) -> str:
    done = subprocess.run(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )  # type: ignore[call-overload]
    assert done.returncode == 0, f"{words}: {done.stdout}"
    return str(done.stdout)


def _wheel(packed: Path) -> Path:
    [wheel] = (packed / "dist").glob("*.whl")
    return wheel


@pytest.mark.parametrize("version", VERSIONS)
def test_the_wheel_works_in_a_fresh_environment(
    version: str, packed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    python = _python(version)
    if not python:
        pytest.skip(f"there is no Python {version} on this machine")
    _run(python, "-m", "venv", tmp_path / "venv")
    _run(tmp_path / "venv/bin/pip", "install", "--quiet", _wheel(packed), env=environment)
    _try(tmp_path / "venv/bin/warraq", tmp_path, environment)


def test_pip_installs_a_checkout(packed: Path, environment: dict[str, str], tmp_path: Path) -> None:
    _run(sys.executable, "-m", "venv", tmp_path / "venv")
    _run(
        *(tmp_path / "venv/bin/pip", "install", "--quiet", "."),
        env=environment,
        cwd=packed / "checkout",
    )
    _try(tmp_path / "venv/bin/warraq", tmp_path, environment)


@pytest.mark.parametrize("program", ["pipx", "uv"])
def test_it_is_a_tool_of_its_own(
    program: str, packed: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    _run(sys.executable, "-m", "venv", tmp_path / "tools")
    _run(tmp_path / "tools/bin/pip", "install", "--quiet", program, env=environment)
    places = {
        "PIPX_HOME": f"{tmp_path}/pipx",
        "PIPX_BIN_DIR": f"{tmp_path}/bin",
        "PIPX_DEFAULT_PYTHON": sys.executable,
        "UV_TOOL_DIR": f"{tmp_path}/uv",
        "UV_TOOL_BIN_DIR": f"{tmp_path}/bin",
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
    }
    words = ["install"] if program == "pipx" else ["tool", "install"]
    tool = tmp_path / "tools/bin" / program
    _run(tool, *words, _wheel(packed), env=environment | places)
    _try(tmp_path / "bin/warraq", tmp_path, environment)


def _try(warraq: Path, folder: Path, environment: dict[str, str]) -> None:
    """A newcomer's first commands."""
    folder = folder / "anywhere"
    folder.mkdir()
    log = folder / "demo.log"
    with _process([warraq, "demo", "--keep-serving"], folder, environment, log):
        until(lambda: "Press Ctrl-C" in log.read_text(), log.read_text())
        assert "All 61 articles are stored as published" in log.read_text()
        found = re.search(r"^ +waha +(http://\S+)$", log.read_text(), re.MULTILINE)
        assert found, log.read_text()
        options = {"cwd": folder, "env": environment}
        _run(warraq, "add", "--allow-private", "--name", "local", found[1], **options)
        _run(warraq, "crawl", "local", **options)
        _run(warraq, "export", "corpus.jsonl", **options)
        lines = (folder / "corpus.jsonl").read_text().splitlines()
        assert len({json.loads(line)["url"] for line in lines}) > 10
        _is_read_in_a_browser(warraq, folder, environment)


def _is_read_in_a_browser(warraq: Path, folder: Path, environment: dict[str, str]) -> None:
    log = folder / "browse.log"
    with _process([warraq, "browse", "--port", "0"], folder, environment, log):
        until(lambda: "http://" in log.read_text(), log.read_text())
        [address] = re.findall(r"http://[\d.]+:\d+", log.read_text())
        page = _get(f"{address}/")
        assert "local" in page
        styles = re.findall(r'href="(/[^"]+\.css[^"]*)"', page)
        assert styles
        for style in styles:
            assert _get(address + style)


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as response:
        return str(response.read().decode())


@contextmanager
def _process(
    command: list[str | Path], folder: Path, environment: dict[str, str], log: Path
) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=folder, env=environment
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
