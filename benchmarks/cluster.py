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
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.data.cluster_farm import Farm
from benchmarks.data.generated_warc import write_pages
from benchmarks.throughput import read
from items import Article, Page, Site
from pipelines.ingest.web_archive import ImportCounts, WarcSlice, ingest_slice
from pipelines.workers.cluster.refiner import ClusterRefiner
from pipelines.workers.pool import LocalRefiner
from pipelines.workers.refiner import Refines
from pipelines.workers.slices import refine_in_order
from storage import job_progress
from storage.database import open_database, transaction
from storage.warc.split import spans
from text.timestamps import utc_now

_PROCESSES = 2
# As many as four crawls have on their way.
_AT_ONCE = 64
# Pages of a slice; elsewhere 200, which of so few pages would be two or three slices.
_SLICE = 20


async def refined(refiner: Refines, pages: Sequence[Page]) -> int:
    """How many articles came of the pages."""
    room, site = asyncio.Semaphore(_AT_ONCE), Site("bench", honour_noindex=False)

    async def one(page: Page) -> bool:
        async with room:
            return isinstance(await refiner.refine(page, site), Article)

    return sum(await asyncio.gather(*map(one, pages)))


async def taken_in(refiner: Refines, file: Path) -> int:
    """How many pages of a web archive came into a new database."""
    counts, size = ImportCounts(), file.stat().st_size
    with tempfile.TemporaryDirectory() as data, open_database(Path(data)) as db:
        with transaction(db):
            job_progress.begin_job(db, "bench", "bench", 0, size, utc_now())
        async for part, batch in refine_in_order(refiner, _parts(file)):
            counts += ingest_slice(db, "bench", part, batch, utc_now())
    return counts.total()


def _parts(file: Path) -> Iterator[WarcSlice]:
    with file.open("rb") as stream:
        size = file.stat().st_size
        places = [span.offset for span in spans(stream, 0, size, 1)][::_SLICE]
    for start, end in pairwise([*places, size]):
        yield WarcSlice(str(file), start, end)


def pages_of(folder: Path, count: int) -> list[Page]:
    return [
        Page(url, url, body, "2026-11-01T06:00:00Z")
        for number, body in enumerate(read(folder, count))
        if (url := f"https://bench.example/{number}")
    ]


def rates(runs: Mapping[str, Callable[[], int]], count: int, rounds: int) -> dict[str, list[float]]:
    """Pages a second of each round. The same must come of the pages each time."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        came = set()
        for name, run in runs.items():
            began = time.monotonic()
            came.add(run())
            if number:  # the first time, everything is loaded
                found[name].append(count / (time.monotonic() - began))
        if len(came) > 1:
            raise SystemExit(f"not the same pages: {came}")
    return found


def compare(title: str, found: Mapping[str, list[float]]) -> None:
    print(title)
    for name, each in found.items():
        print(f"  {name:<12} {statistics.median(each):6.1f} pages/s  {[round(r, 1) for r in each]}")
    ratios = [one / other for one, other in zip(found["cluster"], found["local pool"], strict=True)]
    print(f"  cluster / local pool: {statistics.median(ratios):.2f}", flush=True)


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
        file = Path(scratch) / "pages.warc.gz"
        write_pages(file, [page.body for page in pages])
        farm.start_scheduler()
        farm.start_worker(_PROCESSES)
        pools: dict[str, Refines] = {
            "local pool": LocalRefiner(_PROCESSES, seconds=30),
            "cluster": ClusterRefiner(farm.address),
        }
        plays = {
            "pages one by one, as crawls have them": lambda pool: refined(pool, pages),
            "slices of a web archive, into a database": lambda pool: taken_in(pool, file),
        }
        print(f"{len(pages)} pages of {sum(len(p.body) for p in pages) // len(pages) // 1000} kB")
        for title, play in plays.items():
            runs = {name: partial(_run, play, pool) for name, pool in pools.items()}
            compare(title, rates(runs, len(pages), options.rounds))
        for pool in pools.values():
            pool.close()
    return 0


def _run(play: Callable[[Refines], Coroutine[Any, Any, int]], pool: Refines) -> int:
    return asyncio.run(play(pool))


if __name__ == "__main__":
    sys.exit(main())
