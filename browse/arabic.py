"""Search in any spelling: the functions that datasette's SQL is given."""

import sqlite3

from datasette import hookimpl

from browse.found import in_context
from storage.expression import expression


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    # datasette's own has no folding. It has registered it by now, and calls it by this name
    # wherever `_search=` is used.
    conn.create_function("escape_fts", 1, lambda query: expression(query or ""))
    conn.create_function("in_context", 2, in_context)
