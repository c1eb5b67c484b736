"""A worker that plays refinement: it waits as long as that takes, and sends back whole articles.

Started by `cluster_ceiling`: python -m benchmarks.played ADDRESS WORKERS MILLISECONDS FILE
"""

import asyncio
import pickle
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.press import Press
from items import Article
from pipelines.captured import WarcSlice
from pipelines.cluster import require
from pipelines.cluster.tasks import Pools
from pipelines.cluster.worker import work
from pipelines.slices import Batch, Outcome

# A quarter of a slice's: else a short run ends before the first ones do.
PAGES = 50
_WHEN = "2026-11-01T06:00:00Z"


@dataclass(frozen=True, slots=True)
class Player:
    """In the place of the pool of processes."""

    workers: int
    seconds: float
    articles: Sequence[Article]

    async def refine_slice(self, part: WarcSlice) -> Batch:
        await asyncio.sleep(PAGES * self.seconds)
        chosen = self.articles[part.offset : part.end]
        return Batch(tuple(_outcome(article, part.offset) for article in chosen))


def _outcome(article: Article, record: int) -> Outcome:
    return Outcome(record, article.url or "", _WHEN, article)


def write_articles(file: Path, count: int) -> None:
    made = [_of_its_outlet(article) for article in islice(Press().articles(), count)]
    file.write_bytes(pickle.dumps(made))


def _of_its_outlet(article: Article) -> Article:
    return replace(article, site=(article.url or "").split("/")[2])


async def _play(address: str, player: Any) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await work(address, Pools(player, player), stop, host="127.0.0.1")


def main(address: str, workers: str, milliseconds: str, file: str) -> None:
    require()
    articles = pickle.loads(Path(file).read_bytes())
    # The engine is given one batch more than there are workers; here that would be one more.
    player = Player(int(workers) - 1, float(milliseconds) / 1000, articles)
    asyncio.run(_play(address, player))


if __name__ == "__main__":
    main(*sys.argv[1:])
