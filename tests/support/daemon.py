"""`warraq run` in a process group of its own, and its notifications to systemd."""

import os
import queue
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from waiting import PATIENCE

from storage.article_rows import iterate
from storage.database import open_database

SUPPORT = Path(__file__).parent

# A service whose event loop can be blocked: the handler of SIGUSR1 runs in the loop's thread until a
# file `let_go` exists.
HOLDING = """
import pathlib, signal, time
def hold(*_):
    while not pathlib.Path("let_go").exists():
        time.sleep(0.02)
signal.signal(signal.SIGUSR1, hold)
from cli.main import main
main()
"""


class Daemon:
    """`close` kills what still runs."""

    def __init__(self, folder: Path, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data = folder / "data"
        self.sites = folder / "sites"
        self.sites.mkdir(exist_ok=True)
        self.environment = os.environ | {
            "WARRAQ_SITES": str(self.sites),
            "WARRAQ_REFINE": "fake_refine.refine",
            "WARRAQ_WORKERS": "1",
            "WARRAQ_CONTACT": "none",
            "PYTHONPATH": f"{SUPPORT}{os.pathsep}{SUPPORT.parents[1]}",
            **environment,
        }
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self.notifications: queue.Queue[dict[str, str]] = queue.Queue()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # An abstract socket, since a path may be too long for an address.
        self._socket.bind(f"\0warraq-test-{os.getpid()}-{id(self)}")
        Thread(target=self._listen, daemon=True).start()

    def site(self, name: str, text: str) -> None:
        (self.sites / f"{name}.toml").write_text(text)

    def start(self, *arguments: str, program: str = "from cli.main import main; main()") -> None:
        name = self._socket.getsockname().decode().replace("\0", "@", 1)
        command = [sys.executable, "-c", program, "--data", str(self.data), "run", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=self.environment | {"NOTIFY_SOCKET": name},
                cwd=self.folder,
                start_new_session=True,
            )

    @property
    def command(self) -> list[str]:
        """The `warraq` command on the same data folder."""
        return [sys.executable, "-m", "cli", "--data", str(self.data)]

    def hear(self, key: str, seconds: float = PATIENCE) -> Mapping[str, str]:
        """The next notification with `key`. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                notification = self.notifications.get(
                    timeout=max(deadline - time.monotonic(), 0.001)
                )
            except queue.Empty:
                raise TimeoutError(f"no {key}; the log says: {self.log_text()}") from None
            if key in notification:
                return notification

    def send(self, number: signal.Signals) -> None:
        assert self.process
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """Kill the whole process group, as a power failure would."""
        if self.process:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        self.send(signal.SIGTERM)
        assert self.process
        return self.process.wait(PATIENCE)

    def log_text(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def close(self) -> None:
        self.kill()
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                lines = self._socket.recv(65_536).decode().splitlines()
            except OSError:
                return
            self.notifications.put(dict(line.split("=", 1) for line in lines))


def stored(daemon: Daemon) -> int:
    with open_database(daemon.data) as db:
        return len(list(iterate(db)))
