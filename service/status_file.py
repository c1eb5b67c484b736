"""The service's presence in a data folder: one service each, and what it says of itself.

A lock on a file ends with its process, however that ends; no pid is to be believed.
"""

import fcntl
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE = "service.json"
# Someone who asks holds the lock for a moment.
_PATIENCE = 2.0


class AlreadyRunning(Exception):
    """The message is for a person."""


class StatusFile:
    """Holds the lock until it is closed. Raises AlreadyRunning, and OSError for the folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + _PATIENCE
        while not _locked(self._file, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(self._file)
                raise AlreadyRunning(
                    f"a service runs on {folder} already: {describe_status(folder)}"
                )
            time.sleep(0.05)

    def write(self, **said: Any) -> None:
        """Over what was there, in place: that works on a full disk as well."""
        text = json.dumps({"pid": os.getpid(), **said}, ensure_ascii=False).encode()
        with suppress(OSError):
            os.pwrite(self._file, text.ljust(os.fstat(self._file).st_size) + b"\n", 0)
            os.ftruncate(self._file, len(text) + 1)

    def close(self) -> None:
        os.close(self._file)


def read_status(folder: Path) -> dict[str, Any] | None:
    """What the service of this data folder says of itself; None: no service runs."""
    try:
        file = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if _locked(file, fcntl.LOCK_SH):
            return None
        return _said(os.pread(file, 65_536, 0))
    finally:
        os.close(file)


def describe_status(folder: Path) -> str:
    said = read_status(folder) or {}
    return f"process {said.get('pid', '?')}, since {said.get('since', '?')}"


def _said(text: bytes) -> dict[str, Any]:
    """Half-written now and then: then at least it is there."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
