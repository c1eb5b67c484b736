"""How long commands take to begin, beside `datasette --help` and `scrapy version` in the same run.

usage: python -m benchmarks.start [--times 5]

Processor time (user and system) of whole processes, the least of some runs taken in turn: what else the
machine does then disturbs all alike. The commands work on an empty data folder.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.main import COMMANDS
from storage.database import open_database

_BIN = Path(sys.executable).parent
_LIMIT = 0.4  # seconds that a command's help may take
_PEERS = (("datasette", "--help"), ("scrapy", "version"))
# Commands that print what is known already.
_QUICK = (("sites",), ("status",), ("archive",), ("boilerplate", "sana"), ("show", "0"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    helps = [("warraq", "--help"), *(("warraq", name, "--help") for name in COMMANDS)]
    with tempfile.TemporaryDirectory() as folder:
        open_database(Path(folder)).close()
        quick = [("warraq", "--data", folder, *words) for words in _QUICK]
        seconds = measured([*_PEERS, *helps, *quick], times)
    print_times(seconds)
    slow = [" ".join(command) for command in helps if seconds[command] > _LIMIT]
    print(f"slower than {_LIMIT} s: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def measured(commands: list[tuple[str, ...]], times: int) -> dict[tuple[str, ...], float]:
    """The least seconds of each; the commands take turns."""
    least = dict.fromkeys(commands, float("inf"))
    for _ in range(times):
        for command in commands:
            least[command] = min(least[command], seconds_of(command))
    return least


def seconds_of(command: tuple[str, ...]) -> float:
    program, *arguments = command
    with Path(os.devnull).open("wb") as nothing:
        process = subprocess.Popen([_BIN / program, *arguments], stdout=nothing, stderr=nothing)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0  # it has been waited for
    return usage.ru_utime + usage.ru_stime


def print_times(seconds: dict[tuple[str, ...], float]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("command")
    for heading in ("seconds", *(f"of {peer[0]}" for peer in _PEERS)):
        table.add_column(heading, justify="right")
    for command, taken in seconds.items():
        words = [word for word in command if not word.startswith(("/", "--data"))]
        ratios = (f"{taken / seconds[peer]:.0%}" for peer in _PEERS)
        table.add_row(" ".join(words), f"{taken:.2f}", *ratios)
    Console(width=100).print(table)


if __name__ == "__main__":
    sys.exit(main())
