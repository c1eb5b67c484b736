"""Databases that earlier versions wrote keep their content in this one."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, article_id, rows

import storage.migrations
from items import Site
from storage import crawls, http_validators, job_progress, rechecks, sites
from storage.archive.page_rows import of_article
from storage.article_rows import article_row, insert
from storage.articles import store
from storage.boilerplate.learn import learned
from storage.database import FILE, open_database
from storage.migrations import current_schema, migrations
from storage.poll_plan import suspects
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


def columns(db: Database) -> dict[str, list[str]]:
    return {name: [column.name for column in db[name].columns] for name in contents(db)}


def write(db: Database, table: str, **values: Any) -> None:
    db.execute(insert(values, table), values)


def old_row(number: int) -> dict[str, Any]:
    """An article's columns before m020."""
    row = article_row(article(number))
    return {name: value for name, value in row.items() if name not in ("kinds", "access")}


def write_article(db: Database, number: int) -> None:
    row = old_row(number) | {"number": number, "found_by": "feed"}
    write(db, "articles", **row, first_seen=NOW, last_seen=NOW)


def is_sound(db: Database, new: Database) -> bool:
    return (
        schema(db) == schema(new)
        and rows(db, "PRAGMA foreign_key_check") == []
        and rows(db, "PRAGMA integrity_check") == [("ok",)]
    )


def test_a_new_database_has_what_the_migrations_make(tmp_path: Path) -> None:
    migrated = Database(memory=True)
    made = current_schema(migrated)
    script = Path(storage.migrations.__file__).with_name("schema.sql")
    assert script.read_text(encoding="utf-8") == made, "run `python -m storage.migrations`"
    with open_database(tmp_path) as db:
        assert is_sound(db, migrated)
        assert contents(db) == contents(migrated)
        assert migrations.pending(db) == []
        names = "SELECT name FROM _sqlite_migrations ORDER BY id"
        assert rows(db, names) == rows(migrated, names)


@pytest.mark.parametrize("version", PLACES)
def test_learned_templates_go_and_nothing_else(version: str, tmp_path: Path) -> None:
    old = Database(tmp_path / FILE)
    migrations.apply(old, stop_before=version)
    ensure(old, "news")
    for sample in range(3):
        write_article(old, sample)
    old.executescript(LEARNED + PLACES[version])
    gone = contents(old)
    assert all(gone[name] for name in ("templates", "_template_data", "_places"))
    old.close()
    with open_database(tmp_path) as db, open_database(tmp_path / "new") as new:
        after = contents(db)
        assert after["articles"] == [(*row, *[None] * 6) for row in gone["articles"]]
        assert after["sites"] == gone["sites"]
        assert is_sound(db, new)
        assert not [name for _, name in schema(new) if "template" in name or "places" in name]


# What m019 calls otherwise, by the table's name before it.
TABLES = {
    "_pages": "_archived_pages",
    "_answers": "_archived_responses",
    "_parts": "_response_parts",
    "_slices": "_jobs",
    "_entries": "_duplicate_entries",
    "_likeness": "_duplicate_pairs",
    "_unjudged": "_duplicate_queue",
    "_sketches": "_duplicate_sketches",
    "_unindexed": "_search_queue",
    "_validators": "_http_validators",
}
COLUMNS = {
    "copies": {
        "of": "original",
        "of_url": "original_url",
        "of_published": "original_published",
    },
    "revisions": {"seen": "valid_from", "replaced": "valid_to", "why": "cause"},
    "frontier": {
        "found": "discovered_at",
        "settled": "finished_at",
        "unchanged": "unchanged_visits",
        "recheck": "recheck_at",
    },
    "boilerplate": {"learned": "learned_at", "cleaned": "cleaned_at", "line": "line_hash"},
    "_line_counts": {"line": "line_hash"},
    "_line_articles": {"line": "line_hash"},
    "crawls": {"read": "sources_read", "links": "links_listed", "other": "other_counts"},
    "sites": {"imported": "imported_at", "suspect": "suspect_reason"},
    "_pages": {
        "uri": "target_uri",
        "refers": "revisit_of",
        "part": "response_part",
        "settled": "ingested_at",
    },
    "_answers": {"answer": "response", "uri": "target_uri"},
    "_parts": {"answer": "response"},
    "_slices": {"work": "job", "settled": "done_until", "until": "end"},
    "_entries": {"pivot": "representative"},
}
# Columns that a later version adds; what was there before has none of it.
HOME = "https://news.example/"
FEED = f"{HOME}feed#sources"
FOUND = (
    '{"at": "2026-11-01T06:00:00Z", "jobs": [["feed", "https://news.example/feed"]], "take": []}'
)
REVISION = {
    **{"section": None, "title": "عنوان", "source": None, "modified": None},
    **{"text": "نص سابق", "text_hash": "h", "seen": NOW, "replaced": LATER, "removed": None},
}


