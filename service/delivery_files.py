"""The files of deliveries that are under way, in `deliveries` of the data folder: what is delivered, and
how far the process that delivers it has come (`service/delivery_process.py`).

The state of an attempt is there before its process is started. Whoever finds it without a lock knows that
the process is no more: without `begun` the command was never run; with `ended` its exit code is known. In
between, command and process were killed together, as by a power failure.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from service import delivery_process
from storage.watches.deliveries import FOLDER
from text.terminal import printable

_PROGRAM = delivery_process.__file__
_MAX_STATE = 8_000


@dataclass(frozen=True, slots=True)
class AttemptState:
    """`never`: its command was not run. `lost`: it was, and how it ended is not known. `code`: its exit
    code, `timeout` or `missing`, where it has `ended`.
    """

    phase: Literal["never", "running", "lost", "ended"]
    code: str = ""
    errors: str = ""

    def in_words(self) -> str:
        """Why it failed."""
        why = {"timeout": "took too long and was killed", "missing": "cannot be run"}
        reason = why.get(self.code, f"ended with {self.code}")
        return printable(f"{reason}: {self.errors}" if self.errors else reason)[:300]


class DeliveryFiles:
    """Of one data folder. Raises OSError throughout."""

    def __init__(self, data: Path) -> None:
        self.folder = data / FOLDER
        self._processes: list[subprocess.Popen[bytes]] = []

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process is at the deliveries; none will be, meanwhile."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            yield _lock(lock.fileno())

    def start(
        self,
        attempt: str,
        command: Sequence[str],
        payload: Any,
        seconds: float,
        environment: Mapping[str, str],
    ) -> None:
        """Run `command` in a process that outlives this one, with `payload` as JSON on its input."""
        file = self._file(attempt, "json")
        with self._new(file) as stream:
            stream.write(json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"))
        with self._new(self._file(attempt, "state")) as state:
            _lock(state.fileno())
            words = (str(state.fileno()), str(file), str(seconds), *command)
            self._processes.append(
                subprocess.Popen(  # noqa: S603
                    [sys.executable, "-I", "-S", _PROGRAM, *words],
                    pass_fds=[state.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=os.environ | dict(environment),
                    start_new_session=True,
                )
            )

    def children(self) -> int:
        """How many processes that this one has started are under way."""
        self._processes = [process for process in self._processes if process.poll() is None]
        return len(self._processes)

    def state(self, attempt: str) -> AttemptState:
        self.children()  # that have ended are no zombies
        try:
            with self._file(attempt, "state").open("rb") as stream:
                if not _lock(stream.fileno(), fcntl.LOCK_SH):
                    return AttemptState("running")
                return _parse(stream.read(_MAX_STATE).decode("utf-8", "replace"))
        except FileNotFoundError:
            return AttemptState("never")

    def forget(self, attempt: str) -> None:
        for ending in ("json", "state"):
            self._file(attempt, ending).unlink(missing_ok=True)

    def forget_others(self, attempts: Iterable[str]) -> None:
        """Of deliveries that were done, or whose watch is gone; not those that still run."""
        kept = set(attempts)
        for name in {file.stem for file in self.folder.glob("*.*")} - kept:
            if self.state(name).phase != "running":
                self.forget(name)

    @contextmanager
    def _new(self, file: Path) -> Iterator[Any]:
        file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        with os.fdopen(os.open(file, flags, 0o600), "wb") as stream:
            yield stream

    def _file(self, attempt: str, ending: str) -> Path:
        return self.folder / f"{attempt}.{ending}"


def _parse(text: str) -> AttemptState:
    """A line without its end was being written when the machine failed."""
    lines = text.splitlines(keepends=True)
    for line in reversed(lines):
        if line.startswith("ended ") and line.endswith("\n"):
            _, code, errors = line.rstrip("\n").split(" ", 2)
            return AttemptState("ended", code, errors)
    return AttemptState("lost" if lines else "never")


def _lock(file: int, kind: int = fcntl.LOCK_EX) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, kind | fcntl.LOCK_NB)
        return True
    return False
