"""Pages a second through a cluster on loopback and through the local pool, with two processes each.

usage: python -m benchmarks.cluster PAGES [--pages 300] [--rounds 3]

PAGES holds pages/<id>.html.gz. Both refine the same pages in turns; the medians are compared.
Scheduler, worker, pool and client share the machine's cores, so that the engine's cost shows.
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
# As many as four crawls have in flight.
_IN_FLIGHT = 64
# Pages in a slice; the product's 200 would make two or three slices of so few pages.
_SLICE_PAGES = 20


async def refine_pages(refiner: Refines, pages: Sequence[Page]) -> int:
    """Refine the pages; return the number of articles."""
    limit, site = asyncio.Semaphore(_IN_FLIGHT), Site("bench", honour_noindex=False)

    async def refine_page(page: Page) -> bool:
        async with limit:
            return isinstance(await refiner.refine(page, site), Article)

    return sum(await asyncio.gather(*map(refine_page, pages)))


async def import_archive(refiner: Refines, file: Path) -> int:
    """Import a web archive into a new database; return the number of pages."""
    counts, size = ImportCounts(), file.stat().st_size
    with tempfile.TemporaryDirectory() as data, open_database(Path(data)) as db:
        with transaction(db):
            job_progress.begin_job(db, "bench", "bench", 0, size, utc_now())
        async for warc_slice, batch in refine_in_order(refiner, _slices(file)):
            counts += ingest_slice(db, "bench", warc_slice, batch, utc_now())
    return counts.total()


def _slices(file: Path) -> Iterator[WarcSlice]:
    with file.open("rb") as stream:
        size = file.stat().st_size
        offsets = [span.offset for span in spans(stream, 0, size, 1)][::_SLICE_PAGES]
    for start, end in pairwise([*offsets, size]):
        yield WarcSlice(str(file), start, end)


def pages_of(folder: Path, count: int) -> list[Page]:
    return [
        Page(url, url, body, "2026-11-01T06:00:00Z")
        for number, body in enumerate(read(folder, count))
        if (url := f"https://bench.example/{number}")
    ]


def rates(runs: Mapping[str, Callable[[], int]], count: int, rounds: int) -> dict[str, list[float]]:
    """Pages a second of every round. Raises SystemExit if the results differ."""
    page_rates: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        results = set()
        for name, run in runs.items():
            started = time.monotonic()
            results.add(run())
            if number:  # the first round loads everything
                page_rates[name].append(count / (time.monotonic() - started))
        if len(results) > 1:
            raise SystemExit(f"the results differ: {results}")
    return page_rates


def compare(title: str, page_rates: Mapping[str, list[float]]) -> None:
    print(title)
    for name, values in page_rates.items():
        rounded = [round(value, 1) for value in values]
        print(f"  {name:<12} {statistics.median(values):6.1f} pages/s  {rounded}")
    pairs = zip(page_rates["cluster"], page_rates["local pool"], strict=True)
    ratios = [cluster / local for cluster, local in pairs]
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
        workloads = {
            "single pages, as crawls refine them": lambda pool: refine_pages(pool, pages),
            "slices of a web archive, into a database": lambda pool: import_archive(pool, file),
        }
        print(
            f"{len(pages)} pages of {sum(len(page.body) for page in pages) // len(pages) // 1000} kB"
        )
        for title, workload in workloads.items():
            runs = {name: partial(_run, workload, pool) for name, pool in pools.items()}
            compare(title, rates(runs, len(pages), options.rounds))
        for pool in pools.values():
            pool.close()
    return 0


def _run(workload: Callable[[Refines], Coroutine[Any, Any, int]], pool: Refines) -> int:
    return asyncio.run(workload(pool))


if __name__ == "__main__":
    sys.exit(main())
