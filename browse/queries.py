"""Questions to the live database, answered as plain rows, and a copy of it made at one instant.
Nothing here can write.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import AsgiFileDownload, Forbidden

from storage.database import FILE

DATABASE = "warraq"

Answer = dict[str, Any]


def database(datasette: Datasette) -> Database:
    return datasette.get_database(DATABASE)


async def rows(
    datasette: Datasette, sql: str, values: Mapping[str, Any] | None = None
) -> list[Answer]:
    found = await database(datasette).execute(sql, dict(values or {}))
    return [dict(row) for row in found.rows]


async def answers(datasette: Datasette, query: str, **values: Any) -> list[Answer]:
    """What a canned query gives; a value it wants and is not given is empty."""
    known = await datasette.get_canned_query(DATABASE, query, None)
    return await rows(datasette, known["sql"], values)


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