def fill(db: Database) -> None:
    """Rows in every table of m018, with every column that is renamed."""
    write(db, "sites", name="news", homepage=HOME, suspect="silent", imported=NOW)
    write(db, "sites", name="other", homepage="https://other.example/")
    write_article(db, 0)
    write_article(db, 1)
    row = old_row(2) | {"of": 0, "of_url": HOME, "of_published": NOW, "kind": "near"}
    row |= {"jaccard": 0.9, "containment": 1.0, "first_seen": NOW, "last_seen": NOW, "number": 2}
    write(db, "copies", **row, revisions=json.dumps([REVISION | {"why": None}, REVISION]))
    write(db, "removed_lines", article=0, position=3, reason="share", text="شارك")
    write(db, "related", article=0, other=1, kind="variant", jaccard=0.4, containment=0.5)
    write(db, "revisions", article=0, **REVISION, why="reprocessed")
    write(db, "crawls", site="news", started=NOW, read=2, links=30, other='{"retry": 1}')
    row = {"url": f"{HOME}0", "fetch_url": f"{HOME}0", "site": "news", "state": "done"}
    write(db, "frontier", **row, found=NOW, settled=LATER, unchanged=4, recheck=LATER)
    row = {"site": "news", "articles": 30, "share": 0.5, "learned": NOW}
    write(db, "boilerplate", **row, text="شارك", state="learned", cleaned=LATER, line=7)
    write(db, "boilerplate", **row, text="صحيفة", state="text", line=8)
    counts = {"articles": 30, "edge": 30, "first": 1, "last": 30, "seen": "{}"}
    write(db, "_line_counts", site="news", line=7, **counts)
    write(db, "_line_articles", site="news", line=7, article=article_id(0), place=-1)
    write(db, "_site_articles", site="news", article=article_id(0), counted=1)
    write(db, "_validators", url=f"{HOME}feed", etag='"a"', cursor="[]", saved=NOW)
    write(db, "_validators", url=FEED, last_modified="Sun, 01 Nov 2026", cursor="x", saved=NOW)
    write(db, "_validators", url=f"{HOME}#rest", cursor="2099-01-01T00:00:00Z", saved=NOW)
    write(db, "_validators", url=f"{HOME}#sources", cursor=FOUND, saved=LATER)
    write(db, "_validators", url="https://other.example/#sources", cursor=None, saved=NOW)
    write(db, "_validators", url="https://gone.example/#rest", cursor=LATER, saved=NOW)
    write(db, "_leases", site="news", owner="me", host="here", pid=1, expires=NOW)
    write(db, "_upkeep", task="backup", done=NOW)
    write(db, "_unjudged", id=article_id(1), text="نص سابق")
    write(db, "_entries", entry=1, id=article_id(0), fingerprint=5, size=40, pivot=1)
    write(db, "_entries", entry=2, id=article_id(2), fingerprint=6, size=40, pivot=1)
    write(db, "_sketches", hash=9, entry=1)
    write(db, "_stop_shingles", hash=10, clusters=200)
    write(db, "_crowded_shingles", hash=11)
    write(db, "_likeness", entry=2, other=1, kind="copy", jaccard=0.9, containment=1.0)
    write(db, "_rebuild", last=2, done=1)
    write(db, "_before_rebuild", id=article_id(2), original=article_id(0))
    write(db, "_archive_files", file=1, name="warraq-20261101.warc.gz")
    row = {"url": f"{HOME}0", "final_url": f"{HOME}0", "uri": f"{HOME}0", "kind": "rest"}
    row |= {"fetched": NOW, "file": 1, "offset": 10, "length": 20, "digest": "sha1:A"}
    row |= {"article": article_id(0), "outcome": "new", "settled": LATER}
    write(db, "_pages", **row, part=3)
    write(db, "_pages", **row, refers=1)
    row = {"site": "news", "uri": f"{HOME}wp-json", "fetched": NOW, "file": 1, "offset": 40}
    write(db, "_answers", **row, answer=4, length=50, digest="sha1:B")
    write(db, "_parts", url=f"{HOME}0", digest="sha1:C", answer=4, part=3)
    row = {"work": "import a.warc", "name": "a.warc", "began": NOW, "counts": '{"new": 2}'}
    write(db, "_slices", **row, settled=100, until=400)


# Columns that later migrations add, with what an old row has in them.
ADDED: dict[str, dict[str, Any]] = {
    **{
        table: dict.fromkeys(("kinds", "access", "gone_at", "rights", "reserved", "refined_by"))
        for table in ("articles", "copies")
    },
    "frontier": {"etag": None, "last_modified": None, "looked_at": None, "missed_at": None},
    "revisions": {"kinds": None, "refined_by": None},
    "_pages": {"first_page": None, "later_pages": 0, "rights": None},
}


