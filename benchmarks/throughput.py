"""Pages a second from HTTP to committed row on two cores, against trafilatura alone in two processes.

usage: python -m benchmarks.throughput PAGES [--pages 300] [--rounds 3] [--news-please PYTHON]

PAGES holds pages/<id>.html.gz and meta.jsonl. The same pages for all, in the same run, in turns;
medians count.
"""

import argparse
import configparser
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.data.page_server import base, urls
from benchmarks.polls import free_port
from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.runner import crawl_sites

SITES = 4


def warraq(
    refiner: LocalRefiner,
    port: int,
    pages: Sequence[bytes],
    settings: dict[str, Any] | None = None,
) -> int:
    """Robots, sitemaps, fetching, archive, refining, duplicates, search, commit: into a new database."""
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
    with tempfile.TemporaryDirectory(prefix="warraq-throughput-") as folder:
        results = crawl_sites(sites, Path(folder), refiner=refiner, settings=settings)
    counts = [result.counts for result in results]
    settled = sum(one.get(name, 0) for one in counts for name in ("new", "copies", "rejected"))
    if settled != len(pages):
        print(f"  {settled} of {len(pages)} pages were settled: {[dict(one) for one in counts]}")
    return sum(one.get("new", 0) + one.get("copies", 0) for one in counts)


@contextmanager
def served(pages: Sequence[bytes], port: int | None = None) -> Iterator[int]:
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
    chosen = random.Random(1).sample(files, min(count, len(files)))
    return [gzip.decompress(file.read_bytes()) for file in chosen]


_SPIDER = """
import scrapy, trafilatura
from pathlib import Path

class Plain(scrapy.Spider):
    name = "plain"
    custom_settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 16, "REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
                       "ROBOTSTXT_OBEY": False}

    async def start(self):
        for url in Path(self.list).read_text().split():
            yield scrapy.Request(url)

    def parse(self, response):
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True,
                                            include_comments=False)
        if found and found.text:
            yield {"url": response.url, "title": found.title, "text": found.text}
"""

_NEWS_PLEASE = """
import json, sys
from pathlib import Path
from newsplease import NewsPlease
urls = Path(sys.argv[1]).read_text().split()
found = NewsPlease.from_urls(urls, request_args={"timeout": 20}, fetch_images=False)
texts = [one.maintext for one in found.values() if getattr(one, "maintext", None)]
Path(sys.argv[2]).write_text(json.dumps(texts))
"""


def scrapy_in_line(urls: Sequence[str], folder: Path) -> int:
    """One process: the loop waits for each extraction."""
    spider, listed, found = folder / "plain.py", _listed(urls, folder), folder / "found.jsonl"
    spider.write_text(_SPIDER)
    found.unlink(missing_ok=True)
    environment = {key: value for key, value in os.environ.items() if "SCRAPY" not in key}
    options = ["-L", "ERROR", "-o", str(found), "-a", f"list={listed}"]
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), *options]
    subprocess.run(command, check=True, cwd=folder, env=environment)
    return sum(1 for _ in found.open())


def trafilatura_command(urls: Sequence[str], folder: Path) -> int:
    """Its own downloads and its own two processes; loopback has to be allowed in its settings."""
    import trafilatura

    settings = configparser.ConfigParser()
    settings.read(Path(trafilatura.__file__).parent / "settings.cfg")
    settings["DEFAULT"].update({"SSRF_PROTECTION": "off", "SLEEP_TIME": "0"})
    config, out = folder / "trafilatura.cfg", folder / "trafilatura"
    with config.open("w") as file:
        settings.write(file)
    options = ["--parallel", "2", "--no-comments", "--with-metadata", "--json"]
    places = {"--input-file": _listed(urls, folder), "--output-dir": out, "--config-file": config}
    inputs = [str(word) for pair in places.items() for word in pair]
    command = [str(Path(sys.executable).with_name("trafilatura")), *options, *inputs]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(1 for path in out.rglob("*") if path.is_file())


def news_please(urls: Sequence[str], folder: Path, python: Path | None = None) -> int:
    """Its library, with a process for each core; `python` is the one that it is installed for."""
    script, found = folder / "news_please.py", folder / "news_please.json"
    script.write_text(_NEWS_PLEASE)
    command = [str(python or sys.executable), str(script), str(_listed(urls, folder)), str(found)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(json.loads(found.read_text()))


def has_news_please(python: Path | None) -> bool:
    return python is not None or find_spec("newsplease") is not None


def _listed(urls: Sequence[str], folder: Path) -> Path:
    file = folder / "urls.txt"
    file.write_text("\n".join(urls) + "\n")
    return file


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
    refiner = LocalRefiner(_CORES, seconds=30)
    addresses = urls(len(pages), SITES, port)
    yield "trafilatura alone, 2 processes", partial(alone, pool, text_alone, pages)
    yield "trafilatura with metadata, 2 processes", partial(alone, pool, with_metadata, pages)
    yield "Warraq, HTTP to row", partial(warraq, refiner, port, pages)
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
