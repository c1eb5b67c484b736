"""The cost of pages made to be expensive: seconds, how they grow with the bytes, and memory.

usage: python -m benchmarks.hostile_pages [--bytes 250000] [--only WORD] [--limit 20] [--top 40]

Each shape of `data/hostile_shapes.py` is refined at n, 2n and 4n bytes, each time in a fresh process.
`ratio` is the larger of the two growths per doubling: 2 is linear, 4 quadratic. MB is the peak above
an idle worker. A shape that overruns the limit is not tried at a larger size.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.connection import Connection

from benchmarks.data.hostile_shapes import Shape, shapes
from items import Article, Page, Site
from pipelines.refine import refine

_MIN_SECONDS = 0.05  # what a small page costs anyway; shorter times make no ratio
_URL = "https://river.example/news/bridge"
_ORDINARY = b"<h1>A bridge opens</h1><p>" + b"The bridge opens in spring, said the council. " * 40
SITE = Site("river", homepage="https://river.example/", title="River")


@dataclass(frozen=True, slots=True)
class Cost:
    seconds: float
    megabytes: float
    outcome: str


def measure(shape: Shape, size: int, limit: float) -> Cost:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_refine, args=(shape, size, sender)
    )
    process.start()
    sender.close()
    try:
        if receiver.poll(limit + 5):
            return Cost(*receiver.recv())
        return Cost(limit, 0.0, "overrun")
    except EOFError:
        return Cost(limit, 0.0, "died")
    finally:
        process.kill()
        process.join()


def _refine(shape: Shape, size: int, sender: Connection) -> None:
    page = Page(key=_URL, url=_URL, body=shape(size), fetched="2026-11-01T00:00:00Z")
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        refined = refine(page, SITE)
        outcome = "article" if isinstance(refined, Article) else str(refined.reason)
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"[:80]
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sender.send((seconds, (peak - idle) / 1024, outcome))


def growth(costs: list[Cost]) -> float:
    """The larger growth from one size to the next."""
    pairs = pairwise(costs)
    return max((b.seconds / max(a.seconds, _MIN_SECONDS) for a, b in pairs), default=0.0)


def probe(name: str, shape: Shape, smallest: int, limit: float) -> tuple[str, list[Cost]]:
    costs: list[Cost] = []
    for size in (smallest, 2 * smallest, 4 * smallest):
        costs.append(measure(shape, size, limit))
        if costs[-1].seconds >= limit:
            break
    return name, costs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=250_000, help="n, the smallest size")
    parser.add_argument("--only", default="", help="shapes whose name has this word")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds a page")
    parser.add_argument("--top", type=int, default=40, help="lines to print")
    options = parser.parse_args()
    refine(Page(_URL, _URL, _ORDINARY, ""), SITE)  # loads what is loaded once
    chosen = {name: shape for name, shape in shapes().items() if options.only in name}
    results = [probe(*pair, options.bytes, options.limit) for pair in chosen.items()]
    results.sort(key=lambda result: result[1][-1].seconds, reverse=True)
    print(f"{len(results)} shapes at {options.bytes}, twice and four times as many bytes")
    print(f"{'seconds':>24}  {'ratio':>5} {'MB':>5}  shape, outcome")
    for name, costs in results[: options.top]:
        seconds = " ".join(f"{cost.seconds:7.2f}" for cost in costs)
        peak = max(cost.megabytes for cost in costs)
        print(f"{seconds:>24}  {growth(costs):5.1f} {peak:5.0f}  {name} → {costs[-1].outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
