"""The cost of the archive: writing beside warcio, blocking the loop, reading back, crawls with and without.

usage: python -m benchmarks.archive PAGES [--pages 200] [--rounds 3]

PAGES holds pages/<id>.html.gz.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.throughput import read as read_pages
from benchmarks.throughput import serve_pages, warraq
from items import Exchange, Heads, Page
from pipelines.workers.pool import LocalRefiner
from storage.archive.archive import Archive
from storage.archive.page_rows import PageOutcome, insert_page
from storage.archive.read_pages import read_page
from storage.database import open_database, transaction
from text.timestamps import utc_now

# Pages that a crawl has in flight: the archive writes together what comes together.
_AT_ONCE = 16
_HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"))


def sample(number: int, body: bytes) -> Page:
    url = f"https://news.example/{number}"
    request, response = Heads(f"GET /{number} HTTP/1.1", ()), Heads("HTTP/1.1 200 OK", _HEADERS)
    return Page(url, url, body, utc_now(), "utf-8", exchange=Exchange(url, request, response))


def write_with_warcio(pages: Sequence[Page]) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    for page in pages:
        heads = StatusAndHeaders("200 OK", list(_HEADERS), protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                page.url, "response", payload=BytesIO(page.body), http_headers=heads
            )
        )
    return out.getvalue()


async def write_archive(pages: Sequence[Page], data: Path) -> None:
    """Write records and rows, as a crawl does."""
    with open_database(data) as db:
        archive = Archive(data)
        for first in range(0, len(pages), _AT_ONCE):
            group = pages[first : first + _AT_ONCE]
            pointers = await asyncio.gather(*(archive.add(db, page) for page in group))
            with transaction(db):
                for page, pointer in zip(group, pointers, strict=True):
                    insert_page(db, page, pointer, PageOutcome("new"), page.fetched)
        archive.close(db)


async def longest_block(pages: Sequence[Page], data: Path) -> float:
    """The longest time in milliseconds for which the event loop was blocked."""
    longest, writing = 0.0, asyncio.create_task(write_archive(pages, data))
    while not writing.done():
        before = time.monotonic()
        await asyncio.sleep(0)
        longest = max(longest, time.monotonic() - before)
    return 1000 * longest


def cpu(run: Callable[[], object], count: int) -> float:
    """Milliseconds of CPU a page."""
    before = time.process_time()
    run()
    return 1000 * (time.process_time() - before) / count


def records(pages: list[Page], data: Path) -> None:
    started = time.monotonic()
    own = cpu(lambda: asyncio.run(write_archive(pages, data)), len(pages))
    wall = 1000 * (time.monotonic() - started) / len(pages)
    [file] = (data / "archive").iterdir()
    other = cpu(lambda: write_with_warcio(pages), len(pages))
    with open_database(data) as db:
        rows = list(db.query("SELECT * FROM _archived_pages"))
        read_back = cpu(lambda: [read_page(db, data, row) for row in rows], len(pages))
    by_fastwarc = cpu(lambda: read_with_fastwarc(file), len(pages))
    by_warcio = cpu(lambda: read_with_warcio(file), len(pages))
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    print(
        f"{len(pages)} pages of {size:.0f} kB, {file.stat().st_size / len(pages) / 1000:.0f} kB per page in the archive"
    )
    print(f"written to disk and committed: {own:.2f} ms of CPU a page, {wall:.2f} ms of wall clock")
    print(f"warcio, the record only: {other:.2f} ms of CPU")
    print(f"read back by row: {read_back:.2f} ms of CPU")
    print(f"read in sequence: fastwarc {by_fastwarc:.2f} ms, warcio {by_warcio:.2f} ms of CPU")
    with tempfile.TemporaryDirectory(dir=data) as folder:
        blocked = asyncio.run(longest_block(pages, Path(folder)))
    print(f"the event loop was blocked for {blocked:.1f} ms at most")


def read_with_fastwarc(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(len(record.reader.read()) for record in ArchiveIterator(stream))


def read_with_warcio(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(len(record.content_stream().read()) for record in WarcioIterator(stream))


def crawls(bodies: list[bytes], rounds: int) -> None:
    """Prints pages a second, and the CPU time of the crawl's process, which other load affects less."""
    refiner = LocalRefiner(2, seconds=30)
    rates: dict[bool, list[float]] = {True: [], False: []}
    cpu_times: dict[bool, list[float]] = {True: [], False: []}
    with serve_pages(bodies) as port:
        for number in range(rounds + 1):
            for archived in (True, False):
                started = time.monotonic()
                settings = {"WARRAQ_ARCHIVE": archived}
                spent = cpu(partial(warraq, refiner, port, bodies, settings), len(bodies))
                if number:  # the first round loads everything
                    rates[archived].append(len(bodies) / (time.monotonic() - started))
                    cpu_times[archived].append(spent)
    refiner.close()
    for archived, label in ((True, "with an archive"), (False, "without")):
        rate, spent = statistics.median(rates[archived]), statistics.median(cpu_times[archived])
        print(f"a crawl {label}: {rate:.1f} pages/s, {spent:.1f} ms of CPU a page in its process")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    bodies = read_pages(options.folder, options.pages)
    pages = [sample(number, body) for number, body in enumerate(bodies)]
    with tempfile.TemporaryDirectory(prefix="warraq-archive-") as folder:
        records(pages, Path(folder))
    crawls(bodies, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
