"""Pages a second from HTTP to committed row on two cores, beside other crawlers and trafilatura.

usage: python -m benchmarks.throughput PAGES [--pages 300] [--rounds 3] [--news-please PYTHON]

PAGES holds pages/<id>.html.gz and meta.jsonl. All process the same pages in turns; the medians are
printed. Warraq crawls them as new pages of new sites, and once more into a database that has them.
"""

import argparse
import gzip
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.data.page_server import base, urls
from benchmarks.other_crawlers import (
    has_news_please,
    news_please,
    scrapy_in_line,
    trafilatura_command,
)
from benchmarks.polls import free_port
from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.runner import crawl_sites
from storage.database import open_database, transaction

SITES = 4


def warraq(
    refiner: LocalRefiner,
    port: int,
    pages: Sequence[bytes],
    settings: dict[str, Any] | None = None,
) -> int:
    """Crawl into a new database, from robots.txt to the commit; return the number of articles."""
    with tempfile.TemporaryDirectory(prefix="warraq-throughput-") as folder:
        return crawl(refiner, port, len(pages), Path(folder), settings)


def warraq_again(refiner: LocalRefiner, port: int, pages: Sequence[bytes], folder: Path) -> int:
    """Crawl all pages once more into the database of `folder`, which has had them since the first call:
    its sites' boilerplate is learned, its articles are known.
    """
    with open_database(folder) as db, transaction(db):
        db.execute("UPDATE frontier SET state = 'queued', due = discovered_at")
    return crawl(refiner, port, len(pages), folder)


def crawl(
    refiner: LocalRefiner,
    port: int,
    pages: int,
    folder: Path,
    settings: dict[str, Any] | None = None,
) -> int:
    sites = [
        Site(
            f"site{number}",
            f"{base(number, port)}/",
            sitemaps=(f"{base(number, port)}/sitemap.xml",),
            delay=0.0,
            concurrency=8,
            allow_private=True,
            honour_noindex=False,
        )
        for number in range(SITES)
    ]
    results = crawl_sites(sites, folder, refiner=refiner, settings=settings)
    counts: Counter[str] = sum((Counter(result.counts) for result in results), Counter())
    stored = sum(counts[name] for name in ("new", "revised", "unchanged", "copies"))
    if stored + counts["rejected"] != pages:
        print(f"  not all of {pages} pages were finished: {dict(counts)}")
    return stored


@contextmanager
def serve_pages(pages: Sequence[bytes], port: int | None = None) -> Iterator[int]:
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="warraq-pages-") as folder:
        for number, page in enumerate(pages):
            (Path(folder) / f"{number}.html").write_bytes(page)
        command = [
            sys.executable,
            "-m",
            "benchmarks.data.page_server",
            str(port),
            str(SITES),
            folder,
        ]
        server = subprocess.Popen(command)
        try:
            time.sleep(1.0)
            yield port
        finally:
            server.terminate()
            server.wait()


def read(folder: Path, count: int) -> list[bytes]:
    files = sorted((folder / "pages").glob("*.html.gz"))
    sample = random.Random(1).sample(files, min(count, len(files)))
    return [gzip.decompress(file.read_bytes()) for file in sample]


_CORES = 2
_FIXED_RUNS = 5


@dataclass(slots=True)
class Figures:
    """Pages a second and milliseconds of CPU per page in the driving process, by round; the number of
    texts in the last round.
    """

    rates: list[float] = field(default_factory=list)
    driving: list[float] = field(default_factory=list)
    texts: int = 0

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def extract_text(page: bytes) -> int:
    import trafilatura

    return bool(trafilatura.extract(page, include_comments=False))


def with_metadata(page: bytes) -> int:
    import trafilatura

    document = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    return bool(getattr(document, "text", None))


def in_processes(
    pool: ProcessPoolExecutor, extract: Callable[[bytes], int], pages: Sequence[bytes]
) -> int:
    return sum(pool.map(extract, pages, chunksize=4))


def new_database() -> None:
    with tempfile.TemporaryDirectory(prefix="warraq-throughput-") as folder:
        open_database(Path(folder)).close()


def fixed_costs(refiner: LocalRefiner, port: int, folder: Path) -> Iterator[tuple[str, float]]:
    """Milliseconds of CPU in the driving process that a run takes however many pages it has. `folder`
    has the database of sites all of whose pages are known.
    """
    costs: dict[str, Callable[[], object]] = {
        "a new database": new_database,
        f"crawls of {SITES} sites that find nothing": partial(crawl, refiner, port, 0, folder),
    }
    for name, run in costs.items():
        cpu = time.process_time()
        for _ in range(_FIXED_RUNS):
            run()
        yield name, 1000 * (time.process_time() - cpu) / _FIXED_RUNS


def contestants(
    options: argparse.Namespace,
    refiner: LocalRefiner,
    pages: list[bytes],
    port: int,
    scratch: Path,
) -> Any:
    pool = ProcessPoolExecutor(_CORES)
    addresses = urls(len(pages), SITES, port)
    yield "trafilatura alone, 2 processes", partial(in_processes, pool, extract_text, pages)
    yield (
        "trafilatura with metadata, 2 processes",
        partial(in_processes, pool, with_metadata, pages),
    )
    yield "Warraq, HTTP to row", partial(warraq, refiner, port, pages)
    known = partial(warraq_again, refiner, port, pages, scratch / "known")
    yield "Warraq, known pages of known sites", known
    yield "scrapy, extraction in line", partial(scrapy_in_line, addresses, scratch)
    yield "trafilatura command", partial(trafilatura_command, addresses, scratch)
    if has_news_please(options.news_please):
        yield (
            "news-please",
            partial(news_please, addresses, scratch, options.news_please),
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
        stack.enter_context(serve_pages(pages, port))
        refiner = LocalRefiner(_CORES, seconds=30)
        rows = dict(contestants(options, refiner, pages, port, scratch))
        figures = {name: Figures() for name in rows}
        for number in range(options.rounds + 1):
            for name, run in rows.items():
                started, cpu = time.monotonic(), time.process_time()
                texts = run()
                if number:  # the first round loads everything
                    figures[name].rates.append(len(pages) / (time.monotonic() - started))
                    figures[name].driving.append(1000 * (time.process_time() - cpu) / len(pages))
                    figures[name].texts = texts
        fixed = dict(fixed_costs(refiner, port, scratch / "known"))
    print(
        f"{len(pages)} pages, {options.rounds} rounds; `driving`: CPU per page outside the workers"
    )
    reference = figures["trafilatura alone, 2 processes"].rate
    for name, result in figures.items():
        print(
            f"{name:<40} {result.rate:6.1f} pages/s  ×{result.rate / reference:.2f}"
            f"  driving {statistics.median(result.driving):4.1f} ms  {result.texts} texts"
        )
    for name, milliseconds in fixed.items():
        share = milliseconds / len(pages)
        print(f"in `driving`, {name}: {milliseconds:.0f} ms, {share:.2f} for each of these pages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
