"""Where the one writer saturates: 1 to 64 workers, played by tasks that wait as long as a measured
refinement takes and send back whole articles, through the engine and into a database.

usage: python -m benchmarks.cluster_ceiling PAGES [--seconds 10] [--picture docs/cluster.svg]

PAGES holds pages/<id>.html.gz, of which a worker's pace is measured.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ceiling_picture import write_picture
from benchmarks.cluster import pages_of
from benchmarks.farm import Farm
from benchmarks.played import PAGES, write_articles
from items import Site
from pipelines.captured import WarcSlice
from pipelines.cluster.refiner import ClusterRefiner
from pipelines.in_order import in_order
from pipelines.refine import refine
from pipelines.settling import settle_captured
from storage import slices
from storage.clock import utc_now
from storage.database import open_database, transaction

_WORKERS = (1, 2, 4, 8, 16, 32, 64)
_ARTICLES = 12_000


@dataclass(frozen=True, slots=True)
class Point:
    """`writing` and `receiving`: shares of the time in which the writer's thread, and the engine's
    thread beside it, had the processor.
    """

    workers: int
    rate: float
    writing: float
    receiving: float


def milliseconds(folder: Path, count: int = 60) -> float:
    """Of one core, for a page."""
    pages, site = pages_of(folder, count), Site("bench", honour_noindex=False)
    for page in pages[:10]:
        refine(page, site)
    began = time.process_time()
    for page in pages:
        refine(page, site)
    return 1000 * (time.process_time() - began) / len(pages)


async def settled(refiner: ClusterRefiner, data: Path, seconds: float) -> tuple[int, float]:
    """Pages in the database, and the seconds from the first of them on."""
    with open_database(data) as db:
        with transaction(db):
            slices.begin(db, "play", "play", 0, _ARTICLES, utc_now())
        count, began = 0, 0.0
        async for part, batch in in_order(refiner, _parts()):
            settle_captured(db, "play", part, batch, utc_now())
            if began:
                count += len(batch.outcomes)
            began = began or time.monotonic()
            if time.monotonic() - began > seconds:
                break
        return count, time.monotonic() - began


def _parts() -> Iterator[WarcSlice]:
    for offset in range(0, _ARTICLES, PAGES):
        yield WarcSlice("played", offset, offset + PAGES)


def measured(farm: Farm, workers: int, folder: Path, options: argparse.Namespace) -> Point:
    player = farm.start_program(
        "benchmarks.played", str(workers), f"{options.page:.1f}", "articles"
    )
    refiner = ClusterRefiner(farm.address)
    _wait_for(refiner, workers)
    own, all_ = time.thread_time(), time.process_time()
    count, seconds = asyncio.run(settled(refiner, folder / f"data-{workers}", options.seconds))
    own, all_ = time.thread_time() - own, time.process_time() - all_
    refiner.close()
    player.terminate()
    player.wait()
    wall = max(seconds, 0.001)
    return Point(workers, count / wall, own / wall, (all_ - own) / wall)


def _wait_for(refiner: ClusterRefiner, slots: int) -> None:
    deadline = time.monotonic() + 60
    while refiner.workers != slots or not refiner.report()["answers"]:
        if time.monotonic() > deadline:
            raise SystemExit("the workers do not come")
        time.sleep(0.1)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    options.page = milliseconds(options.folder)
    print(f"a page takes a worker {options.page:.1f} ms")
    points = []
    with tempfile.TemporaryDirectory(prefix="warraq-ceiling-") as scratch:
        folder = Path(scratch)
        write_articles(folder / "articles", _ARTICLES)
        with Farm(folder) as farm:
            farm.start_scheduler()
            for workers in _WORKERS:
                points.append(measured(farm, workers, folder, options))
                _say(points[-1], options.page)
    if options.picture:
        write_picture(options.picture, [(p.workers, p.rate) for p in points], 1000 / options.page)
    best = max(point.rate for point in points)
    print(f"10^8 pages at {best:.0f} a second: {1e8 / best / 86_400:.1f} days")
    return 0


def _say(point: Point, page: float) -> None:
    print(
        f"{point.workers:3} workers {point.rate:7.1f} pages/s"
        f"  ×{point.rate * page / 1000 / point.workers:.2f} of what they could"
        f"  writing {point.writing:4.0%}  receiving {point.receiving:4.0%}"
    )


if __name__ == "__main__":
    sys.exit(main())
