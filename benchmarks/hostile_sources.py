"""What sources made to harm their reader cost: each shape at n, 2n and 4n in a process of its own, CPU
seconds and memory above the idle process; then the loop's longest hold while a crawl reads them.

usage: python -m benchmarks.hostile_sources [--loop] [SHAPE…]
"""

import argparse
import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from benchmarks.data.hostile_documents import DOCUMENTS, Kind
from items import Link, Site
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.transfer import PackedList
from pipelines.workers.worker_tasks import WorkerLost
from spiders.autodiscovery.find_sources import announced_sitemaps
from spiders.autodiscovery.fingerprint import fingerprint_of
from spiders.crawl_resources import PRELOAD, SourceRead
from spiders.crawl_session import CrawlSession
from spiders.fetching.errors import WrongFormat
from spiders.fetching.robots import read_robots
from spiders.recorder import Recorder
from spiders.sources.context import SourceContext, SourceFetch
from spiders.sources.feed import parse_feed
from spiders.sources.section import parse_section
from spiders.sources.sitemap_file import parse_packed
from spiders.sources.wordpress_api import parse_response
from storage.database import open_database

SITE = Site("ex", homepage="https://ex.org/")
URL = "https://ex.org/x"


def read_as_feed(body: bytes) -> object:
    return parse_feed(body, URL, SITE)


def read_as_section(body: bytes) -> object:
    return parse_section(body, None, URL, SITE)


def read_as_home(body: bytes) -> object:
    return fingerprint_of(body, URL, {})


def read_as_sitemap(body: bytes) -> object:
    return parse_packed(body, URL, SITE)


def read_as_posts(body: bytes) -> object:
    return parse_response(200, {"x-wp-totalpages": "9" * 4_301}, body, SITE)


def read_as_robots(body: bytes) -> object:
    rules = read_robots(body[:512_000], "Warraq")
    if not rules.closed and rules.robots:
        rules.robots.can_fetch("https://ex.org/" + "ab" * 4_000, "Warraq")
    return rules, announced_sitemaps(body, URL)


def read_as_link_header(body: bytes) -> object:
    return fingerprint_of(b"<html><body><p>x</p></body></html>", URL, {"link": body.decode()})


READERS: dict[Kind, Callable[[bytes], object]] = {
    "feed": read_as_feed,
    "section": read_as_section,
    "home": read_as_home,
    "sitemap": read_as_sitemap,
    "posts": read_as_posts,
    "robots": read_as_robots,
    "link_header": read_as_link_header,
}


def measure(name: str, n: int) -> tuple[float, float]:
    """CPU seconds, and MB above the idle process and the document itself."""
    document = DOCUMENTS[name]
    body, read = document.build(n), READERS[document.kind]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with suppress(WrongFormat):
        read(body)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return time.process_time() - started, (peak - before) / 1024


def in_a_process(name: str, n: int) -> tuple[float, float]:
    # Forked: the imports take longer than most of the shapes.
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(measure, (name, n))


def growth(names: list[str]) -> Iterator[str]:
    yield f"{'shape':28} {'4n':>10}  {'n':>6} {'2n':>6} {'4n':>6} s   ratio   {'memory at 4n':>12}"
    for name in names:
        most = DOCUMENTS[name].most
        runs = [in_a_process(name, n) for n in (most // 4, most // 2, most)]
        # Below that, the ratio is noise.
        seconds = [max(run[0], 0.05) for run in runs]
        ratio = max(seconds[1] / seconds[0], seconds[2] / seconds[1])
        times = " ".join(f"{run[0]:6.2f}" for run in runs)
        yield f"{name:28} {most:>10,}  {times} s   × {ratio:3.1f}   {runs[2][1]:9.0f} MB"


def holds(names: list[str]) -> Iterator[str]:
    """Each shape read by workers, and its links added, as a crawl does both."""
    yield f"{'shape':28} {'longest hold':>12}   {'main process':>12}"
    workers = LocalRefiner(2, preload=PRELOAD)
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder)) as database:
        session = SimpleNamespace(
            refiner=workers, recorder=Recorder(database), counts=Counter(), since=None
        )
        context = SourceContext(cast(CrawlSession, session), SITE, cast(SourceFetch, None))
        asyncio.run(_hold(context, "a long base"))  # the workers start
        for name in names:
            before = _resident()
            longest, end = asyncio.run(_hold(context, name))
            yield f"{name:28} {longest * 1000:9.0f} ms   {_resident() - before:9.0f} MB   {end}"
    workers.close()


async def _hold(context: SourceContext, name: str) -> tuple[float, str]:
    document, ticker = DOCUMENTS[name], Ticker()
    body, read = document.build(document.most), READERS[document.kind]
    await asyncio.sleep(0)
    ticking = asyncio.create_task(ticker.tick())
    try:
        result = await context.run(read, body)
        if (links := _links_of(result)) is not None:
            await context.add_all(SourceRead("feed", URL), links)
        end = "read"
    except (WrongFormat, WorkerLost) as error:
        end = str(error)
    ticking.cancel()
    return ticker.longest, end


def _links_of(result: object) -> Iterable[Link] | None:
    """What a source's reader gives to the frontier; None: not such a reader."""
    if isinstance(result, tuple):
        result = next((part for part in result if isinstance(part, PackedList)), None)
    links = getattr(result, "links", result)
    return links if isinstance(links, list | PackedList) else None


class Ticker:
    """The loop's longest hold, by a task that wakes every 5 ms."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def tick(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.monotonic() - before - 0.005)


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help="[all]")
    parser.add_argument("--loop", action="store_true", help="the loop's longest hold")
    options = parser.parse_args()
    names = options.shapes or list(DOCUMENTS)
    for line in (holds if options.loop else growth)(names):
        print(line, flush=True)


if __name__ == "__main__":
    # By its name: workers know no functions of `__main__`.
    import_module("benchmarks.hostile_sources").main()