def moved(rows: list[tuple[Any, ...]], table: str) -> list[tuple[Any, ...]]:
    """The rows of m018 in this version, where more than a name differs."""
    if table == "boilerplate":
        rows = [tuple("kept" if value == "text" else value for value in row) for row in rows]
    if table == "copies":
        names = COLUMNS["revisions"]
        rows = [
            tuple(
                json.dumps(
                    [{names.get(k, k): v for k, v in old.items()} for old in json.loads(value)],
                    ensure_ascii=False,
                )
                if isinstance(value, str) and value.startswith('[{"section"')
                else value
                for value in row
            )
            for row in rows
        ]
    if table == "_validators":
        rows = [row for row in rows if row[1] or row[2]]
    rows = [(*row, *ADDED.get(table, {}).values()) for row in rows]
    return sorted(rows, key=repr)


@dataclass(frozen=True, slots=True)
class Before:
    """What the version before had: rows and columns by table."""

    rows: dict[str, list[tuple[Any, ...]]]
    columns: dict[str, list[str]]


@pytest.fixture
def before(tmp_path: Path) -> Before:
    """A database of the version before, in the test's folder."""
    db = Database(tmp_path / FILE)
    migrations.apply(db, stop_before="m019_names")
    fill(db)
    db.conn.commit()
    found = Before(contents(db), columns(db))
    db.close()
    return found


def test_a_database_of_the_names_before_keeps_every_row(before: Before, tmp_path: Path) -> None:
    # Its articles are queued for the index.
    empty = {name for name, known in before.rows.items() if not known}
    assert empty == {"_search", "_search_idx", "_search_docsize"}
    with open_database(tmp_path) as db, open_database(tmp_path / "new") as new:
        after, named = contents(db), columns(db)
        for name, known in before.columns.items():
            renamed = COLUMNS.get(name, {})
            if name.startswith(("_search", "_unindexed")):
                continue  # made anew
            columns_now = [*(renamed.get(old, old) for old in known), *ADDED.get(name, {})]
            assert named[TABLES.get(name, name)] == columns_now, name
        for name, found in before.rows.items():
            if name != "_unindexed" and not name.startswith("_search"):
                assert after[TABLES.get(name, name)] == moved(found, name), name
        assert rows(db, "SELECT rowid FROM _search ORDER BY rowid") == [(0,), (1,)]
        assert rows(db, "SELECT * FROM _search_queue") == []
        assert rows(db, "SELECT * FROM _site_state ORDER BY key") == [
            ("news", "retry_after", "2099-01-01T00:00:00Z", NOW),
            ("news", "sources", FOUND, LATER),
        ]
        assert is_sound(db, new)


@pytest.mark.usefixtures("before")
def test_what_stood_there_is_read_by_its_new_name(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        assert suspects(db) == {"news": "silent"}
        assert learned(db, "news") == {7}
        assert [page["revisit_of"] for page in of_article(db, article_id(0))] == [1, None]
        job = job_progress.JobProgress("import a.warc", 100, 400, Counter(new=2), None)
        assert job_progress.state(db, "import a.warc") == job
        found = http_validators.validators(db, f"{HOME}feed")
        assert found is not None
        assert (found.etag, found.cursor) == ('"a"', "[]")
        assert rechecks.first_recheck(db, "news") == LATER
        changed = article(2, paragraphs=("نص جديد " * 40,))
        assert store(db, changed, now="2026-11-04T06:00:00Z").outcome == "new"
        past = "SELECT valid_from, valid_to, cause FROM revisions WHERE article = 2"
        assert rows(db, past) == [(NOW, LATER, None)] * 2 + [(LATER, "2026-11-04T06:00:00Z", None)]


def test_another_homepage_ends_what_is_remembered_of_the_site(db: Database) -> None:
    site = Site("news", homepage=HOME)
    crawls.begin(db, site, NOW)
    sites.save_state(db, "news", sites.SOURCES, FOUND, NOW)
    sites.save_state(db, "other", sites.SOURCES, FOUND, NOW)
    crawls.begin(db, site, LATER)
    assert sites.load_state(db, "news", sites.SOURCES) == FOUND
    crawls.begin(db, Site("news", homepage="https://moved.example/"), LATER)
    assert sites.load_state(db, "news", sites.SOURCES) is None
    assert sites.load_state(db, "other", sites.SOURCES) == FOUND


def test_what_is_remembered_is_replaced_and_forgotten(db: Database) -> None:
    for value in ("one", "two"):
        sites.save_state(db, "news", "key", value, NOW)
        assert sites.load_state(db, "news", "key") == value
    sites.save_state(db, "news", "key", None, NOW)
    assert sites.load_state(db, "news", "key") is None


def test_equal_crawls_give_equal_rows(db: Database) -> None:
    for counts in ({"a": 1, "b": 2, "links": 5}, {"links": 5, "b": 2, "a": 1}):
        crawls.finish(
            db, crawls.begin(db, Site("news", homepage=HOME), NOW), "stopped", counts, LATER
        )
    first, second = rows(db, "SELECT other_counts, links_listed FROM crawls")
    assert first == second == ('{"a": 1, "b": 2}', 5)
