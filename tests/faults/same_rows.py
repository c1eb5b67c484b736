"""Whether two databases say the same, row for row, but for when it was done."""

from collections.abc import Collection, Mapping

from sqlite_utils import Database

# When it was done is another time in every run.
TIMES = frozenset(
    {
        *("first_seen", "last_seen", "discovered_at", "finished_at", "ingested_at"),
        *("seen", "valid_from", "valid_to", "learned_at"),
        *("applied_at", "began", "finished", "imported_at", "fetched"),
        *("due", "recheck_at", "saved"),
    }
)


def differences(
    one: Database, other: Database, *, without: Mapping[str, Collection[str]] | None = None
) -> list[str]:
    """A sentence for each table that differs. `without`: columns left aside as well, by table; a
    table with the column `*` is not looked at.
    """
    found = []
    for table in sorted({*one.table_names(), *other.table_names()}):
        aside = set((without or {}).get(table, ())) | TIMES
        if table.startswith(("_search", "sqlite", "_sqlite")) or "*" in aside:
            continue
        here, there = (_rows(db, table, aside) for db in (one, other))
        if here != there:
            example = next(iter(set(here) ^ set(there)), "the same rows in other numbers")
            found.append(f"{table}: {len(here)} rows and {len(there)}; such as {example}"[:400])
    return found


def _rows(db: Database, table: str, aside: Collection[str]) -> list[str]:
    columns = [f"[{column.name}]" for column in db[table].columns if column.name not in aside]
    if not columns:
        return []
    return sorted(map(repr, db.execute(f"SELECT {', '.join(columns)} FROM [{table}]").fetchall()))


def disagreements(
    one: Database,
    other: Database,
    questions: Mapping[str, str],
    *,
    without: Collection[str] = (),
) -> list[str]:
    """A sentence for each question, by name, that is not answered alike, in whatever order."""
    found = []
    for name, sql in questions.items():
        here, there = (_answers(db, sql, {*TIMES, *without}) for db in (one, other))
        if here != there:
            example = next(iter(set(here) ^ set(there)), "the same rows in other numbers")
            found.append(f"{name}: {len(here)} rows and {len(there)}; such as {example}"[:400])
    return found


def _answers(db: Database, sql: str, aside: Collection[str]) -> list[str]:
    rows = db.query(sql)
    return sorted(repr([(k, v) for k, v in row.items() if k not in aside]) for row in rows)
