"""Articles a second through the index of duplicates on one core, beside datasketch and rensa.

usage: python -m benchmarks.duplicates_speed FOLDER

FOLDER holds articles.jsonl.gz, pairs.jsonl and ignore.jsonl. Warraq is measured from the stored text
to the committed comparison, including folding, and as `store`, including search and frontier. The
others start from folded texts and commit nothing.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from benchmarks.data import labelled_duplicates
from benchmarks.data.generated_databases import row_of
from benchmarks.data.labelled_duplicates import Labels
from items import Article
from pipelines.refine_text import refine_text
from storage import articles as stored
from storage.article_rows import Row
from storage.database import open_database, transaction
from storage.duplicates import deduplicate
from storage.duplicates.shingles import sketch, tokenise
from text.folding import _fold_by_pattern, fold
from text.normalise import normalise_article
from text.timestamps import utc_now

_PERMUTATIONS = 128
_LOW, _HIGH = 0.5, 0.7

Pairs = Iterator[tuple[int, int]]


def installed() -> dict[str, Callable[[Iterable[str]], Pairs]]:
    peers = {
        f"datasketch MinHashLSH, threshold {_LOW}": ("datasketch", datasketch_pairs),
        f"rensa RMinHashLSH, estimated Jaccard {_HIGH}": ("rensa", rensa_pairs),
    }
    return {name: pairs for name, (module, pairs) in peers.items() if find_spec(module)}


def datasketch_pairs(texts: Iterable[str]) -> Pairs:
    from datasketch import MinHash, MinHashLSH

    index: Any = MinHashLSH(threshold=_LOW, num_perm=_PERMUTATIONS)
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def rensa_pairs(texts: Iterable[str]) -> Pairs:
    from rensa import RMinHash, RMinHashLSH

    index: Any = RMinHashLSH(threshold=_LOW, num_perm=_PERMUTATIONS, num_bands=32)
    sketches: list[Any] = []
    for number, text in enumerate(texts):
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=42)
        sketch.update(shingles(text))
        for other in index.query(sketch):
            if sketches[other].jaccard(sketch) >= _HIGH:
                yield other, number
        index.insert(number, sketch)
        sketches.append(sketch)


def shingles(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[start : start + 3]) for start in range(max(1, len(words) - 2))]


_BATCH = 50
_ROUNDS = 3

Work = Callable[[Sequence[Article]], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    labels = labelled_duplicates.read(parser.parse_args().folder)
    articles = [_article(record) for record in labels.articles.values()]
    texts = [fold(article.text) for article in articles]
    print(f"{len(articles)} articles, the best of {_ROUNDS} runs, articles a second:")
    for name, step in _steps(texts).items():
        print(f"  {name:52} {_rate(step, articles):9,.0f}")
    for name, per in (("one per transaction", 1), (f"{_BATCH} per transaction", _BATCH)):
        rows = [row_of(article) for article in articles]
        print(f"  {f'comparison committed, {name}':52} {_add_rate(rows, per):9,.0f}")
        print(f"  {f'store, {name}':52} {_store_rate(articles, per):9,.0f}")
    for name, peer in installed().items():
        _peer(name, peer, texts, labels)


def _article(record: dict[str, str]) -> Article:
    refined = refine_text(
        record["text"],
        url=record["url"],
        title=record["title"],
        published=record["date"],
        language="ar",
    )
    return normalise_article(refined)


def _steps(texts: Sequence[str]) -> dict[str, Work]:
    return {
        "folding by regular expressions": lambda batch: [
            _fold_by_pattern(article.text) for article in batch
        ],
        "folding": lambda batch: [fold(article.text) for article in batch],
        "shingles and sketch of the folded text": lambda _: [
            sketch(tokenise(text).shingles) for text in texts
        ],
    }


def _rate(work: Work, articles: Sequence[Article]) -> float:
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        work(articles)
        times.append(time.perf_counter() - started)
    return len(articles) / min(times)


def _add_rate(rows: Sequence[Row], per: int) -> float:
    return _best_rate(
        len(rows),
        per,
        lambda db, start: [deduplicate.add_text(db, row, ()) for row in rows[start : start + per]],
    )


def _store_rate(articles: Sequence[Article], per: int) -> float:
    now = utc_now()
    return _best_rate(
        len(articles),
        per,
        lambda db, start: [
            stored.store(db, article, now=now) for article in articles[start : start + per]
        ],
    )


def _best_rate(count: int, per: int, work: Callable[[Database, int], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        with (
            tempfile.TemporaryDirectory() as temporary,
            open_database(Path(temporary)) as db,
        ):
            started = time.perf_counter()
            for start in range(0, count, per):
                with transaction(db):
                    work(db, start)
            times.append(time.perf_counter() - started)
    return count / min(times)


def _peer(
    name: str, find: Callable[[Iterable[str]], Pairs], texts: Sequence[str], labels: Labels
) -> None:
    started = time.perf_counter()
    numbers = list(find(texts))
    seconds = time.perf_counter() - started
    ids = list(labels.articles)
    pairs = {tuple(sorted((ids[first], ids[second]))) for first, second in numbers}
    score = labelled_duplicates.score(labels, pairs)  # type: ignore[arg-type]
    print(f"  {name:52} {len(texts) / seconds:9,.0f}  {score}")


if __name__ == "__main__":
    main()
