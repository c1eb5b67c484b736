"""Whether the order in which texts come in makes a difference to what is held to be one story.

usage: python -m benchmarks.orders FILE [--orders 5]

FILE is what `warraq import` reads. The texts are refined once, then stored in shuffled orders, one a
transaction, a second apart, each time in a new database.
"""

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from items import Article
from pipelines.imported import refine_text
from storage import intake
from storage.articles import store
from storage.clock import later, utc_now
from storage.database import open_database
from storage.documents import Document
from storage.duplicates.listing import clusters

Stories = set[frozenset[str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--orders", type=int, default=5)
    arguments = parser.parse_args()
    articles = [
        _article(said) for said in intake.read(arguments.file) if isinstance(said, Document)
    ]
    first, worst = _stories(articles), 0
    print(f"as they are: {len(articles)} texts, {len(first)} stories")
    for seed in range(arguments.orders):
        shuffled = random.Random(seed).sample(articles, len(articles))
        found = _stories(shuffled)
        worst = max(worst, len(found ^ first))
        print(f"order {seed}: {len(found)} stories, {len(found - first)} of them others")
    return 1 if worst else 0


def _article(said: Document) -> Article:
    return refine_text(
        said.text, url=said.url, title=said.title, source=said.source, published=said.published
    )


def _stories(articles: Sequence[Article]) -> Stories:
    began = utc_now()
    found: dict[str, set[str]] = defaultdict(set)
    with tempfile.TemporaryDirectory() as temporary, open_database(Path(temporary)) as db:
        for second, article in enumerate(articles):
            store(db, article, now=later(began, second))
        for url, original in clusters(db):
            found[original].add(url)
    return {frozenset(urls) for urls in found.values()}


if __name__ == "__main__":
    sys.exit(main())
