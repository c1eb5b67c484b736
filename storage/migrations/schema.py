"""The tables of a new database in one step: `schema.sql` is what the migrations, which are the source,
leave behind. One after the other they take 180 ms, this 10. `python -m storage.migrations` prints it anew.
"""

import sqlite3
from collections.abc import Iterator
from importlib import resources

from sqlite_utils import Database

# An index comes after its table, a trigger after what it writes to. What a virtual table keeps, it makes.
_SCHEMA = """
SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'
AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow')
ORDER BY type <> 'table', type = 'trigger', rowid
"""


def schema_of(db: Database) -> list[str]:
    """The statements that make the tables of `db`, in their order."""
    return [sql for (sql,) in db.execute(_SCHEMA).fetchall()]


def run_script(db: Database, name: str) -> None:
    """Execute the statements of `name`.sql, each of which ends with a line."""
    script = resources.files(__package__).joinpath(f"{name}.sql")
    for statement in _statements(script.read_text(encoding="utf-8")):
        db.conn.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """`executescript` of `sqlite3` would commit first, and that of sqlite-utils asks after each
    character whether a statement ends with it.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    yield statement
