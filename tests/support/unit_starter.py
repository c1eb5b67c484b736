"""Starts what systemd would start: the programs of the units in a tree, as their user, with their variables."""

import re
import shlex
import signal
import subprocess
from pathlib import Path

from debian_tree import DebianTree
from waiting import PATIENCE


class UnitStarter:
    """`systemctl`, as far as deploy/README.md uses it. `close` ends what runs."""

    def __init__(self, tree: DebianTree) -> None:
        self._tree = tree
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, script: str) -> str:
        """A script whose lines may be systemctl's; what the other lines print."""
        printed = ""
        for line in script.splitlines():
            words = shlex.split(line)
            if words[0] != "systemctl":
                online = words[0] in ("git", "make", "apt-get")
                printed += self._tree.run(line, online=online)
                continue
            # What systemctl does without a manager it does itself.
            if words[1] in ("enable", "disable"):
                printed += self._tree.run(line.replace(" --now", ""))
            self._tree.note(line)
            self._systemctl(words[1:])
        return printed

    def _systemctl(self, words: list[str]) -> None:
        verb, *rest = words
        now = "--now" in rest
        for name in (word for word in rest if not word.startswith("-")):
            if verb == "start" or (verb == "enable" and now):
                self.start(name)
            elif verb == "stop" or (verb == "disable" and now):
                assert self.stop(name) == 0, f"{name}: {self.log(name)}"
            elif verb == "reload":
                self._processes[name].send_signal(signal.SIGHUP)

    def start(self, name: str) -> None:
        unit = (self._tree.folder / f"etc/systemd/system/{name}.service").read_text()
        [user] = re.findall(r"^User=(\w+)$", unit, re.MULTILINE)
        [program] = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
        [folder] = re.findall(r"^WorkingDirectory=(.+)$", unit, re.MULTILINE)
        variables = [
            pair
            for line in re.findall(r"^Environment=(.+)$", unit, re.MULTILINE)
            for pair in line.split()
        ]
        command = [
            *("setpriv", "--reuid", user, "--regid", user, "--init-groups", "--no-new-privs"),
            *("env", f"--chdir={folder}", f"HOME={folder}", *variables, *program.split()),
        ]
        with self._log_file(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [*self._tree.enter(), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
            )

    def restart_failed(self) -> None:
        """What `Restart=on-failure` does, with the reader before there is a database."""
        for name, process in list(self._processes.items()):
            if process.poll() not in (None, 0):
                self.start(name)

    def wait(self, name: str) -> int:
        """How a program that ends by itself ends."""
        return self._processes.pop(name).wait(PATIENCE)

    def stop(self, name: str) -> int:
        if name not in self._processes:
            return 0
        process = self._processes.pop(name)
        process.terminate()
        code = process.wait(PATIENCE)
        # uvicorn ends by the signal it was sent, which systemd counts as a clean end.
        return 0 if code == -signal.SIGTERM else code

    def log(self, name: str) -> str:
        return self._log_file(name).read_text(errors="replace")

    def _log_file(self, name: str) -> Path:
        return self._tree.folder / f"srv/{name}.log"

    def close(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
