"""Exports of a corpus, format by format: the first bytes, articles a second, memory.

usage: python -m benchmarks.exports FOLDER [--search WORDS] [--formats csv,xlsx]

FOLDER has a `warraq.db`, such as `benchmarks.data.generated_databases.fill` makes one; it is only read.
Each format is written twice, each time by a process of its own: of 10 000 articles, and of all.
Memory that grows from the one to the other grows with the corpus. `--search` adds a search to it.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from sqlite_utils import Database

from storage.formats.corpus_facts import count_selected, facts_of
from storage.formats.file_formats import FORMATS
from storage.selection import Selection, selected

_FEW = 10_000
_NAMES = [name for name, entry in FORMATS.items() if not entry.needs_archive]


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--search", default="")
    parser.add_argument("--formats", default=",".join(_NAMES))
    parser.add_argument("--one", nargs=2, metavar=("FORMAT", "ARTICLES"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.folder, given.search, given.one[0], int(given.one[1]))))
        return
    print(
        "| format | first bytes, ms | articles a second | MiB | RSS at 10 000, MiB | RSS at all, MiB |"
    )
    print("|---|---|---|---|---|---|")
    for name in given.formats.split(","):
        few, every = (_in_a_process(given, name, count) for count in (_FEW, sys.maxsize))
        print(
            f"| {name} | {every['first'] * 1000:.0f} | {every['rate']:.0f} | {int(every['size']) >> 20} "
            f"| {few['memory']} | {every['memory']} |",
            flush=True,
        )


def _in_a_process(given: argparse.Namespace, name: str, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.exports", str(given.folder)]
    command += ["--search", given.search, "--one", name, str(count)]
    result: dict[str, float] = json.loads(subprocess.check_output(command))
    return result


def measured(folder: Path, search: str, name: str, count: int) -> dict[str, float]:
    """`first`: seconds until the first bytes, the count and the outlets with them; `memory`: MiB."""
    connection = sqlite3.connect(f"file:{folder / 'warraq.db'}?mode=ro", uri=True)
    db, selection, entry = Database(connection), Selection(search=search), FORMATS[name]
    start = time.perf_counter()
    facts = facts_of(db, selection, counted=entry.needs_count)
    if facts.count:
        facts = replace(facts, count=min(facts.count, count))
    rows = islice(chain.from_iterable(selected(db, selection)), min(count, sys.maxsize))
    chunks: Iterator[bytes] = entry.write(rows, facts)
    size = len(next(chunks))
    first = time.perf_counter() - start
    size += sum(map(len, chunks))
    seconds = time.perf_counter() - start
    total = min(count, count_selected(db, selection))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {"first": first, "rate": total / seconds, "size": size, "memory": memory}


if __name__ == "__main__":
    main()
