"""A minimal Debian in a folder, whose commands run by chroot in namespaces of their own.

Nothing is booted. The mounts (/proc, /dev/shm) are seen by the tree's processes alone and end with them,
and so does its network, which is a loopback interface without the machine's; only what installs packages
is given that of the machine.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from machine_network import apt_mirror, give_network

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/warraq/warraq"
_CLONED = "srv/warraq.git"

# Holds the namespaces until its input ends. Loopback is raised by ioctl, as `ip` need not be there.
_HOLD = """
import fcntl, socket, struct, subprocess, sys
tree = sys.argv[1]
subprocess.run(["mount", "-t", "proc", "proc", tree + "/proc"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=1777", "shm", tree + "/dev/shm"], check=True)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 1))
print("ready", flush=True)
sys.stdin.read()
"""


def why_not() -> str:
    """What a tree would need that is not here; empty: nothing."""
    if os.geteuid() != 0:
        return "a Debian tree needs root"
    missing = [name for name in ("debootstrap", "unshare", "nsenter") if not shutil.which(name)]
    if missing:
        return f"a Debian tree needs {', '.join(missing)}"
    return "" if apt_mirror() else "apt's sources name no archive of Debian"


class DebianTree:
    """What is run, and what it printed, goes to `log`."""

    def __init__(self, folder: Path, environment: dict[str, str], holder: int, log: Path) -> None:
        self.folder = folder
        self.environment = environment
        self._holder = holder
        self._log = log

    def run(self, script: str, *, online: bool = False, check: bool = True) -> str:
        """What root's shell prints. Raises AssertionError with it where the script fails and `check`."""
        began = time.monotonic()
        done = subprocess.run(
            [*self.enter(online=online), "sh", "-euxc", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with self._log.open("a") as log:
            log.write(f"{done.stdout}[{done.returncode}, {time.monotonic() - began:.0f} s]\n")
        assert not check or done.returncode == 0, f"{script}\n{done.stdout}"
        return done.stdout

    def note(self, text: str) -> None:
        with self._log.open("a") as log:
            log.write(f"\n## {text}\n")

    def enter(self, *, online: bool = False) -> list[str]:
        """The beginning of a command in the tree. The process that is started becomes that command."""
        variables = {
            "HOME": "/root",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            "SYSTEMD_OFFLINE": "1",
            **(self.environment if online else {}),
        }
        return [
            *("nsenter", f"--target={self._holder}", "--mount", *([] if online else ["--net"])),
            *("chroot", str(self.folder), "env", "-i"),
            *(f"{name}={value}" for name, value in variables.items()),
        ]

    def network(self) -> list[str]:
        """The beginning of a command of this machine that has the tree's network alone."""
        return ["nsenter", f"--target={self._holder}", "--net"]

    def serve_repository(self) -> None:
        """What is committed here is what the project's address leads to, in the tree."""
        bare = self.folder / _CLONED
        subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, bare], check=True)
        (self.folder / "root/.gitconfig").write_text(
            f'[url "/{_CLONED}"]\n\tinsteadOf = {REPOSITORY}\n[safe]\n\tdirectory = /{_CLONED}\n'
        )

    def add_commit(self, message: str) -> None:
        """One more commit, of the same files."""
        git = ["git", "-C", str(self.folder / _CLONED), "-c", "user.name=t", "-c", "user.email=t@e"]
        made = subprocess.run(
            [*git, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", message],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        subprocess.run([*git, "update-ref", "HEAD", made], check=True)


@contextmanager
def debian_tree(suite: str, folder: Path, log: Path) -> Iterator[DebianTree]:
    """Debian's smallest set of packages, and systemd's programs, which every server has."""
    tree = folder / suite
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("")
    try:
        with log.open("a") as output:
            options = ("--variant=minbase", "--include=systemd")
            subprocess.run(
                ["debootstrap", *options, suite, str(tree), apt_mirror()],
                check=True,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        log.write_text("")
        environment = give_network(tree)
        with _held(tree) as holder:
            yield DebianTree(tree, environment, holder, log)
        assert str(tree) not in Path("/proc/self/mountinfo").read_text()
    finally:
        shutil.rmtree(tree, ignore_errors=True)


@contextmanager
def _held(tree: Path) -> Iterator[int]:
    command = ["unshare", "--mount", "--net", sys.executable, "-c", _HOLD, str(tree)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        try:
            assert holder.stdout.readline() == b"ready\n"
            yield holder.pid
        finally:
            holder.send_signal(signal.SIGKILL)
