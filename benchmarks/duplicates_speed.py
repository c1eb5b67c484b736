"""Articles a second through the index of duplicates on one core, and through those of others.

usage: python -m benchmarks.duplicates_speed FOLDER

FOLDER holds articles.jsonl.gz, pairs.jsonl and ignore.jsonl. Ours is measured from the stored text
to the committed verdict, folding included; and as `store` with all that it does beside: the search,
the frontier. The others start from folded texts and commit nothing.
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

Found = Iterator[tuple[int, int]]


def installed() -> dict[str, Callable[[Iterable[str]], Found]]:
    peers = {
        f"datasketch MinHashLSH, threshold {_LOW}": ("datasketch", datasketch_pairs),
        f"rensa RMinHashLSH, estimated Jaccard {_HIGH}": ("rensa", rensa_pairs),
    }
    return {name: pairs for name, (module, pairs) in peers.items() if find_spec(module)}


def datasketch_pairs(texts: Iterable[str]) -> Found:
    from datasketch import MinHash, MinHashLSH

    index: Any = MinHashLSH(threshold=_LOW, num_perm=_PERMUTATIONS)
    for number, text in enumerate(texts):
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def rensa_pairs(texts: Iterable[str]) -> Found:
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
    return [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))]


_BATCH = 50
_ROUNDS = 3

Work = Callable[[Sequence[Article]], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    known = labelled_duplicates.read(parser.parse_args().folder)
    articles = [_article(said) for said in known.articles.values()]
    texts = [fold(article.text) for article in articles]
    print(f"{len(articles)} articles, the best of {_ROUNDS} runs, articles a second:")
    for name, step in _steps(texts).items():
        print(f"  {name:52} {_rate(step, articles):9,.0f}")
    for name, per in (("one a transaction", 1), (f"{_BATCH} a transaction", _BATCH)):
        rows = [row_of(article) for article in articles]
        print(f"  {f'verdict committed, {name}':52} {_judging(rows, per):9,.0f}")
        print(f"  {f'store, {name}':52} {_storing(articles, per):9,.0f}")
    for name, peer in installed().items():
        _peer(name, peer, texts, known)


def _article(said: dict[str, str]) -> Article:
    refined = refine_text(
        said["text"], url=said["url"], title=said["title"], published=said["date"], language="ar"
    )
    return normalise_article(refined)


def _steps(texts: Sequence[str]) -> dict[str, Work]:
    return {
        "folding as it is said plainly": lambda all_: [_fold_by_pattern(a.text) for a in all_],
        "folding": lambda all_: [fold(article.text) for article in all_],
        "shingles and sketch of the folded text": lambda all_: [
            sketch(tokenise(text).shingles) for text in texts
        ],
    }


def _rate(work: Work, articles: Sequence[Article]) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        work(articles)
        times.append(time.perf_counter() - began)
    return len(articles) / min(times)


def _judging(rows: Sequence[Row], per: int) -> float:
    return _best(
        len(rows),
        per,
        lambda db, at: [deduplicate.add_text(db, row, ()) for row in rows[at : at + per]],
    )


def _storing(articles: Sequence[Article], per: int) -> float:
    now = utc_now()
    return _best(
        len(articles),
        per,
        lambda db, at: [stored.store(db, each, now=now) for each in articles[at : at + per]],
    )


def _best(count: int, per: int, work: Callable[[Database, int], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        with (
            tempfile.TemporaryDirectory() as temporary,
            open_database(Path(temporary)) as db,
        ):
            began = time.perf_counter()
            for at in range(0, count, per):
                with transaction(db):
                    work(db, at)
            times.append(time.perf_counter() - began)
    return count / min(times)


def _peer(
    name: str, find: Callable[[Iterable[str]], Found], texts: Sequence[str], known: Labels
) -> None:
    began = time.perf_counter()
    found = list(find(texts))
    seconds = time.perf_counter() - began
    ids = list(known.articles)
    pairs = {tuple(sorted((ids[one], ids[other]))) for one, other in found}
    scored = labelled_duplicates.score(known, pairs)  # type: ignore[arg-type]
    print(f"  {name:52} {len(texts) / seconds:9,.0f}  {scored}")


if __name__ == "__main__":
    main()
