"""The weights of words by which the stories of an event are found: made once for a process, in a thread of
their own, since they take a second on a large corpus.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

from datasette.app import Datasette

from browse.hooks import hookimpl
from browse.live_database import database
from storage.events import WordWeights, last_number, word_weights

# The words are weighed anew when there are so many times as many stories.
_GROWTH = 1.25
# Of so few stories they are made at once.
_FEW_STORIES = 200

_thread = ThreadPoolExecutor(1, thread_name_prefix="event-weights")
# By the database's file: how many stories there were, and the weights.
_known: dict[Path, tuple[int, WordWeights]] = {}
_making: dict[Path, Future[None]] = {}


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Begin with them before the first story is asked for."""

    async def begin() -> None:
        # A file that is no database of ours is for the pages to complain of.
        with suppress(sqlite3.Error):
            await weights_if_known(datasette)

    return begin


async def weights_if_known(datasette: Datasette) -> WordWeights | None:
    """None while the first ones are being made; those of fewer stories while new ones are."""
    path, count = await _state(datasette)
    known = _known.get(path)
    if known is None or not known[0] <= count <= known[0] * _GROWTH:
        making = _begin(path)
        if count <= _FEW_STORIES:
            await asyncio.wrap_future(making)
            known = _known[path]
    return known[1] if known else None


async def weights(datasette: Datasette) -> WordWeights:
    """Those that are known, or the first ones as soon as they are made."""
    known = await weights_if_known(datasette)
    if known is not None:
        return known
    path, _count = await _state(datasette)
    if path not in _known:
        await asyncio.wrap_future(_begin(path))
    return _known[path][1]


async def _state(datasette: Datasette) -> tuple[Path, int]:
    """The file, and the number that a next story would have."""
    found = database(datasette)
    return Path(found.path).absolute(), await found.execute_fn(last_number) + 1


def _begin(path: Path) -> Future[None]:
    """One at a time for each database, whoever asks."""
    making = _making.get(path)
    if making is None or making.done():
        making = _making[path] = _thread.submit(_make, path)
    return making


def _make(path: Path) -> None:
    reader = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    with closing(reader) as connection:
        count = last_number(connection) + 1
        _known[path] = count, word_weights(connection)
