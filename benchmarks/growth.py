"""The cost of one more article in the index of duplicates of a large database: time and bytes.

usage: python -m benchmarks.growth [--folder DIR] [--lead] [--minutes N] [SIZE…]

Sizes are 10 000 and 1 000 000: 6 GB and some five minutes. With --lead only the first paragraph of each
stored text is kept, while the index is of all its words: a fourth of the disk, so that 10 000 000 fit
into 20 GB. What takes longer than --minutes to build is measured as large as it has become.

Every article is folded, sketched and compared with its candidates, and the result is committed. First
as after a restart of the machine, when every database page is read from the disk, then with the index
in the system's cache, by the clock and in CPU time. The sizes take turns, so that other load affects all of them. `restart` is the
time from opening the file to the first committed article, with nothing of it in the cache.
"""

import argparse
import json
import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from math import inf
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from benchmarks.data.bulk_database import build
from benchmarks.data.generated_databases import row_of
from benchmarks.data.generated_news import Press
from storage.article_rows import Row
from storage.database import FILE, open_database, transaction
from storage.duplicates import deduplicate

_SIZES = (10_000, 1_000_000)
_ROUNDS, _COLD, _WARM, _BATCHES, _BATCH = 10, 50, 300, 10, 50
_RESTARTS = 5
_INDEXES = ("articles_by_text", "sqlite_autoindex_articles_1")
_INDEX_TABLES = (
    *("_duplicate_entries", "_duplicate_sketches", "_duplicate_pairs"),
    *("_stop_shingles", "_crowded_shingles"),
)


@dataclass(slots=True)
class Store:
    """A database, its next articles, and their cost in milliseconds."""

    size: int
    db: Database
    rows: Iterator[Row]
    prepared: list[Row] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    batches: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=_SIZES, metavar="SIZE")
    parser.add_argument("--folder", type=Path, help="keep the databases here")
    parser.add_argument("--lead", action="store_true", help="store the first paragraphs only")
    parser.add_argument("--minutes", type=float, default=inf, help="for building a database")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stores = []
        for size in arguments.sizes:
            database = folder / (f"{size}-lead" if arguments.lead else str(size))
            build(database, size, lead=arguments.lead, seconds=60 * arguments.minutes)
            stores.append(stack.enter_context(_open_store(database)))
        _measure(stores)
        _report(stores)


@contextmanager
def _open_store(folder: Path) -> Iterator[Store]:
    restarts, seed = [], _size(folder)
    # Another seed for new texts and ids, also when a database is measured a second time.
    rows = map(row_of, Press(2 * seed + 1).articles(seed))
    for row in islice(rows, _RESTARTS):
        _drop_cache(folder / FILE)
        started = time.perf_counter()
        with open_database(folder) as db, transaction(db):
            deduplicate.add_text(db, row, ())
        restarts.append((time.perf_counter() - started) * 1000)
        _empty_search_queue(folder)
    _drop_cache(folder / FILE)
    with open_database(folder) as db:
        yield Store(seed, db, rows, restarts=restarts)
    _empty_search_queue(folder)


def _empty_search_queue(folder: Path) -> None:
    """The next opening would index for the search what was only compared here."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("DELETE FROM _search_queue")


def _size(folder: Path) -> int:
    with open_database(folder) as db:
        return int(db.execute("SELECT count(*) FROM _duplicate_entries").fetchone()[0])


def _drop_cache(file: Path) -> None:
    """Drop the file from the system's cache, as a restart of the machine would."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _measure(stores: Sequence[Store]) -> None:
    for _ in range(_ROUNDS):
        for store in stores:
            _prepare(store, _COLD)
            store.cold += [_add(store, 1) for _ in range(_COLD)]
    for store in stores:
        for table in (*_INDEX_TABLES, *(f"articles INDEXED BY {name}" for name in _INDEXES)):
            store.db.execute(f"SELECT count(*) FROM {table}").fetchone()
    for _ in range(_ROUNDS):
        for store in stores:
            _prepare(store, _WARM + _BATCHES * _BATCH)
            for _ in range(_WARM):
                started = time.process_time()
                store.warm.append(_add(store, 1))
                store.processor.append((time.process_time() - started) * 1000)
            store.batches += [_add(store, _BATCH) for _ in range(_BATCHES)]


def _prepare(store: Store, count: int) -> None:
    store.prepared = list(islice(store.rows, count))


def _add(store: Store, count: int) -> float:
    rows = store.prepared[:count]
    del store.prepared[:count]
    started = time.perf_counter()
    with transaction(store.db):
        for row in rows:
            deduplicate.add_text(store.db, row, ())
    return (time.perf_counter() - started) * 1000


def _report(stores: Sequence[Store]) -> None:
    print("one article per transaction, ms          median     p95     p99     max   a second")
    for store in stores:
        kinds = ("from the disk", store.cold), ("in memory", store.warm), ("CPU", store.processor)
        for name, times in kinds:
            figures = np.quantile(times, [0.5, 0.95, 0.99, 1])
            cells = " ".join(f"{figure:7.2f}" for figure in figures)
            print(f"{store.size:9,} stored, {name:13}      {cells}   {1000 / np.mean(times):8.0f}")
    for store in stores:
        a_second = _BATCH * 1000 / np.mean(store.batches)
        print(
            f"{store.size:9,} stored: {a_second:.0f} a second in transactions of {_BATCH}, "
            f"{_bytes(store.db):.0f} bytes of index per article, restart {np.median(store.restarts):.0f} ms"
        )
    print(f"process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if len(stores) > 1:
        _compare("in memory", stores[0].warm, stores[-1].warm, " (limits: 3 and 10)")
        _compare("CPU, which other load hardly affects", stores[0].processor, stores[-1].processor)
        _compare("after a restart", stores[0].cold, stores[-1].cold)


def _compare(
    name: str, smallest: Sequence[float], largest: Sequence[float], limits: str = ""
) -> None:
    median, tail = np.quantile(largest, [0.5, 0.95]) / np.quantile(smallest, [0.5, 0.95])
    print(f"largest by smallest, {name}: median × {median:.2f}, p95 × {tail:.2f}{limits}")


def _bytes(db: Database) -> float:
    """Bytes per article of the index's tables and their own indexes."""
    names = db.execute(
        "SELECT name FROM sqlite_master WHERE tbl_name IN (SELECT value FROM json_each(?))",
        [json.dumps(_INDEX_TABLES)],
    ).fetchall()
    sizes = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = ? AND aggregate = TRUE"
    total = sum(int(db.execute(sizes, [name]).fetchone()[0]) for (name,) in names)
    return total / int(db.execute("SELECT count(*) FROM _duplicate_entries").fetchone()[0])


if __name__ == "__main__":
    main()
