"""Pages a second from HTTP to committed row on two cores, against trafilatura alone in two processes.

usage: python -m benchmarks.throughput PAGES [--pages 300] [--rounds 3] [--news-please PYTHON]

PAGES holds pages/<id>.html.gz and meta.jsonl. The same pages for all, in the same run, in turns;
medians count.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import other_crawlers
from benchmarks.data.page_server import urls
from benchmarks.polls import free_port
from benchmarks.whole_way import SITES, read, served, warraq
from pipelines.workers.pool import Refiner

_CORES = 2


@dataclass(slots=True)
class Figures:
    """Pages a second of each round, and milliseconds of CPU a page in the process that drives it; how
    many texts came of them in the last.
    """

    rates: list[float] = field(default_factory=list)
    driving: list[float] = field(default_factory=list)
    texts: int = 0

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def text_alone(page: bytes) -> int:
    import trafilatura

    return bool(trafilatura.extract(page, include_comments=False))


def with_metadata(page: bytes) -> int:
    import trafilatura

    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    return bool(getattr(found, "text", None))


def alone(
    pool: ProcessPoolExecutor, extract: Callable[[bytes], int], pages: Sequence[bytes]
) -> int:
    return sum(pool.map(extract, pages, chunksize=4))


def contestants(options: argparse.Namespace, pages: list[bytes], port: int, scratch: Path) -> Any:
    pool = ProcessPoolExecutor(_CORES)
    refiner = Refiner(_CORES, seconds=30)
    addresses = urls(len(pages), SITES, port)
    yield "trafilatura alone, 2 processes", partial(alone, pool, text_alone, pages)
    yield "trafilatura with metadata, 2 processes", partial(alone, pool, with_metadata, pages)
    yield "Warraq, HTTP to row", partial(warraq, refiner, port, pages)
    yield "scrapy, extraction in line", partial(other_crawlers.scrapy_in_line, addresses, scratch)
    yield "trafilatura command", partial(other_crawlers.trafilatura_command, addresses, scratch)
    if other_crawlers.has_news_please(options.news_please):
        yield (
            "news-please",
            partial(other_crawlers.news_please, addresses, scratch, options.news_please),
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--news-please", type=Path, metavar="PYTHON")
    options = parser.parse_args()
    port = free_port()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pages = read(options.folder, options.pages)
        stack.enter_context(served(pages, port))
        rows = dict(contestants(options, pages, port, scratch))
        found = {name: Figures() for name in rows}
        for number in range(options.rounds + 1):
            for name, run in rows.items():
                began, used = time.monotonic(), time.process_time()
                texts = run()
                if number:  # the first time, everything is loaded
                    found[name].rates.append(len(pages) / (time.monotonic() - began))
                    found[name].driving.append(1000 * (time.process_time() - used) / len(pages))
                    found[name].texts = texts
    print(f"{len(pages)} pages, {options.rounds} rounds; `driving`: CPU a page beside the workers")
    ceiling = found["trafilatura alone, 2 processes"].rate
    for name, figures in found.items():
        print(
            f"{name:<40} {figures.rate:6.1f} pages/s  ×{figures.rate / ceiling:.2f}"
            f"  driving {statistics.median(figures.driving):4.1f} ms  {figures.texts} texts"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
