"""Ten readers of different pages at once, while a writer stores articles.

usage: python -m benchmarks.readers --data DIR [--readers 10] [--articles 200]

DIR holds a large database (`python -m benchmarks.browse --data DIR` makes one); articles are added to it.
The writer stores one a transaction, and after each asks the reader for it: by its words, by their count and
on the front page. Prints the answers' times by page. Exits with 1 if an answer was no 200, or was stale.
"""

import argparse
import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from urllib.parse import quote

import httpx
from sqlite_utils import Database

from benchmarks.browse import serving
from benchmarks.data.generated_databases import generated
from items import Article
from storage.articles import store
from storage.database import open_database
from text.timestamps import utc_now

_PATHS = (
    *("/", "/search", f"/search?q={quote('السد')}", f"/search?q={quote('في')}", "/outlets"),
    *(f"/counts?q={quote('في')}", "/plots", "/warraq/articles", "/warraq/articles/77"),
    *("/outlets/site00", f"/search.atom?q={quote('السد')}", "/warraq"),
)
_PATIENCE = 60.0  # seconds

Answers = defaultdict[str, list[tuple[float, int]]]


def read(url: str, first: int, done: threading.Event, answers: Answers) -> None:
    """All pages in turn, from another one for each reader."""
    with httpx.Client(timeout=_PATIENCE) as client:
        turn = first
        while not done.is_set():
            path = _PATHS[turn % len(_PATHS)]
            start = time.perf_counter()
            status = client.get(url + path).status_code
            answers[path].append(((time.perf_counter() - start) * 1000, status))
            turn += 1


def write(db: Database, url: str, articles: Sequence[Article]) -> list[str]:
    """What was asked for after it was stored, and not there."""
    missing = []
    with httpx.Client(timeout=_PATIENCE) as client:
        for turn, article in enumerate(articles):
            # Letters alone: a word of no other article.
            word = "".join("بتثجحدرسصط"[int(digit)] for digit in f"{time.time_ns()}")
            published = utc_now()
            title = f"{word} {article.title}"
            own = replace(article, id=f"{time.time_ns():016x}", title=title, published=published)
            store(db, replace(own, url=f"{own.url}/{word}"), found_by="feed", now=published)
            if turn % 3 == 0:
                found = client.get(f"{url}/search.json?q={word}").json()["total"] == 1
            elif turn % 3 == 1:
                found = ",1," in client.get(f"{url}/counts.csv?q={word}").text
            else:
                found = word in client.get(f"{url}/").text
            missing += [] if found else [f"{turn}: {word}"]
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--readers", type=int, default=10)
    parser.add_argument("--articles", type=int, default=200)
    options = parser.parse_args()
    answers: Answers = defaultdict(list)
    done = threading.Event()
    articles = list(generated(options.articles, random.Random(time.time_ns())))
    with serving(options.data) as (url, _), open_database(options.data) as db:
        readers = [
            threading.Thread(target=read, args=(url, number, done, answers))
            for number in range(options.readers)
        ]
        for reader in readers:
            reader.start()
        try:
            missing = write(db, url, articles)
        finally:
            done.set()
            for reader in readers:
                reader.join()
    return report(answers, missing, len(articles))


def report(answers: Answers, missing: list[str], stored: int) -> int:
    errors = sum(status != 200 for found in answers.values() for _, status in found)
    for path, found in sorted(answers.items(), key=lambda item: -median(t for t, _ in item[1])):
        times = sorted(milliseconds for milliseconds, _ in found)
        p95 = times[max(0, int(len(times) * 0.95) - 1)]
        print(f"{median(times):8.0f} ms  {p95:8.0f} ms  {len(times):5}  {path}")
    print(f"{stored} articles stored, {len(missing)} not found at once; {errors} errors")
    return int(bool(errors or missing))


if __name__ == "__main__":
    raise SystemExit(main())
