"""The migrations that make the tables, in their order: a file of SQL for each. A released one is never
edited.

No view or trigger calls a function of ours, so that any SQLite opens the database.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from sqlite_utils import Database, Migrations

from storage.migrations.schema import run_script, schema_of

_NAMES = (
    "m001_articles",
    "m002_copies_and_revisions",
    "m003_crawling",
    "m004_boilerplate",
    "m005_search",
    "m006_browsing",
    "m007_service",
    "m008_duplicates",
    "m009_browsing_by_site",
    "m010_rechecks",
    "m011_crawls_with_pages",
    "m012_sketched",
    "m013_archive",
    "m014_slices",
    "m015_answers",
    "m016_templates",
    "m017_regions",
    "m018_without_templates",
    "m019_names",
    "m020_kinds",
    "m021_identity",
    "m022_later_pages",
    "m023_gone",
    "m024_rights",
    "m025_backfills",
    "m026_tombstones",
    "m027_search",
    "m028_watches",
    "m029_refined_by",
)

migrations = Migrations("warraq")


def unknown_migrations(db: Database) -> list[str]:
    """Applied migrations that this version does not know: a newer one wrote the file."""
    return [done.name for done in migrations.applied(db) if done.name not in _NAMES]


def is_foreign(db: Database) -> bool:
    """Whether the file has tables, but none of ours."""
    return bool(db.table_names()) and not migrations.applied(db)


def _rename_revisions_of_copies(db: Database) -> None:
    """The revisions of a copy are its own JSON, with the columns of `revisions` for keys."""
    names = {"seen": "valid_from", "replaced": "valid_to", "why": "cause"}
    sql = "SELECT id, revisions FROM copies WHERE revisions IS NOT NULL"
    for copy, text in db.execute(sql).fetchall():
        revisions = [
            {names.get(key, key): value for key, value in revision.items()}
            for revision in json.loads(text)
        ]
        renamed = json.dumps(revisions, ensure_ascii=False)
        db.execute("UPDATE copies SET revisions = ? WHERE id = ?", [renamed, copy])


# Steps of a migration after its SQL.
_AFTER: dict[str, tuple[Callable[[Database], None], ...]] = {
    "m019_names": (_rename_revisions_of_copies,),
}


def _register(name: str) -> None:
    @migrations(name=name)
    def run(db: Database) -> None:
        run_script(db, name)
        for step in _AFTER.get(name, ()):
            step(db)


for _name in _NAMES:
    _register(_name)


def make_tables(db: Database) -> None:
    """The current tables in `db`, whatever version wrote it, or none. Inside a transaction."""
    if db.table_names():
        migrations.apply(db)
        return
    run_script(db, "schema")
    migrations.ensure_migrations_table(db)
    db.conn.executemany(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)",
        [(migrations.name, name, str(datetime.now(UTC))) for name in _NAMES],
    )


def current_schema(db: Database) -> str:
    """What `schema.sql` has to be: of the tables that the migrations make in `db`, which is empty."""
    migrations.apply(db)
    source = "-- Made by `python -m storage.migrations` of the migrations, which are the source."
    # sqlite-utils makes the table of what was applied.
    ours = [f"{sql};" for sql in schema_of(db) if migrations.migrations_table not in sql]
    return "\n".join([source, *ours, ""])
