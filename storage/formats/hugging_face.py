"""The corpus as a data set of Hugging Face: shards of Parquet, and a card."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from math import ceil

from storage.article_rows import Row
from storage.formats import parquet
from storage.formats.corpus_facts import CorpusFacts
from storage.formats.dataset_card import CardCounts, card

# Some 50 to 100 MB.
ARTICLES_A_SHARD = 20_000
_NAME = re.compile(r"README\.md|data/train-\d{5}-of-\d{5}\.parquet")


def is_name(path: str) -> bool:
    """Whether a path in a folder is one of a data set's."""
    return _NAME.fullmatch(path) is not None


def files(rows: Iterable[Row], facts: CorpusFacts) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The shards are as many as `facts.count` needs: what the corpus has won since it was counted is in the
    last one, and what it has lost is missing there. The card counts what was written, and is the last.
    """
    assert facts.count is not None
    shards = max(1, ceil(facts.count / ARTICLES_A_SHARD))
    counts = CardCounts()
    rows = map(counts.add, rows)
    for shard in range(shards):
        part = chain(rows) if shard == shards - 1 else islice(rows, ARTICLES_A_SHARD)
        yield f"data/train-{shard:05d}-of-{shards:05d}.parquet", parquet.write(part, facts)
    yield "README.md", [card(counts, facts).encode()]
