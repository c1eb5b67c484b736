"""deploy/Containerfile, built and run without a registry of images or a daemon: its base is a Debian tree."""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from debian_tree import ROOT, DebianTree, debian_tree, why_not
from packed import pack
from waiting import until

REASON = why_not() or ("" if shutil.which("buildah") else "an image needs buildah")
pytestmark = [pytest.mark.install, pytest.mark.skipif(bool(REASON), reason=REASON or "there is")]


class Images:
    """buildah with images and containers of its own."""

    def __init__(self, folder: Path, tree: DebianTree) -> None:
        self._options = [f"--root={folder}/root", f"--runroot={folder}/run"]
        self._tree = tree

    def command(self, *words: str | Path) -> list[str | Path]:
        """In the tree's network for `run`, and the machine's for what installs."""
        enter = self._tree.network() if words[0] == "run" else []
        return [*enter, "buildah", *self._options, "--storage-driver=vfs", *words]

    def do(self, *words: str | Path) -> str:
        done = subprocess.run(
            self.command(*words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, f"{words}: {done.stdout}"
        return done.stdout.strip()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """With the image `warraq`, made from the project's files on a Debian with Python."""
    folder = tmp_path_factory.mktemp("images")
    log = ROOT / "build" / "install" / "container.log"
    with debian_tree("trixie", folder, log) as tree:
        tree.run("apt-get update && apt-get install --yes python3-venv", online=True)
        if certificates := tree.environment.get("PIP_CERT"):
            (tree.folder / "etc/pip.conf").write_text(f"[global]\ncert = {certificates}\n")
        images = Images(folder, tree)
        base = images.do("from", "scratch").splitlines()[-1]
        images.do("add", "--quiet", base, tree.folder, "/")
        images.do("commit", "--quiet", base, "base")
        images.do("rm", base)
        pack(folder)
        file = folder / "checkout/deploy/Containerfile"
        words = ("--isolation=chroot", "--format=docker", "--build-arg=BASE=localhost/base")
        printed = images.do("build", *words, "--tag=warraq", f"--file={file}", folder / "checkout")
        log.write_text(log.read_text() + printed)
        yield images


def test_the_image_runs_the_service_and_is_healthy(images: Images, tmp_path: Path) -> None:
    config = json.loads(images.do("inspect", "--type=image", "warraq"))["Docker"]["config"]
    assert (config["Entrypoint"], config["Cmd"], config["User"]) == (["warraq"], ["run"], "warraq")
    container = images.do("from", "--pull-never", "warraq").splitlines()[-1]
    # buildah keeps the image's volume for the container.
    run = ("run", "--isolation=chroot", "--env=WARRAQ_CONTACT=none", container)
    start = images.command(*run, *config["Entrypoint"], *config["Cmd"])
    # Without a site it says so, and ends.
    refused = subprocess.run(start, capture_output=True, text=True)
    assert "no site is chosen" in refused.stderr, refused
    images.do(*run, "warraq", "add", "sana")

    log = tmp_path / "log"
    with log.open("wb") as output, subprocess.Popen(start, stdout=output, stderr=output) as service:
        try:
            until(lambda: _is_healthy(images, run, config), log.read_text())
            printed = images.do(*run, "sh", "-c", "warraq status; id -un; ls -la /data")
            assert "sana" in printed
            _is_read_from_outside(images, run, tmp_path)
        finally:
            pid = json.loads(images.do(*run, "cat", "/data/service.json"))["pid"]
            assert "warraq" in Path(f"/proc/{pid}/cmdline").read_text()
            os.kill(pid, signal.SIGTERM)
        assert service.wait() == 0, log.read_text()


def _is_healthy(images: Images, run: tuple[str, ...], config: dict[str, Any]) -> bool:
    kind, *command = config["Healthcheck"]["Test"]
    assert kind == "CMD"
    done = subprocess.run(images.command(*run, *command), capture_output=True)
    return done.returncode == 0


def _is_read_from_outside(images: Images, run: tuple[str, ...], tmp_path: Path) -> None:
    """As compose.yaml starts the reader, asked as its own check asks."""
    text = (ROOT / "deploy/compose.yaml").read_text()
    [words] = re.findall(r'command: (\["browse".*\])', text)
    [check] = re.findall(r'test: (\["CMD".*\])', text)
    log = tmp_path / "reader.log"
    with log.open("wb") as output:
        reader = subprocess.Popen(
            images.command(*run, "warraq", *json.loads(words)),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        command = images.command(*run, *json.loads(check)[1:])
        until(lambda: subprocess.run(command, capture_output=True).returncode == 0, log.read_text())
    finally:
        os.killpg(reader.pid, signal.SIGKILL)
        reader.wait()
