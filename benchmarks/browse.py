"""Times to the first byte of the reader on a large database: every view, facet, search, canned query.

usage: python -m benchmarks.browse [--articles 100000] [--data DIR]

DIR is filled once and kept. Exits with 1 if a page takes longer than 300 ms at the 95th percentile.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, unquote

from benchmarks.data.generated_databases import fill
from browse.access import App
from browse.app import application, canned_queries
from storage.database import FILE

_ROUNDS = 40
_LIMIT = 300.0  # ms
_QUERIES = ("السد", "مجلس المدينة", '"من المتوقع"', "في", "علم", "والمياه", "قال -أمس")

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
    return [*urls, "/outlets", "/outlets/site00", "/outlets/site19"]


async def measure(folder: Path) -> list[tuple[str, float, float, int]]:
    reader = application(folder)
    await reader.invoke_startup()
    app = reader.app()
    results = []
    for path in paths():
        answers = [await first_byte(app, path) for _ in range(_ROUNDS)]
        times = sorted(milliseconds for milliseconds, _status in answers)
        results.append((path, median(times), times[int(_ROUNDS * 0.95) - 1], answers[-1][1]))
    return results


async def first_byte(app: App, path: str) -> tuple[float, int]:
    """Milliseconds until the first byte of the body, and the status. The whole answer is awaited."""
    address, _, query = path.partition("?")
    scope = {
        **{"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http"},
        **{"path": unquote(address), "raw_path": address.encode()},
        **{"query_string": query.encode(), "headers": [(b"host", b"localhost")]},
    }
    arrived: list[float] = []
    status = 0

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        if message.get("body"):
            arrived.append(time.perf_counter())

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    start = time.perf_counter()
    await app(scope, receive, send)
    return ((arrived or [time.perf_counter()])[0] - start) * 1000, status


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.data or Path(temporary)
        if not (folder / FILE).exists():
            fill(folder, options.articles).close()
        results = asyncio.run(measure(folder))
    for path, p50, p95, status in sorted(results, key=lambda result: -result[2]):
        print(f"{'  ' if p95 < _LIMIT else '! '}{p95:7.1f} {p50:7.1f} ms  {status}  {path}")
    return int(any(p95 >= _LIMIT or status != 200 for _, _, p95, status in results))


if __name__ == "__main__":
    raise SystemExit(main())
