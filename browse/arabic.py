"""Search in any spelling: the functions that datasette's SQL is given, and its search box."""

import sqlite3
from collections.abc import Awaitable, Callable

from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request

from browse.asking import DATABASE, rows
from browse.hooks import hookimpl
from browse.search import in_context
from storage.search_query import expression

_MATCHING = "number IN (SELECT rowid FROM _search WHERE _search MATCH escape_fts(:search))"
_COUNT = "SELECT count(*) AS found FROM _search WHERE _search MATCH escape_fts(:search)"
# Articles that are looked up one by one in the time in which an index of all of them is read.
_FEW = 4000


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    # datasette's own has no folding. It has registered it by now, under this name.
    conn.create_function("escape_fts", 1, lambda query: expression(query or ""))
    conn.create_function("in_context", 2, in_context)


@hookimpl(trylast=True)
def filters_from_request(
    request: Request, database: str, table: str, datasette: Datasette
) -> Callable[[], Awaitable[FilterArguments]] | None:
    """The search box of the stories. datasette's own asks in one way however many are found;
    at 100 000 articles a frequent word took it 1 s, and takes 0.2 s with the `+`.
    """
    if (database, table) != (DATABASE, "articles"):
        return None

    async def matching() -> FilterArguments:
        search = request.args.get("_search")
        context = {"supports_search": True, "search": search}
        if search is None:
            return FilterArguments([], extra_context=context)
        [count] = await rows(datasette, _COUNT, {"search": search})
        plan = "" if count["found"] < _FEW else "+"
        said = [f'search matches "{search}"']
        return FilterArguments([plan + _MATCHING], {"search": search}, said, context)

    return matching
