"""A Dask cluster on loopback: a scheduler and `warraq worker` processes that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

# As in deploy/cluster.md: otherwise an idle scheduler takes 2 % of a core.
_SETTINGS = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "1s",
}


class Farm:
    """`close` ends all processes; `log` is the file of their output."""

    def __init__(self, folder: Path, protocol: str = "tcp", **environment: str) -> None:
        self.port = _free_port()
        self.protocol = protocol
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        self.log = folder / "cluster.log"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | _SETTINGS | environment

    def start_scheduler(self) -> None:
        address = ("--host", "127.0.0.1", "--port", str(self.port), "--protocol", self.protocol)
        dashboard = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
        self.scheduler = self._start("-m", "dask", "scheduler", *address, *dashboard)
        deadline = time.monotonic() + 120
        while not _answers(self.port):
            if time.monotonic() > deadline or self.scheduler.poll() is not None:
                raise RuntimeError(f"the scheduler did not start: {self.log.read_text()}")
            time.sleep(0.05)

    def start_worker(self, processes: int = 1) -> subprocess.Popen[bytes]:
        options = ("--processes", str(processes), "--host", "127.0.0.1")
        worker = self._start("-m", "cli", "worker", self.address, *options)
        self.workers.append(worker)
        return worker

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill_scheduler(self) -> None:
        assert self.scheduler
        _kill(self.scheduler)

    def kill_worker(self, number: int = 0) -> None:
        """Kill only its process; its refining processes end by themselves."""
        _kill(self.workers.pop(number))

    def close(self) -> None:
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            if process.poll() is None:
                process.terminate()
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def __enter__(self) -> "Farm":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
