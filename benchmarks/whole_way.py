"""Warraq from HTTP to committed row, on saved pages that are served on loopback."""

import gzip
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.page_server import base
from benchmarks.polls import free_port
from items import Site
from pipelines.workers import Refiner
from spiders.crawl import crawl_sites
from storage.clock import utc_now
from storage.database import open_database, transaction
from storage.sites import ensure

SITES = 4


def warraq(
    refiner: Refiner,
    port: int,
    pages: Sequence[bytes],
    settings: dict[str, Any] | None = None,
    *,
    known: Callable[[Path], None] | None = None,
    count: int = SITES,
) -> int:
    """Robots, sitemaps, fetching, archive, refining, duplicates, search, commit: into a new database.
    From a new site's pages a template is to be learned; what is `known` by now is put into the
    folder first.
    """
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
        for number in range(count)
    ]
    with tempfile.TemporaryDirectory(prefix="warraq-throughput-") as folder:
        if known:
            known(Path(folder))
        results = crawl_sites(sites, Path(folder), refiner=refiner, settings=settings)
    counts = [result.counts for result in results]
    settled = sum(one.get(name, 0) for one in counts for name in ("new", "copies", "rejected"))
    if settled != len(pages):
        print(f"  {settled} of {len(pages)} pages were settled: {[dict(one) for one in counts]}")
    return sum(one.get("new", 0) + one.get("copies", 0) for one in counts)


def nothing_in_common(folder: Path) -> None:
    """It is known by now that the sites' pages, which are of many hands, have no template."""
    with open_database(folder) as db, transaction(db):
        for number in range(SITES):
            ensure(db, f"site{number}")
            db.execute(
                "INSERT INTO templates (site, path, state, learned, dropped, articles, rests)"
                " VALUES (?, '', 'dropped', ?, ?, 40, 1)",
                [f"site{number}", utc_now(), utc_now()],
            )


@contextmanager
def served(pages: Sequence[bytes], port: int | None = None, sites: int = SITES) -> Iterator[int]:
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="warraq-pages-") as folder:
        for number, page in enumerate(pages):
            (Path(folder) / f"{number}.html").write_bytes(page)
        command = [sys.executable, "-m", "benchmarks.page_server", str(port), str(sites), folder]
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
