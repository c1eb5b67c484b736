"""Queries on the live database, which is open read-only, and a consistent copy of it to download.
The canned queries are files in `queries/`.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.utils.asgi import AsgiFileDownload, Forbidden

from storage.database import FILE

DATABASE = "warraq"

ResultRow = dict[str, Any]


class LiveDatabase(Database):  # type: ignore[misc]
    """Counts no internal tables, which nobody may see: the blocks of the full-text index alone are as many
    as there are stories.
    """

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """All in one query: each waits for a connection. datasette's `limit` is not heeded, since SQLite
        looks at no clock while it counts.
        """
        shown = [name for name in await self.table_names() if not name.startswith("_")]
        if not shown:
            return {}
        counts = ", ".join(f'(SELECT count(*) FROM "{name}")' for name in shown)  # noqa: S608
        try:
            return dict(zip(shown, (await self.execute(f"SELECT {counts}")).rows[0], strict=True))
        except QueryInterrupted:
            return dict.fromkeys(shown)


def database(datasette: Datasette) -> Database:
    return datasette.get_database(DATABASE)


async def rows(
    datasette: Datasette, sql: str, values: Mapping[str, Any] | None = None
) -> list[ResultRow]:
    result = await database(datasette).execute(sql, dict(values or {}))
    return [dict(row) for row in result.rows]


async def query_rows(datasette: Datasette, name: str, **values: Any) -> list[ResultRow]:
    """The rows of a canned query; parameters without a value are empty."""
    return await rows(datasette, await query_sql(datasette, name), values)


async def query_sql(datasette: Datasette, name: str) -> str:
    return str((await datasette.get_canned_query(DATABASE, name, None))["sql"])


async def download(datasette: Datasette, send: Callable[[Any], Awaitable[None]]) -> None:
    """Send a consistent copy of the database. datasette's own download refuses a file that may change,
    since half of a write could be in it.
    """
    if not datasette.setting("allow_download"):
        raise Forbidden("Database download is forbidden")
    source = Path(database(datasette).path)
    # Beside the database: another disk may have no room for a file of this size.
    with tempfile.TemporaryDirectory(prefix=".download-", dir=source.parent) as folder:
        copy = Path(folder) / FILE
        await asyncio.to_thread(_copy, source, copy)
        await AsgiFileDownload(str(copy), FILE, "application/vnd.sqlite3").asgi_send(send)


def _copy(source: Path, target: Path) -> None:
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    with closing(reader), closing(sqlite3.connect(target)) as copy:
        reader.backup(copy)
