"""Rebuilding all clusters after a change of the rule or of the index, or for texts of before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from duplicate_samples import check, clusters, keep, printed, reworded, story
from sqlite_utils import Database
from storage_samples import LATER, article_id, rows

from storage.database import open_database
from storage.duplicates import compare, index, rebuild
from storage.duplicates.rebuild import ClusterChange


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Ten stories in three versions each, and a round-up of two."""
    with open_database(tmp_path) as db:
        for n in range(30):
            keep(db, printed(n, reworded(story(n % 10), 40 - n)))
        keep(db, printed(40, [*story(50, 8), *story(1), *story(2), *story(51, 8)]))
        yield db
        check(db)


def judged_again(db: Database) -> list[ClusterChange]:
    for _ in rebuild.rebuild(db):
        pass
    return rebuild.finish_rebuild(db)


def tables(db: Database) -> dict[str, list[tuple[object, ...]]]:
    names = [
        name for name in db.table_names() if not name.startswith(("_search", "_sqlite", "sqlite"))
    ]
    return {name: sorted(rows(db, f"SELECT * FROM {name}"), key=str) for name in names}


def test_the_same_rule_changes_nothing(db: Database) -> None:
    before = tables(db)
    assert len(before["copies"]) == 20
    assert len(before["related"]) == 2
    assert judged_again(db) == []
    assert tables(db) == before


def test_a_stricter_rule_brings_copies_back(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = rows(db, "SELECT number FROM articles ORDER BY number")
    monkeypatch.setattr(compare, "_NEAR", (0.8, 0.9))
    changes = judged_again(db)
    assert len(changes) == len(rows(db, "SELECT * FROM articles")) - len(numbers) > 0
    assert ClusterChange(article_id(9), article_id(29), None) in changes
    monkeypatch.undo()
    changes = judged_again(db)
    assert ClusterChange(article_id(9), None, article_id(29)) in changes
    assert rows(db, "SELECT number FROM articles ORDER BY number") == numbers


def test_interrupted_it_goes_on_where_it_was(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "_NEAR", (0.8, 0.9))
    monkeypatch.setattr(rebuild, "_BATCH", 4)
    steps = rebuild.rebuild(db)
    seen = [next(steps) for _ in range(4)]
    del steps
    check(db)
    keep(db, printed(60, story(60)), now=LATER)
    rest = list(rebuild.rebuild(db))
    assert (rest[0], seen[-1]) == ((12, 31), (12, 31))
    interrupted = rebuild.finish_rebuild(db), clusters(db)
    judged_again(db)
    assert clusters(db) == interrupted[1]
    assert len(interrupted[0]) > 0


def test_a_database_from_before_the_index_is_taken_in(db: Database) -> None:
    before = clusters(db)
    for table in ("_duplicate_entries", "_duplicate_sketches", "_duplicate_pairs", "related"):
        db.execute(f"DELETE FROM {table}")
    judged_again(db)
    assert clusters(db) == before
    assert len(rows(db, "SELECT * FROM related")) == 2


def test_two_at_once_do_no_harm(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "_BATCH", 4)
    before = tables(db)
    first, second = rebuild.rebuild(db), rebuild.rebuild(db)
    for _ in range(3):
        next(first)
        next(second)
    list(first)
    rebuild.finish_rebuild(db)
    list(second)
    rebuild.finish_rebuild(db)
    assert tables(db) == before


def crowd(db: Database, monkeypatch: pytest.MonkeyPatch, *, stories: bool) -> list[str]:
    """Forty texts that share a paragraph, or tell one story, under a limit of ten."""
    monkeypatch.setattr(index, "CROWD", 10)
    monkeypatch.setattr(index, "_MIN_CLUSTERS", 5)
    phrase = story(100, 1) if stories else story(100, 6)
    for n in range(100, 140):
        own = story(n + 1, 5) if stories else []
        keep(db, printed(n, [*phrase, *own], published="2026-10-30"))
    return phrase


def test_a_phrase_of_many_stories_is_stopped(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(db, monkeypatch, stories=True)
    listed = (
        "SELECT max(count) FROM (SELECT count(*) AS count FROM _duplicate_sketches GROUP BY hash)"
    )
    assert rows(db, listed) == [(10,)]
    noted = rows(db, "SELECT count(*) FROM _crowded_shingles")[0][0]
    assert index.stop_crowded(db) == noted > 0
    assert rows(db, "SELECT count(*) FROM _crowded_shingles") == [(0,)]
    assert rows(
        db, "SELECT count(*) FROM _duplicate_sketches JOIN _stop_shingles USING (hash)"
    ) == [(0,)]
    keep(db, printed(150, [*story(100, 1), *story(151)]))
    assert rows(
        db, "SELECT count(*) FROM _duplicate_sketches JOIN _stop_shingles USING (hash)"
    ) == [(0,)]
    assert keep(db, printed(151, [*story(100, 1), *reworded(story(151), 20)]))[0].outcome == "copy"


def test_a_story_that_ran_everywhere_is_not(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    text = crowd(db, monkeypatch, stories=False)
    assert rows(db, "SELECT count(*) FROM _crowded_shingles")[0][0] > 0
    assert index.stop_crowded(db) == 0
    assert keep(db, printed(200, reworded(text, 20), published="2026-10-30"))[0].outcome == "copy"


def test_the_upkeep_ends_in_time(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(db, monkeypatch, stories=True)
    assert index.stop_crowded(db, seconds=0) == 0
    assert rows(db, "SELECT count(*) FROM _crowded_shingles")[0][0] > 0


def test_equal_texts_are_found_though_all_their_shingles_are_stopped(db: Database) -> None:
    text = story(70)
    keep(db, printed(70, text))
    db.execute("INSERT INTO _stop_shingles SELECT hash, 200 FROM _duplicate_sketches GROUP BY hash")
    db.execute("DELETE FROM _duplicate_sketches")
    assert keep(db, printed(71, list(text)))[0].outcome == "copy"
