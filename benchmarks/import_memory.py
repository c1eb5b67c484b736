"""Memory of the importing process and of its workers over a long import.

usage: python -m benchmarks.import_memory [--pages 100000] [--folder DIR]   (1 GB; 20 minutes)

Generated pages of 200 outlets in a single web archive.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from html import escape
from itertools import islice
from pathlib import Path

from benchmarks.data.generated_news import Press
from items import Article
from pipelines.ingest.web_archive import ImportFilter
from pipelines.ingest.web_archive_run import ImportRun, open_archive_file
from pipelines.site_lookup import SiteLookup
from pipelines.workers.pool import LocalRefiner
from storage.archive.warc_record import make_member
from storage.database import open_database

_STEPS = (1, 2, 5)
_PAGE = """<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>{title}</title>
<meta property="article:published_time" content="{when}"></head><body class="single-post">
<nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}</article>
<aside><h2>اقرأ أيضاً</h2><ul>{menu}</ul></aside></main><footer>{menu}</footer></body></html>"""
_MENU = "".join(f'<li><a href="/section/{n}">قسم الأخبار رقم {n}</a></li>' for n in range(40))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep the archive and the database here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="warraq-memory-") as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / f"{options.pages}.warc.gz"
        if not archive.exists():
            _write_in_child(archive, options.pages)
        return run(folder / "data", archive, options.pages)


def _write_in_child(archive: Path, pages: int) -> None:
    """Write the archive in a child process, whose memory does not count."""
    child = os.fork()
    if child == 0:
        write(archive, pages)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the archive could not be written")


def write(archive: Path, pages: int) -> None:
    part = archive.with_suffix(".part")
    with part.open("wb") as file:
        for article in islice(Press().articles(), pages):
            file.write(_record(article))
    part.replace(archive)


def _record(article: Article) -> bytes:
    body = "".join(f"<p>{escape(line)}</p>" for line in article.paragraphs)
    title, published = escape(article.title or ""), article.published or ""
    page = _PAGE.format(title=title, when=published, body=body, menu=_MENU).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    headers = {"Content-Type": "application/http; msgtype=response"}
    return make_member(
        "response", head + page, published, uri=article.url, payload=page, headers=headers
    ).data


def run(data: Path, archive: Path, pages: int) -> int:
    refiner = LocalRefiner(2, tasks=10)
    steps, started = _counts(pages), time.monotonic()
    next_step = next(steps)
    print(f"{'pages':>8} {'writer':>10} {'workers':>10} {'pages/s':>8} {'database':>10}")

    def on_progress(_: float, __: str) -> None:
        nonlocal next_step
        if import_run.counts.total() >= next_step:
            rate = import_run.counts.total() / (time.monotonic() - started)
            _print_row(import_run.counts.total(), rate, data)
            next_step = next(
                (step for step in steps if step > import_run.counts.total()), pages + 1
            )

    with open_database(data) as db:
        import_run = ImportRun(
            db, ImportFilter(), SiteLookup([]), on_progress, print, reimport=True
        )
        asyncio.run(
            import_run.run(refiner, list(open_archive_file([str(archive)], ImportFilter(), print)))
        )
    refiner.close()
    print(dict(import_run.counts.by_name()))
    return 0 if import_run.counts.total() == pages else 1


def _counts(pages: int) -> Iterator[int]:
    scale = 1000
    while scale <= pages:
        yield from (step * scale for step in _STEPS if step * scale <= pages)
        scale *= 10


def _print_row(count: int, rate: float, data: Path) -> None:
    workers = [_resident(pid) for pid in _descendants(os.getpid())]
    largest, size = max(workers, default=0), (data / "warraq.db").stat().st_size
    writer = _resident(os.getpid())
    line = f"{count:8} {writer >> 10:7} MiB {largest >> 10:7} MiB {rate:8.0f} {size >> 20:7} MiB"
    print(line, flush=True)


def _resident(pid: int) -> int:
    """Proportional set size in KiB: shared memory is divided among the processes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _descendants(parent: int) -> list[int]:
    return [pid for child in children(parent) for pid in (child, *_descendants(child))]


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


if __name__ == "__main__":
    sys.exit(main())
