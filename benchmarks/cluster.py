"""Pages a second through a cluster on loopback against the local pool: two processes each, the same
pages, in turns; medians count.

usage: python -m benchmarks.cluster PAGES [--pages 300] [--rounds 3]

PAGES holds pages/<id>.html.gz. Scheduler, worker, pool and whoever asks share the machine's cores:
what the engine costs, the refinement does not get.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.farm import Farm
from benchmarks.throughput import read
from items import Article, Page, Site
from pipelines.cluster.refiner import ClusterRefiner
from pipelines.refiners import Refines
from pipelines.workers import Refiner

_PROCESSES = 2
# As many as four crawls have on their way.
_AT_ONCE = 64


async def refined(refiner: Refines, pages: Sequence[Page]) -> int:
    """How many articles came of the pages."""
    room, site = asyncio.Semaphore(_AT_ONCE), Site("bench", honour_noindex=False)

    async def one(page: Page) -> bool:
        async with room:
            return isinstance(await refiner.refine(page, site), Article)

    return sum(await asyncio.gather(*map(one, pages)))


def pages_of(folder: Path, count: int) -> list[Page]:
    return [
        Page(url, url, body, "2026-11-01T06:00:00Z")
        for number, body in enumerate(read(folder, count))
        if (url := f"https://bench.example/{number}")
    ]


def rates(refiners: dict[str, Refines], pages: list[Page], rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in refiners}
    articles = set()
    for number in range(rounds + 1):
        for name, refiner in refiners.items():
            began = time.monotonic()
            articles.add(asyncio.run(refined(refiner, pages)))
            if number:  # the first time, everything is loaded
                found[name].append(len(pages) / (time.monotonic() - began))
    if len(articles) > 1:
        raise SystemExit(f"not the same articles: {articles}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = pages_of(options.folder, options.pages)
    with tempfile.TemporaryDirectory() as scratch, Farm(Path(scratch)) as farm:
        farm.start_scheduler()
        farm.start_worker(_PROCESSES)
        local, cluster = Refiner(_PROCESSES, seconds=30), ClusterRefiner(farm.address)
        found = rates({"local pool": local, "cluster": cluster}, pages, options.rounds)
        local.close()
        cluster.close()
    print(f"{len(pages)} pages of {sum(len(p.body) for p in pages) // len(pages) // 1000} kB")
    for name, each in found.items():
        print(f"{name:<12} {statistics.median(each):6.1f} pages/s  {[round(r, 1) for r in each]}")
    ratios = [one / other for one, other in zip(found["cluster"], found["local pool"], strict=True)]
    print(f"cluster / local pool: {statistics.median(ratios):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
