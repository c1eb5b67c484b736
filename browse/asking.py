"""Questions to the live database, answered as plain rows. Nothing here can write."""

from collections.abc import Mapping
from typing import Any

from datasette.app import Datasette
from datasette.database import Database

DATABASE = "warraq"

Row = dict[str, Any]


def database(datasette: Datasette) -> Database:
    return datasette.get_database(DATABASE)


async def rows(
    datasette: Datasette, sql: str, values: Mapping[str, Any] | None = None
) -> list[Row]:
    found = await database(datasette).execute(sql, dict(values or {}))
    return [dict(row) for row in found.rows]


async def answers(datasette: Datasette, query: str, **values: Any) -> list[Row]:
    """What a canned query gives; a value it wants and is not given is empty."""
    known = await datasette.get_canned_query(DATABASE, query, None)
    return await rows(datasette, known["sql"], values)
