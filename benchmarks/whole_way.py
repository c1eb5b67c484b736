"""Warraq from HTTP to committed row, on saved pages that are served on loopback."""

import gzip
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.data.page_server import base
from benchmarks.polls import free_port
from items import Site
from pipelines.workers.pool import Refiner
from spiders.runner import crawl_sites

SITES = 4


def warraq(
    refiner: Refiner,
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
