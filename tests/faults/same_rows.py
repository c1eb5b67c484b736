"""Compares two databases row for row, without the times at which the rows were written."""

from collections.abc import Collection, Mapping

from sqlite_utils import Database

# They differ in every run.
TIMES = frozenset(
    {
        *("first_seen", "last_seen", "discovered_at", "finished_at", "ingested_at"),
        *("seen", "valid_from", "valid_to", "learned_at"),
        *("applied_at", "began", "finished", "imported_at", "fetched"),
        *("due", "recheck_at", "saved"),
    }
)


def differences(
    first: Database, second: Database, *, without: Mapping[str, Collection[str]] | None = None
) -> list[str]:
    """A sentence for each table that differs. `without`: more columns to ignore, by table; `*`: the whole
    table.
    """
    problems = []
    for table in sorted({*first.table_names(), *second.table_names()}):
        ignored = set((without or {}).get(table, ())) | TIMES
        if table.startswith(("_search", "sqlite", "_sqlite")) or "*" in ignored:
            continue
        rows = [_rows(db, table, ignored) for db in (first, second)]
        if rows[0] != rows[1]:
            example = next(iter(set(rows[0]) ^ set(rows[1])), "the same rows in other numbers")
            problems.append(
                f"{table}: {len(rows[0])} rows and {len(rows[1])}; such as {example}"[:400]
            )
    return problems


def _rows(db: Database, table: str, ignored: Collection[str]) -> list[str]:
    columns = [f"[{column.name}]" for column in db[table].columns if column.name not in ignored]
    if not columns:
        return []
    return sorted(map(repr, db.execute(f"SELECT {', '.join(columns)} FROM [{table}]").fetchall()))


def disagreements(
    first: Database,
    second: Database,
    queries: Mapping[str, str],
    *,
    without: Collection[str] = (),
) -> list[str]:
    """A sentence for each query, by name, with other rows, in any order."""
    problems = []
    for name, sql in queries.items():
        rows = [_results(db, sql, {*TIMES, *without}) for db in (first, second)]
        if rows[0] != rows[1]:
            example = next(iter(set(rows[0]) ^ set(rows[1])), "the same rows in other numbers")
            problems.append(
                f"{name}: {len(rows[0])} rows and {len(rows[1])}; such as {example}"[:400]
            )
    return problems


def _results(db: Database, sql: str, ignored: Collection[str]) -> list[str]:
    rows = db.query(sql)
    return sorted(repr([(k, v) for k, v in row.items() if k not in ignored]) for row in rows)
