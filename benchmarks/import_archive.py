"""Pages a second from web archives to committed rows on two cores, beside fastwarc and trafilatura.

usage: python -m benchmarks.import_archive PAGES [--pages 400] [--rounds 3]

PAGES holds pages/<id>.html.gz. All read the same files in turns, with two processes, and every other
round in the opposite order; the medians are printed. `ms` is the CPU time per page of all processes,
which other load hardly affects; both ratios are to fastwarc with trafilatura's text.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.import_memory import children
from benchmarks.throughput import read
from pipelines.ingest.web_archive import ImportFilter
from pipelines.ingest.web_archive_run import ImportRun, open_archive_file
from pipelines.site_lookup import SiteLookup
from pipelines.workers.pool import LocalRefiner
from storage.archive.warc_record import make_member
from storage.database import open_database

_FILES, _CORES = 8, 2
_NOW = "2026-11-22T00:00:00Z"


def read_only(file: str) -> int:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    with Path(file).open("rb") as stream:
        records = ArchiveIterator(stream, record_types=WarcRecordType.response)
        return sum(bool(record.reader.read()) for record in records)


def extract_text(file: str, *, metadata: bool = False) -> int:
    import trafilatura
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    texts = 0
    with Path(file).open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            page = record.reader.read()
            if metadata:
                result = trafilatura.bare_extraction(
                    page, include_comments=False, with_metadata=True
                )
                texts += bool(getattr(result, "text", None))
            else:
                texts += bool(trafilatura.extract(page, include_comments=False))
    return texts


def in_processes(
    pool: ProcessPoolExecutor, function: Callable[[str], int], files: Sequence[str]
) -> int:
    return sum(pool.map(function, files))


def warraq(refiner: LocalRefiner, files: Sequence[str]) -> int:
    """Import the files into a new database; return the number of pages stored."""
    with (
        tempfile.TemporaryDirectory(prefix="warraq-archive-") as folder,
        open_database(Path(folder)) as db,
    ):
        import_run = ImportRun(db, ImportFilter(), SiteLookup([]), lambda done, word: None, print)
        asyncio.run(import_run.run(refiner, list(open_archive_file(files, ImportFilter(), print))))
        return import_run.counts.stored.total()


def write(folder: Path, pages: Sequence[bytes]) -> list[str]:
    """Write the pages into several files, so that no process waits long for the other at the end."""
    files = []
    for number in range(_FILES):
        file = folder / f"{number}.warc.gz"
        records = [_record(index, pages[index]) for index in range(number, len(pages), _FILES)]
        file.write_bytes(b"".join(records))
        files.append(str(file))
    return files


def _record(number: int, page: bytes) -> bytes:
    uri = f"https://outlet{number % 20}.example/news/{number}"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    headers = {"Content-Type": "application/http; msgtype=response"}
    return make_member("response", head + page, _NOW, uri=uri, payload=page, headers=headers).data


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
        pool, refiner = ProcessPoolExecutor(_CORES), LocalRefiner(_CORES, seconds=30)
        with_metadata = partial(extract_text, metadata=True)
        runs: dict[str, Callable[[], int]] = {
            "fastwarc, reading only": partial(in_processes, pool, read_only, files),
            "with trafilatura's text": partial(in_processes, pool, extract_text, files),
            "with trafilatura's metadata too": partial(in_processes, pool, with_metadata, files),
            "Warraq, archive to committed row": partial(warraq, refiner, files),
        }
        costs = _measure(runs, options.rounds)
        pool.shutdown()
        refiner.close()
    reference = costs["with trafilatura's text"]
    print(f"{len(pages)} pages in {_FILES} files, {options.rounds} rounds")
    for name, cost in costs.items():
        wall = f"{len(pages) / cost.seconds:7.1f} pages/s ×{reference.seconds / cost.seconds:.2f}"
        cpu = f"{1000 * cost.cpu / len(pages):6.1f} ms of CPU ×{reference.cpu / cost.cpu:.2f}"
        print(f"{name:<34} {wall}  {cpu}  {cost.texts} texts")
    return 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a run over all pages: seconds of wall clock and of CPU, and the number of texts."""

    seconds: float
    cpu: float
    texts: int


def _measure(runs: dict[str, Callable[[], int]], rounds: int) -> dict[str, Cost]:
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in list(runs.items())[:: -1 if number % 2 else 1]:
            started, cpu = time.monotonic(), _cpu_seconds(os.getpid())
            texts = run()
            cost = Cost(time.monotonic() - started, _cpu_seconds(os.getpid()) - cpu, texts)
            if number:  # the first round loads everything
                costs[name].append(cost)
    return {name: _median(values) for name, values in costs.items()}


def _median(costs: Sequence[Cost]) -> Cost:
    seconds = statistics.median(cost.seconds for cost in costs)
    return Cost(seconds, statistics.median(cost.cpu for cost in costs), costs[0].texts)


def _cpu_seconds(pid: int) -> float:
    """Seconds of CPU of a process, of those it has waited for, and of its children."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK") + sum(map(_cpu_seconds, children(pid)))


if __name__ == "__main__":
    sys.exit(main())
