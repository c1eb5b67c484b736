"""The whole database to take away: a copy made at one instant, however much is being written."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import AsgiFileDownload, Forbidden

from browse.asking import database
from storage.database import FILE


async def download(datasette: Datasette, send: Callable[[Any], Awaitable[None]]) -> None:
    """Not datasette's own, which gives away no file that is in use: half of a write could be in it."""
    if not datasette.setting("allow_download"):
        raise Forbidden("Database download is forbidden")
    source = Path(database(datasette).path)
    # Beside the database: there may be no room for another of its size elsewhere.
    with tempfile.TemporaryDirectory(prefix=".download-", dir=source.parent) as folder:
        copy = Path(folder) / FILE
        await asyncio.to_thread(_copy, source, copy)
        await AsgiFileDownload(str(copy), FILE, "application/vnd.sqlite3").asgi_send(send)


def _copy(source: Path, target: Path) -> None:
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    with closing(reader), closing(sqlite3.connect(target)) as copy:
        reader.backup(copy)
