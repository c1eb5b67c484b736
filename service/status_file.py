"""The status file of a service: locked, so that there is one service on a data folder.

A lock ends with its process, however that ends; a pid in a file may be another process's by now.
"""

import fcntl
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE = "service.json"
# A reader holds the lock for a moment.
_LOCK_SECONDS = 2.0


class AlreadyRunning(Exception):
    """The message is for a person."""


class StatusFile:
    """Holds the lock until it is closed. Raises AlreadyRunning, and OSError for the folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + _LOCK_SECONDS
        while not _lock(self._file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(self._file)
                raise AlreadyRunning(
                    f"a service runs on {folder} already: {describe_status(folder)}"
                )
            time.sleep(0.05)

    def write(self, **status: Any) -> None:
        """In place, over what was there, which works on a full disk too."""
        text = json.dumps({"pid": os.getpid(), **status}, ensure_ascii=False).encode()
        with suppress(OSError):
            os.pwrite(self._file, text.ljust(os.fstat(self._file).st_size) + b"\n", 0)
            os.ftruncate(self._file, len(text) + 1)

    def close(self) -> None:
        os.close(self._file)


def read_status(folder: Path) -> dict[str, Any] | None:
    """The status of the service on this data folder; None: no service runs."""
    try:
        file = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if _lock(file, fcntl.LOCK_SH):
            return None
        return _parse(os.pread(file, 65_536, 0))
    finally:
        os.close(file)


def describe_status(folder: Path) -> str:
    status = read_status(folder) or {}
    return f"process {status.get('pid', '?')}, since {status.get('since', '?')}"


def _parse(text: bytes) -> dict[str, Any]:
    """Empty where it is read in the middle of a write."""
    try:
        status = json.loads(text)
    except ValueError:
        return {}
    return status if isinstance(status, dict) else {}


def _lock(file: int, operation: int) -> bool:
    try:
        fcntl.flock(file, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
