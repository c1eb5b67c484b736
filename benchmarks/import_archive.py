"""Pages a second from web archives to committed rows on two cores, against fastwarc reading and
trafilatura alone in two processes.

usage: python -m benchmarks.archive_pages PAGES [--pages 400] [--rounds 3]

PAGES holds pages/<id>.html.gz. The same files for both, in the same run, in turns; medians count.
`ms` is processor time a page, of all processes: what else the machine does hardly changes it.
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


def warraq(refiner: LocalRefiner, files: Sequence[str]) -> int:
    """Read, refined, cleaned, judged for duplicates, indexed, committed: into a new database."""
    with (
        tempfile.TemporaryDirectory(prefix="warraq-archive-") as folder,
        open_database(Path(folder)) as db,
    ):
        work = ImportRun(db, ImportFilter(), SiteLookup([]), lambda done, word: None, print)
        asyncio.run(work.run(refiner, list(open_archive_file(files, ImportFilter(), print))))
        return work.counts.stored.total()


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
    return make_member("response", head + page, _NOW, uri=uri, payload=page, headers=kind).data


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
        both = partial(text_alone, metadata=True)
        runs: dict[str, Callable[[], int]] = {
            "fastwarc alone, 2 processes": partial(in_processes, pool, reading_alone, files),
            "with trafilatura's text": partial(in_processes, pool, text_alone, files),
            "with trafilatura's metadata too": partial(in_processes, pool, both, files),
            "Warraq, archive to committed row": partial(warraq, refiner, files),
        }
        found = _measured(runs, options.rounds)
        pool.shutdown()
        refiner.close()
    ceiling = found["with trafilatura's text"]
    print(f"{len(pages)} pages in {_FILES} files, {options.rounds} rounds")
    for name, cost in found.items():
        ratios = (
            f"×{ceiling.seconds / cost.seconds:.2f}  {1000 * cost.processor / len(pages):6.1f} ms"
        )
        rate = len(pages) / cost.seconds
        print(f"{name:<34} {rate:7.1f} pages/s  {ratios}  {cost.texts} texts")
    return 0


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a run over all pages, by the clock and by the processors."""

    seconds: float
    processor: float
    texts: int


def _measured(runs: dict[str, Callable[[], int]], rounds: int) -> dict[str, Cost]:
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run in runs.items():
            began, used = time.monotonic(), _used(os.getpid())
            texts = run()
            cost = Cost(time.monotonic() - began, _used(os.getpid()) - used, texts)
            if number:  # the first time, everything is loaded
                costs[name].append(cost)
    return {name: _median(taken) for name, taken in costs.items()}


def _median(costs: Sequence[Cost]) -> Cost:
    seconds = statistics.median(cost.seconds for cost in costs)
    return Cost(seconds, statistics.median(cost.processor for cost in costs), costs[0].texts)


def _used(pid: int) -> float:
    """Seconds of processor time of a process, of those it has waited for, and of its children."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK") + sum(map(_used, children(pid)))


if __name__ == "__main__":
    sys.exit(main())
