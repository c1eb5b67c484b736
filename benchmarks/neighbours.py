"""One service with hostile sites and a healthy one: how late the healthy one's polls are, and what each
site's server was asked.

usage: python -m benchmarks.neighbours [--seconds 600] [--healthy 0.05] [--hostile 2] [--endless 2]
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Timer

from benchmarks.data.hostile_site import ENDLESS, HEALTHY, HOSTILE, sources
from benchmarks.hostile_sources import Ticker
from benchmarks.polls import free_port
from items import Site
from scheduler import serve
from service.configuration import Configuration, read_options
from service.log_output import set_up
from service.polls import Poll
from spiders.project_settings import product_settings

_HOSTS = {"healthy": HEALTHY, "hostile": HOSTILE, "endless": ENDLESS}
_SECOND = timedelta(seconds=1)


def configuration(port: int, every: dict[str, float]) -> Configuration:
    settings = product_settings({"WARRAQ_PROGRESS": "off", "LOG_LEVEL": "ERROR"})
    bases = {name: f"http://{host}:{port}/" for name, host in _HOSTS.items()}

    def site(name: str, **fields: object) -> Site:
        fields |= {"every": every[name], "allow_private": True, "delay": 0.1}
        return Site(name, bases[name], **fields)  # type: ignore[arg-type]

    sites = {
        "healthy": site("healthy", feeds=(f"{bases['healthy']}feed",)),
        "hostile": site(
            "hostile",
            feeds=(f"{bases['hostile']}pages", *sources("feed", port)),
            sections=(*sources("section", port), *sources("home", port)),
            sitemaps=sources("sitemap", port),
        ),
        "endless": site("endless", wordpress=f"{bases['endless']}wp-json/"),
    }
    chosen = {name: sites[name] for name in sites if every[name]}
    return Configuration(settings, read_options(settings), chosen, {})


class PollLog:
    """Every poll of the service; the loop's longest hold, from the first poll on."""

    def __init__(self) -> None:
        self.polls: defaultdict[str, list[Poll]] = defaultdict(list)
        self.ticker = Ticker()
        self._ticking: asyncio.Task[None] | None = None

    def __call__(self, poll: Poll) -> None:
        self.polls[poll.site].append(poll)
        if self._ticking is None:
            self._ticking = asyncio.ensure_future(self.ticker.tick())


def table(log: PollLog, requests: Counter[str]) -> Iterator[str]:
    yield f"{'site':8} {'polls':>5}  {'latest':>8}  {'median':>8}  {'shortest interval':>17}  requests"
    for name, polls in log.polls.items():
        late = sorted((poll.started - poll.due) / _SECOND for poll in polls)
        starts: list[datetime] = [poll.started for poll in polls]
        gaps = [(second - first) / _SECOND for first, second in pairwise(starts)]
        shortest = f"{min(gaps):.1f} s" if gaps else "-"
        yield (
            f"{name:8} {len(polls):5}  {late[-1]:6.2f} s  {late[len(late) // 2]:6.2f} s  "
            f"{shortest:>17}  {requests[_HOSTS[name]]}"
        )
        outcomes = Counter(poll.result.outcome if poll.result else "none" for poll in polls)
        yield f"         {dict(outcomes)}"
    yield f"the loop's longest hold: {log.ticker.longest * 1000:.0f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    for name, minutes in (("healthy", 0.05), ("hostile", 2.0), ("endless", 2.0)):
        parser.add_argument(f"--{name}", type=float, default=minutes, help="minutes; 0: without it")
    options = parser.parse_args()
    port, log = free_port(), PollLog()
    config = configuration(port, {name: getattr(options, name) for name in _HOSTS})
    set_up("text", config.settings)
    with tempfile.TemporaryDirectory(prefix="warraq-neighbours-") as folder:
        asked = Path(folder) / "asked"
        asked.touch()
        command = [sys.executable, "-m", "benchmarks.data.hostile_site", str(port), str(asked)]
        server = subprocess.Popen(command)
        Timer(options.seconds, os.kill, (os.getpid(), signal.SIGTERM)).start()
        try:
            serve(Path(folder) / "data", config, lambda running: running, log)
        finally:
            server.terminate()
            server.wait()
        requests = Counter(line.split(" ", 1)[0] for line in asked.read_text().splitlines())
    for line in table(log, requests):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
