"""Pages a second from web archives to committed rows on two cores, against fastwarc reading and
trafilatura alone in two processes.

usage: python -m benchmarks.archive_pages PAGES [--pages 400] [--rounds 3]

PAGES holds pages/<id>.html.gz. The same files for both, in the same run, in turns; medians count.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.throughput import read
from commands.web_archives import Import, opened
from pipelines.captured import Wanted
from pipelines.hosts import Hosts
from pipelines.workers import Refiner
from storage.archive.record import member
from storage.database import open_database

_FILES, _CORES = 8, 2
_NOW = "2026-11-22T00:00:00Z"


def reading_alone(file: str) -> int:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with Path(file).open("rb") as stream:
        kinds = WarcRecordType.response
        return sum(
            bool(record.reader.read()) for record in ArchiveIterator(stream, record_types=kinds)
        )


def text_alone(file: str, *, metadata: bool = False) -> int:
    import trafilatura
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    found = 0
    with Path(file).open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            page = record.reader.read()
            if metadata:
                result = trafilatura.bare_extraction(
                    page, include_comments=False, with_metadata=True
                )
                found += bool(getattr(result, "text", None))
            else:
                found += bool(trafilatura.extract(page, include_comments=False))
    return found


def in_processes(
    pool: ProcessPoolExecutor, function: Callable[[str], int], files: Sequence[str]
) -> int:
    return sum(pool.map(function, files))


def warraq(refiner: Refiner, files: Sequence[str]) -> int:
    """Read, refined, cleaned, judged for duplicates, indexed, committed: into a new database."""
    with (
        tempfile.TemporaryDirectory(prefix="warraq-archive-") as folder,
        open_database(Path(folder)) as db,
    ):
        work = Import(db, Wanted(), Hosts([]), lambda done, word: None, print)
        asyncio.run(work.all(refiner, list(opened(files, Wanted(), print))))
        return sum(count for name, count in work.counts.items() if name[0] != "-")


def write(folder: Path, pages: Sequence[bytes]) -> list[str]:
    """The pages in several files, so that neither is left waiting for the other's last one."""
    files = []
    for number in range(_FILES):
        file = folder / f"{number}.warc.gz"
        records = [_record(at, pages[at]) for at in range(number, len(pages), _FILES)]
        file.write_bytes(b"".join(records))
        files.append(str(file))
    return files


def _record(number: int, page: bytes) -> bytes:
    uri = f"https://outlet{number % 20}.example/news/{number}"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    kind = {"Content-Type": "application/http; msgtype=response"}
    return member("response", head + page, _NOW, uri=uri, payload=page, headers=kind).data


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    pages = read(options.folder, options.pages)
    with tempfile.TemporaryDirectory() as scratch:
        files = write(Path(scratch), pages)
        pool, refiner = ProcessPoolExecutor(_CORES), Refiner(_CORES, seconds=30)
        both = partial(text_alone, metadata=True)
        runs: dict[str, Callable[[], int]] = {
            "fastwarc alone, 2 processes": partial(in_processes, pool, reading_alone, files),
            "with trafilatura's text": partial(in_processes, pool, text_alone, files),
            "with trafilatura's metadata too": partial(in_processes, pool, both, files),
            "Warraq, archive to committed row": partial(warraq, refiner, files),
        }
        rates, texts = _measured(runs, len(pages), options.rounds)
        pool.shutdown()
        refiner.close()
    ceiling = rates["with trafilatura's text"]
    print(f"{len(pages)} pages in {_FILES} files, {options.rounds} rounds")
    for name, rate in rates.items():
        print(f"{name:<34} {rate:7.1f} pages/s  ×{rate / ceiling:.2f}  {texts[name]} texts")
    return 0


def _measured(
    runs: dict[str, Callable[[], int]], pages: int, rounds: int
) -> tuple[dict[str, float], dict[str, int]]:
    times: dict[str, list[float]] = {name: [] for name in runs}
    texts = {}
    for number in range(rounds + 1):
        for name, run in runs.items():
            began = time.monotonic()
            texts[name] = run()
            if number:  # the first time, everything is loaded
                times[name].append(time.monotonic() - began)
    return {name: pages / statistics.median(taken) for name, taken in times.items()}, texts


if __name__ == "__main__":
    sys.exit(main())
