"""Times to the first byte of the reader on a large database, of every view, search, canned query, feed and
download; and what a whole download takes.

usage: python -m benchmarks.browse [--articles 100000] [--data DIR] [--rounds 40] [--processor]
           [--only PART] [--unchanged] [--first | --whole]

Four columns of milliseconds: 95th percentile, median and least of the time, and the median of what the
process, all its threads together, spent of processors until then, which other work on the machine does not
lengthen. Each request comes as after a write, which makes the reader forget what it knows of the whole
corpus; with `--unchanged` nothing is written between two. DIR is filled once and kept. `--first`: first bytes of downloads alone; `--whole`: each format's
whole file, with the memory of the server; `--only`: addresses that have PART in them. Exits with 1 if a
page or a first byte takes longer than 300 ms at the 95th percentile, with `--processor` of processor time
in the median.
"""

import argparse
import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, unquote

import httpx

from benchmarks.data.generated_databases import fill
from browse.access import App
from browse.app import application, canned_queries
from browse.exports.downloads import DOWNLOADS
from browse.unchanged_rows import forget_answers
from storage.database import FILE

_LIMIT = 300.0  # ms
_QUERIES = ("السد", "مجلس المدينة", '"من المتوقع"', "في", "علم", "والمياه", "قال -أمس")
# Everything, what most articles have, what few have, and what no index has.
_SELECTIONS = (
    *("", f"?q={quote('في')}", f"?q={quote('السد')}&site=site03"),
    *("?site=site01&since=2026-03-01", "?author=nobody"),
)

_NEW_FORMS = ("السد أو في", "(في أو من) -على", "في من على إلى", "title:في", "الماء*", "وزي*")
# Words of no story, and one on another keyboard.
_NOT_FOUND = ("الحكومم", "مقتلتشيسب الحكومم", "hgp;,lm", "من أو في أو على أو أن أو إلى")


def paths() -> list[str]:
    tables = ["articles", "corpus", "copies", "related", "revisions", "removed_lines", "crawls"]
    tables += ["sites", "frontier"]
    urls = ["/", "/plots", "/warraq", "/warraq/articles/77", "/warraq/articles/57"]
    urls += [f"/warraq/{table}" for table in tables]
    urls += [f"/warraq/{query}" for query in canned_queries()]
    urls += [f"/search?q={quote(query)}" for query in (*_QUERIES, *_NEW_FORMS, *_NOT_FOUND)]
    urls += [f"/search?sort=newest&q={quote(query)}" for query in _QUERIES]
    urls += [f"/search{ending}" for ending in ("", ".json", "?page=300", "?since=2026-08-01")]
    urls += [
        f"/search?q={quote('السد')}&site=site03&language=ar&page=2",
        f"/search?q={quote('في')}&site=site03&section={quote('علوم')}&language=ar",
        f"/search?q={quote('في')}&without=gone&without=reserved",
        f"/search?q={quote('في')}&sort=newest&page=900",
        f"/search?q={quote('في')}&agency={quote('رويترز')}&since=2026-08-01",
        f"/search?agency={quote('رويترز')}",
        f"/search.json?q={quote('في')}&size=100",
    ]
    urls += [f"/warraq/articles?_search={quote(query)}" for query in _QUERIES]
    urls += [
        "/warraq/articles?site=site00",
        "/warraq/articles?site=site00&language=ar",
        f"/warraq/articles?section={quote('علوم')}",
        "/warraq/articles?published__date=2026-08-01",
        f"/warraq/articles?site=site01&_search={quote('السد')}",
        "/warraq/articles?_facet=agency&_facet_size=max",
        "/warraq/articles?_sort_desc=number",
        "/warraq/articles?_next=2026-07-01T00~3A00~3A00Z%2C500&_sort_desc=published",
        "/warraq/articles.json?_shape=array",
        "/warraq/articles.csv?_size=max",
        "/warraq/articles.atom",
        *(f"/warraq/articles/77.{ending}" for ending in ("bib", "ris", "md", "tei.xml")),
        *(f"/search.{feed}{query}" for feed in ("atom", "feed.json") for query in _SELECTIONS),
        "/search.atom?n=500",
        "/warraq/latest?site=site19",
        "/warraq/removed_lines?_facet=reason",
        "/warraq/corpus?_next=90000",
    ]
    return urls + counts_paths()


def counts_paths() -> list[str]:
    """Counts of frequent and rare words, words that mark a side, outlets."""
    searches = [f"q={quote(query)}" for query in (*_QUERIES, "زرافة")]
    urls = [f"/counts?{search}" for search in searches]
    urls += [f"/counts?{search}&split=outlet" for search in searches[:4]]
    urls += ["/counts", "/counts?split=outlet", f"/counts?{'&'.join(searches[:5])}"]
    urls += [f"/counts.{ending}?{searches[3]}" for ending in ("csv", "json")]
    urls += [
        f"/counts?{searches[3]}&by=day&split=outlet",
        f"/counts?{searches[3]}&site=site03&language=ar&section={quote('علوم')}",
        f"/counts?{searches[0]}&agency={quote('رويترز')}&since=2026-07-01&until=2026-07-31",
    ]
    urls += ["/words", "/words?site=site00", "/words?site=site19&other_site=site00"]
    urls += [f"/words?{searches[0]}", f"/words?{searches[3]}", "/words.csv?site=site00"]
    urls += ["/words?since=2026-06-01&until=2026-06-30&other_since=2026-09-01", "/words.json?q=x"]
    urls += ["/warraq/articles/77/event", "/warraq/articles/77/compare", "/watches"]
    return [*urls, "/outlets", "/outlets/site00", "/outlets/site19"]


