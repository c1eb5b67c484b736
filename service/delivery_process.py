"""A process of its own for one attempt of a delivery, which goes on when the service is killed.

usage: delivery_process.py STATE PAYLOAD SECONDS WORD...

STATE is the number of an open file, locked by who started this: the lock lasts as long as this process.
It gets the line `begun` before the command of the WORDs is run, with the file PAYLOAD as its standard
input, and `ended CODE ERRORS` after. Run by its path, with the standard library alone: it starts in some
hundredths of a second.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

_ERROR_BYTES = 2000
_PIECE = 65_536


def main(words: list[str]) -> None:
    state, payload, seconds, *command = words
    # No default, and nothing that the command inherits: a stop of the service does not end this.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    note(int(state), "begun")
    code, errors = run_attempt(command, Path(payload), float(seconds))
    note(int(state), f"ended {code} {errors}")


def note(state: int, line: str) -> None:
    """One write: a kill leaves all of the line or nothing. On the disk, before anything follows."""
    os.write(state, (line + "\n").encode("utf-8", "replace"))
    os.fsync(state)


def run_attempt(command: list[str], payload: Path, seconds: float) -> tuple[str, str]:
    """Its exit code or `timeout` or `missing`, and the end of what it wrote as errors, as one line."""
    try:
        with payload.open("rb") as stream:
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=stream,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
    except (OSError, ValueError) as error:
        return "missing", " ".join(str(error).split())
    tail = bytearray()
    assert process.stderr
    reader = Thread(target=_keep_tail, args=(process.stderr.fileno(), tail), daemon=True)
    reader.start()
    try:
        code = str(process.wait(seconds))
    except subprocess.TimeoutExpired:
        code = "timeout"
    if code != "0":
        _kill_group(process)
    reader.join(0.2)  # its children may hold the pipe for ever
    return code, " ".join(bytes(tail).decode("utf-8", "replace").split())


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    while process.poll() is None:
        time.sleep(0.01)


def _keep_tail(pipe: int, tail: bytearray) -> None:
    while piece := os.read(pipe, _PIECE):
        tail += piece
        del tail[:-_ERROR_BYTES]


if __name__ == "__main__":
    main(sys.argv[1:])
