"""What the archive costs: a page's record beside warcio's, how long it holds the loop, reading it
back; and a crawl with it beside one without.

usage: python -m benchmarks.archiving PAGES [--pages 200] [--rounds 3]

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
from benchmarks.throughput import served, warraq
from items import Exchange, Heads, Page
from pipelines.workers.pool import LocalRefiner
from storage.archive.archive import Archive
from storage.archive.page_rows import PageOutcome, insert_page
from storage.archive.read_pages import read_page
from storage.database import open_database, transaction
from text.timestamps import utc_now

_HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx"))


def sample(number: int, body: bytes) -> Page:
    url = f"https://news.example/{number}"
    asked, answered = Heads(f"GET /{number} HTTP/1.1", ()), Heads("HTTP/1.1 200 OK", _HEADERS)
    return Page(url, url, body, utc_now(), "utf-8", exchange=Exchange(url, asked, answered))


def by_warcio(pages: Sequence[Page]) -> bytes:
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


async def by_us(pages: Sequence[Page], data: Path) -> None:
    """As a crawl does it: rows and all."""
    with open_database(data) as db:
        archive = Archive(data)
        for page in pages:
            at = await archive.add(db, page)
            with transaction(db):
                insert_page(db, page, at, PageOutcome("new"), page.fetched)
        archive.close(db)


async def longest_hold(pages: Sequence[Page], data: Path) -> float:
    """Milliseconds that anything else on the loop had to wait at most."""
    longest, working = 0.0, asyncio.create_task(by_us(pages, data))
    while not working.done():
        before = time.monotonic()
        await asyncio.sleep(0)
        longest = max(longest, time.monotonic() - before)
    return 1000 * longest


def cpu(act: Callable[[], object], count: int) -> float:
    """Milliseconds of CPU a page."""
    before = time.process_time()
    act()
    return 1000 * (time.process_time() - before) / count


def records(pages: list[Page], data: Path) -> None:
    began = time.monotonic()
    ours = cpu(lambda: asyncio.run(by_us(pages, data)), len(pages))
    clock = 1000 * (time.monotonic() - began) / len(pages)
    [file] = (data / "archive").iterdir()
    theirs = cpu(lambda: by_warcio(pages), len(pages))
    with open_database(data) as db:
        rows = list(db.query("SELECT * FROM _archived_pages"))
        back = cpu(lambda: [read_page(db, data, row) for row in rows], len(pages))
    fast, slow = cpu(lambda: fastwarc(file), len(pages)), cpu(lambda: warcio(file), len(pages))
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    print(
        f"{len(pages)} pages of {size:.0f} kB, {file.stat().st_size / len(pages) / 1000:.0f} kB each in the archive"
    )
    print(f"on the disk and pointed to: {ours:.2f} ms of CPU a page, {clock:.2f} ms by the clock")
    print(f"warcio, the record alone: {theirs:.2f} ms of CPU")
    print(f"read back by its row: {back:.2f} ms of CPU")
    print(f"read through: fastwarc {fast:.2f} ms, warcio {slow:.2f} ms of CPU")
    with tempfile.TemporaryDirectory(dir=data) as folder:
        held = asyncio.run(longest_hold(pages, Path(folder)))
    print(f"the loop was held for {held:.1f} ms at most")


def fastwarc(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(len(record.reader.read()) for record in ArchiveIterator(stream))


def warcio(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(len(record.content_stream().read()) for record in WarcioIterator(stream))


def crawls(bodies: list[bytes], rounds: int) -> None:
    """The clock tells little on a machine with other work; CPU of the crawl's process tells more."""
    refiner = LocalRefiner(2, seconds=30)
    rates: dict[bool, list[float]] = {True: [], False: []}
    used: dict[bool, list[float]] = {True: [], False: []}
    with served(bodies) as port:
        for number in range(rounds + 1):
            for archived in (True, False):
                began = time.monotonic()
                settings = {"WARRAQ_ARCHIVE": archived}
                spent = cpu(partial(warraq, refiner, port, bodies, settings), len(bodies))
                if number:  # the first time, everything is loaded
                    rates[archived].append(len(bodies) / (time.monotonic() - began))
                    used[archived].append(spent)
    refiner.close()
    for archived, words in ((True, "with it"), (False, "without")):
        rate, spent = statistics.median(rates[archived]), statistics.median(used[archived])
        print(f"a crawl {words}: {rate:.1f} pages/s, {spent:.1f} ms of CPU a page to drive it")


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
    with tempfile.TemporaryDirectory(prefix="warraq-archiving-") as folder:
        records(pages, Path(folder))
    crawls(bodies, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
