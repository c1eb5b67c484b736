"""Databases that earlier versions wrote: what they hold is there in this one."""

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article

from storage.articles import store
from storage.database import FILE, open_database
from storage.migrations import migrations
from storage.sites import ensure

# One of each state: with what it was made of, and dropped without.
LEARNED = """
INSERT INTO templates (template, site, path, state, learned, articles, used)
    VALUES (1, 'news', 'main > article', 'learned', '2026-11-01T00:00:00Z', 12, 40);
INSERT INTO templates (template, site, path, state, reason, learned, dropped, articles, rests)
    VALUES (2, 'news', '', 'dropped', 'x', '2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z', 40, 1);
INSERT INTO _template_data (template, data) VALUES (1, '{"region": ["main", "article"]}');
"""
PLACES = {
    "m017_regions": """INSERT INTO _places VALUES ('news', '0', '2026-11-01', '{"region": []}');""",
    "m018_without_templates": "INSERT INTO _places VALUES ('news', '0', '2026-11-01', '[]', '{}');",
}


def schema(db: Database) -> dict[tuple[str, str], str]:
    sql = "SELECT type, name, sql FROM sqlite_master WHERE name <> '_sqlite_migrations'"
    return {(kind, name): made for kind, name, made in db.execute(sql)}


def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_sqlite_migrations'"
    return {
        name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
        for (name,) in db.execute(sql).fetchall()
    }


@pytest.mark.parametrize("version", PLACES)
def test_learned_templates_go_and_nothing_else(version: str, tmp_path: Path) -> None:
    old = Database(tmp_path / FILE)
    migrations.apply(old, stop_before=version)
    ensure(old, "news")
    for sample in range(3):
        store(old, article(sample), now=NOW)
    old.executescript(LEARNED + PLACES[version])
    before = contents(old)
    gone = {name: before.pop(name) for name in ("templates", "_template_data", "_places")}
    assert all(gone.values())
    assert len(before["articles"]) == 3
    old.close()
    with open_database(tmp_path) as db, open_database(tmp_path / "new") as new:
        assert contents(db) == before
        assert schema(db) == schema(new)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert not [name for _, name in schema(new) if "template" in name or "places" in name]
