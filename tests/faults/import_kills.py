"""An import that is killed and resumed many times, compared row by row with an undisturbed one.

usage: python -m tests.faults.import_kills FILE [--kills 20]

FILE is what `warraq import` reads. Every kill (SIGKILL) hits the import at work, at a random instant
of a random stretch of the file.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlite_utils import Database

from storage.database import FILE, open_database
from tests.faults.same_rows import differences

_PATIENCE = 600.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        whole, killed = Path(temporary) / "whole", Path(temporary) / "killed"
        _finish(whole, arguments.file)
        count = _stored(whole)
        chance = random.Random(20261101)
        for target in sorted(chance.sample(range(1, count), arguments.kills)):
            stored = _kill(killed, arguments.file, target, chance.random() * 0.05)
            print(f"killed at {stored} of {count} texts")
        _finish(killed, arguments.file)
        return _compare(whole, killed)


def _start(data: Path, file: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "cli", "--data", str(data), "import", str(file)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _finish(data: Path, file: Path) -> None:
    if _start(data, file).wait(_PATIENCE):
        raise SystemExit("the import failed")


def _kill(data: Path, file: Path, target: int, delay: float) -> int:
    process = _start(data, file)
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and _stored(data) < target:
        if time.monotonic() > deadline:
            raise SystemExit("the import makes no progress")
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        raise SystemExit("the import ended before the kill")
    return _stored(data)


def _stored(data: Path) -> int:
    if not (data / FILE).exists():
        return 0
    with Database(data / FILE) as db:
        if not db["copies"].exists():
            return 0
        return int(db["articles"].count + db["copies"].count)


def _compare(whole: Path, killed: Path) -> int:
    with open_database(whole) as first, open_database(killed) as second:
        problems = differences(first, second)
        print(*problems or ["all tables are equal"], sep="\n")
        print(f"integrity: {second.execute('PRAGMA integrity_check').fetchone()[0]}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