@dataclass(frozen=True, slots=True)
class FirstByte:
    """When the first byte came, and what the process had spent on it, in milliseconds."""

    time: float
    processor: float
    status: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of all requests of an address."""

    path: str
    p95: float
    median: float
    least: float
    processor: float
    status: int


def figures(path: str, answers: list[FirstByte]) -> Figures:
    times = sorted(answer.time for answer in answers)
    return Figures(
        path,
        times[max(0, int(len(times) * 0.95) - 1)],
        median(times),
        times[0],
        median(answer.processor for answer in answers),
        max(answer.status for answer in answers),
    )


async def measure(folder: Path, rounds: int, part: str, *, unchanged: bool) -> list[Figures]:
    reader = application(folder)
    await reader.invoke_startup()
    app = reader.app()
    await first_byte(app, "/warraq/articles/0/event")
    results = []
    for path in (path for path in paths() if part in unquote(path)):
        answers = []
        for _ in range(rounds):
            if not unchanged:
                forget_answers()
            answers.append(await first_byte(app, path))
        results.append(figures(path, answers))
    return results


async def first_byte(app: App, path: str) -> FirstByte:
    """The first byte of the body. The whole answer is awaited."""
    address, _, query = path.partition("?")
    scope = {
        **{"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http"},
        **{"path": unquote(address), "raw_path": address.encode()},
        **{"query_string": query.encode(), "headers": [(b"host", b"localhost")]},
    }
    arrived: list[tuple[float, float]] = []
    status = 0

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        if message.get("body"):
            arrived.append((time.perf_counter(), time.process_time()))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    start, spent = time.perf_counter(), time.process_time()
    await app(scope, receive, send)
    now, processor = (arrived or [(time.perf_counter(), time.process_time())])[0]
    return FirstByte((now - start) * 1000, (processor - spent) * 1000, status)


def measure_first_bytes(folder: Path, rounds: int, part: str) -> list[Figures]:
    """Of downloads, from a server of its own: each is left after its first byte."""
    results = []
    with serving(folder) as (url, process), httpx.Client(timeout=60) as client:
        # What the reader makes when it starts is made then.
        client.get(f"{url}/warraq/articles/0/event")
        for path in (f"/search.{ending}{query}" for ending in DOWNLOADS for query in _SELECTIONS):
            if part in unquote(path):
                spent = processor_time_of(process)
                answers = [first_byte_over_http(client, url + path, spent) for _ in range(rounds)]
                results.append(figures(path, answers))
    return results


def processor_time_of(process: int) -> Callable[[], float]:
    """A clock of the seconds that another process has spent, by the number that Linux gives it."""
    return lambda: time.clock_gettime((~process << 3) | 2)


def first_byte_over_http(
    client: httpx.Client, url: str, processor_time: Callable[[], float]
) -> FirstByte:
    """A server that is still ending others is asked anew."""
    while True:
        start, spent = time.perf_counter(), processor_time()
        with client.stream("GET", url) as answer:
            next(answer.iter_raw(), b"")
            taken, processor = time.perf_counter() - start, processor_time() - spent
            if answer.status_code != 503:
                return FirstByte(taken * 1000, processor * 1000, answer.status_code)
        time.sleep(0.05)


def print_whole(folder: Path) -> None:
    """Size, time, and the server's memory at most, of each format of everything."""
    for ending in DOWNLOADS:
        with serving(folder) as (url, process), httpx.Client(timeout=60) as client:
            client.get(url)
            before, start, size = peak_memory(process), time.perf_counter(), 0
            with client.stream("GET", f"{url}/search.{ending}") as answer:
                for chunk in answer.iter_raw():
                    size += len(chunk)
            seconds = time.perf_counter() - start
            peak = peak_memory(process)
            print(
                f"{ending:9} {size / 1e6:7.1f} MB {seconds:6.1f} s  {before:4.0f} → {peak:4.0f} MB"
            )


def peak_memory(process: int) -> float:
    """MB that were resident at most."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1000


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """The address and the process of `warraq browse`."""
    command = [sys.executable, "-m", "cli", "--data", str(folder), "browse", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            yield line.split()[2].rstrip("/"), process.pid
        finally:
            process.send_signal(signal.SIGINT)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", metavar="PART")
    parser.add_argument("--unchanged", action="store_true")
    parser.add_argument("--processor", action="store_true")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.data or Path(temporary)
        if not (folder / FILE).exists():
            fill(folder, options.articles).close()
        if options.whole:
            print_whole(folder)
            return 0
        results = measure_first_bytes(folder, options.rounds, options.only)
        if not options.first:
            results += asyncio.run(
                measure(folder, options.rounds, options.only, unchanged=options.unchanged)
            )
    judged = {row.path: row.processor if options.processor else row.p95 for row in results}
    print("      p95   median    least  processor ms")
    for row in sorted(results, key=lambda row: -judged[row.path]):
        times = f"{row.p95:7.1f}  {row.median:7.1f}  {row.least:7.1f}    {row.processor:7.1f}"
        mark = " " if judged[row.path] < _LIMIT else "!"
        print(f"{mark} {times}     {row.status}  {unquote(row.path)}")
    return int(any(judged[row.path] >= _LIMIT or row.status != 200 for row in results))


if __name__ == "__main__":
    raise SystemExit(main())
