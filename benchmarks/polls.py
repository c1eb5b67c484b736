"""Ten thousand quiet sites in one service: lateness and cost of the polls, growth of memory.

usage: python -m benchmarks.polls [--sites 10000] [--hours 1] [--times 7.5]

Each site is polled every hour. The clock is compressed: an hour passes in so many `--times` less, and
the polls come so many times denser. Lateness, duration and CPU are as measured, in real seconds. The
first hour, in which every site is new, is not counted.
"""

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from benchmarks.data.quiet_sites import address
from items import Site
from scheduler import serve
from service.configuration import Configuration, read_options
from service.log_output import set_up
from service.polls import Poll
from spiders.project_settings import product_settings
from storage import poll_plan
from storage.database import open_database, transaction
from text.timestamps import format_utc

_BUSY_SHARE = 0.02
_HOUR = 60.0  # minutes
_START = timedelta(seconds=10)
_MILESTONES = 10


@dataclass(slots=True)
class PollRecorder:
    """Records every poll and ends the service after `limit` of them; the first `warm_up` are not
    counted.
    """

    limit: int
    warm_up: int
    lateness: list[float] = field(default_factory=list)
    durations: list[float] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)
    new: int = 0
    failed: int = 0
    cpu: float = 0.0
    started: float = 0.0

    def __call__(self, poll: Poll) -> None:
        self.lateness.append((poll.started - poll.due) / timedelta(seconds=1))
        self.durations.append((poll.ended - poll.started) / timedelta(seconds=1))
        self.new += poll.result.counts.get("new", 0) if poll.result else 0
        self.failed += poll.result is None or poll.result.outcome == "failed"
        count = len(self.lateness)
        if count == self.warm_up:
            self.cpu, self.started = _cpu(), time.monotonic()
        if count % max(self.limit // _MILESTONES, 1) == 0:
            self.memory.append((count, _megabytes()))
        if count == self.limit:
            os.kill(os.getpid(), signal.SIGTERM)

    def table(self) -> str:
        """The figures after the first round, in which every site is new."""
        polls, seconds = len(self.lateness) - self.warm_up, time.monotonic() - self.started
        lateness = quantiles(self.lateness[self.warm_up :], n=100)
        durations = quantiles(self.durations[self.warm_up :], n=100)
        rows = [
            ("polls a second", f"{polls / seconds:.1f}"),
            (
                "lateness, median / p95 / max",
                f"{lateness[49]:.3f} / {lateness[94]:.3f} / {max(self.lateness):.3f} s",
            ),
            ("duration, median / p95", f"{durations[49]:.3f} / {durations[94]:.3f} s"),
            (
                "CPU per poll, whole service process",
                f"{(_cpu() - self.cpu) / polls * 1000:.1f} ms",
            ),
            ("articles stored", str(self.new)),
            ("polls that failed", str(self.failed)),
            ("resident memory", ", ".join(f"{mb:.0f}" for _, mb in self.memory) + " MB"),
        ]
        return "\n".join(f"{name:42} {value}" for name, value in rows)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def configuration(count: int, port: int, every: float) -> Configuration:
    settings = product_settings({"WARRAQ_PROGRESS": "off", "LOG_LEVEL": "WARNING"})
    sites = {}
    for number in range(count):
        base, name = f"http://{address(number)}:{port}/", f"site{number:05}"
        sites[name] = Site(name, base, feeds=(f"{base}feed",), every=every, allow_private=True)
    return Configuration(settings, read_options(settings), sites, {})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plan_evenly(folder: Path, sites: Iterable[str], minutes: float) -> None:
    """As for a service that is started again: the next polls are spread over the interval."""
    names, first = list(sites), datetime.now(UTC) + _START
    with open_database(folder) as db, transaction(db):
        for number, name in enumerate(names):
            after = timedelta(minutes=minutes) * number / len(names)
            poll_plan.plan(db, name, format_utc(first + after))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=1, help="measured, after the first one")
    parser.add_argument("--times", type=float, default=7.5, help="how much faster the clock runs")
    options = parser.parse_args()
    every, port = _HOUR / options.times, free_port()
    recorder = PollRecorder((1 + options.hours) * options.sites, warm_up=options.sites)
    busy = int(options.sites * _BUSY_SHARE)
    command = [sys.executable, "-m", "benchmarks.data.quiet_sites", port, options.sites, busy]
    server = subprocess.Popen(list(map(str, command)))
    config = configuration(options.sites, port, every)
    set_up("text", config.settings)
    try:
        with tempfile.TemporaryDirectory(prefix="warraq-polls-") as folder:
            plan_evenly(Path(folder), config.sites, every)
            serve(Path(folder), config, lambda running: running, recorder)
    finally:
        server.terminate()
        server.wait()
    print(
        f"{options.sites} sites, {busy} of them with an article a minute; an hour in {every:.1f} minutes"
    )
    print(recorder.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
