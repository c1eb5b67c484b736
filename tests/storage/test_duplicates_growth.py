"""What a copy costs does not grow with the copies there are: steps of SQLite are counted, not time."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from duplicate_samples import check
from sqlite_utils import Database
from storage_samples import NOW

from items import Article
from storage import search
from storage.articles import store
from storage.duplicates import clusters, copies, full_clusters, index, rebuild, remove, shingles
from text.timestamps import add_seconds

_WORDS = [f"كلمة{number}" for number in range(160)]


@pytest.fixture(autouse=True)
def _small_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_clusters, "FULL", 10)
    monkeypatch.setattr(index, "CROWD", 20)


def _copy(number: int, order: str) -> Article:
    words = list(_WORDS)
    if order == "reworded":
        words[number % 160] = f"أخرى{number}"
    minutes = {"same time": 0, "later": 60, "earlier": -60, "reworded": -60}.get(order)
    published = None if minutes is None else add_seconds(NOW, minutes * number)
    url = f"https://a.example/{number}"
    text = (" ".join(words),)
    return Article(
        f"{number:016x}", title="t", url=url, site="a", published=published, paragraphs=text
    )


def _steps(db: Database, numbers: range, order: str) -> int:
    """Of SQLite, for storing these copies, in hundreds."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    db.conn.set_progress_handler(step, 100)
    for number in numbers:
        store(db, _copy(number, order), now=NOW)
    db.conn.set_progress_handler(None, 0)
    return steps[0]


@pytest.mark.parametrize("order", ["same time", "later", "earlier", "reworded", "undated"])
def test_the_hundredth_copy_costs_what_the_fortieth_does(db: Database, order: str) -> None:
    _steps(db, range(40), order)
    early, _, late = (_steps(db, range(first, first + 20), order) for first in (40, 60, 80))
    assert late < 1.3 * early
    assert db.table("articles").count == 1
    assert db.table("copies").count == 99
    assert db.execute("SELECT count(DISTINCT original) FROM copies").fetchone() == (1,)


def test_a_rebuild_of_them_finds_the_same_article(db: Database) -> None:
    _steps(db, range(60), "same time")
    for _ in rebuild.rebuild(db):
        pass
    rebuild.finish_rebuild(db)
    assert (db.table("articles").count, db.table("copies").count) == (1, 59)


def test_a_copy_in_a_full_cluster_that_becomes_another_text_leaves_it(db: Database) -> None:
    _steps(db, range(40), "same time")
    other = " ".join(f"سواها{number}" for number in range(160))
    url = "https://a.example/30"
    changed = Article(
        f"{30:016x}", title="t", url=url, site="a", published=NOW, paragraphs=(other,)
    )
    assert store(db, changed, now=NOW).outcome == "new"
    assert db.table("articles").count == 2
    assert db.table("copies").count == 38


def _representative(db: Database) -> int:
    """The number of the copy that most others have as theirs."""
    sql = (
        "SELECT id FROM _duplicate_entries WHERE entry = (SELECT representative "
        "FROM _duplicate_entries GROUP BY representative ORDER BY count(*) DESC LIMIT 1)"
    )
    return int(db.execute(sql).fetchone()[0], 16)


@pytest.mark.parametrize("is_removed", [True, False], ids=["removed", "changed"])
@pytest.mark.parametrize("order", ["same time", "later", "earlier", "reworded", "undated"])
def test_a_full_cluster_that_loses_its_representative_stays_one(
    db: Database, order: str, *, is_removed: bool
) -> None:
    """Most of its members had a pair with the representative alone."""
    _steps(db, range(40), order)
    for _ in range(3):
        number = _representative(db)
        if is_removed:
            remove.remove_text(db, f"{number:016x}")
            search.index_pending(db)
        else:
            text = " ".join(f"سواها{number}و{word}" for word in range(160))
            store(db, replace(_copy(number, order), paragraphs=(text,)), now=NOW)
    check(db)
    assert db.table("articles").count == (1 if is_removed else 4)
    assert db.table("copies").count == 36


def _story(number: int, hours: int = 2) -> Article:
    """It goes on from the text that all `_copy` share."""
    rest = " ".join(f"تتمة{number}و{word}" for word in range(200))
    text = " ".join(_WORDS) + " " + rest
    published = add_seconds(NOW, 3600 * hours)
    url = f"https://b.example/{number}"
    return Article(
        f"{number:016x}", title="t", url=url, site="b", published=published, paragraphs=(text,)
    )


@pytest.mark.parametrize("copies_first", [5, 15, 40])
def test_stories_that_go_on_from_a_note_of_many_outlets_are_articles(
    db: Database, copies_first: int
) -> None:
    stories = [_story(1000), _story(1001)]
    _steps(db, range(copies_first), "same time")
    for article in stories:
        store(db, article, now=NOW)
    _steps(db, range(copies_first, 40), "same time")
    check(db)
    articles = {row["id"] for row in db.query("SELECT id FROM articles")}
    assert articles >= {article.id for article in stories}
    # A note that filled its cluster before any story came stays one.
    assert len(articles) == (2 if copies_first < 10 else 3)
    for _ in rebuild.rebuild(db):
        pass
    rebuild.finish_rebuild(db)
    check(db)
    assert {row["id"] for row in db.query("SELECT id FROM articles")} == articles


@pytest.mark.parametrize("order", ["same time", "earlier"])
def test_the_hundredth_story_of_a_full_note_costs_what_the_fortieth_does(
    db: Database, order: str
) -> None:
    _steps(db, range(40), order)
    costs = []
    for first in (1000, 1020, 1040):
        _steps(db, range(first, first + 40), order)
        steps = [0]

        def step(steps: list[int] = steps) -> int:
            steps[0] += 1
            return 0

        db.conn.set_progress_handler(step, 100)
        store(db, _story(first + 5000), now=NOW)
        db.conn.set_progress_handler(None, 0)
        costs.append(steps[0])
    assert costs[2] < 1.3 * costs[1]


def test_a_changed_copy_in_a_full_cluster_rewrites_no_other(db: Database) -> None:
    _steps(db, range(40), "same time")
    before = {row["id"]: row for row in db.query("SELECT * FROM copies")}
    changes = db.conn.total_changes
    words = [*_WORDS[:150], *(f"غيرها{word}" for word in range(10))]
    changed = replace(_copy(30, "same time"), paragraphs=(" ".join(words),))
    store(db, changed, now=NOW)
    assert db.conn.total_changes - changes < 300
    after = {row["id"]: row for row in db.query("SELECT * FROM copies")}
    assert before.keys() == after.keys()
    assert [name for name in after if before[name] != after[name]] == [changed.id]


def test_relations_are_deleted_by_an_index(db: Database) -> None:
    plan = db.execute(f"EXPLAIN QUERY PLAN {clusters._UNRELATE}", [1]).fetchall()
    assert [row[3] for row in plan if row[3].startswith("SCAN")] == []


def _cached() -> Iterator[int]:
    return (len(tokens.folded) for tokens in shingles._cached_tokens.values())


def test_texts_are_remembered_up_to_a_number_of_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shingles, "_cached_tokens", {})
    monkeypatch.setattr(shingles, "_cached_chars", 0)
    monkeypatch.setattr(shingles, "_MAX_CACHED_CHARS", 10_000)
    for number in range(200):
        folded = f"{number} " * (500 if number % 2 else 20)
        assert shingles.cache_tokens(number, folded).folded == folded
        shingles.cache_tokens(number, folded)
        assert sum(_cached()) == shingles._cached_chars <= 10_000
    assert 199 in shingles._cached_tokens
    shingles.cache_tokens(999, "a " * 50_000)
    assert list(shingles._cached_tokens) == [999], "the one that is in use"


def test_numbers_of_a_text_are_bounded() -> None:
    found = shingles.numbers(" ".join(f"w{number} {number}" for number in range(20_000)))
    assert len(found) == shingles._MAX_NUMBERS
    assert max(map(len, shingles.numbers("9" * 100_000 + " a 7"))) < 300


@pytest.mark.parametrize(("chars", "kept"), [(100, 50), (40_000, 25), (1_100_000, 1)])
def test_a_copy_keeps_its_latest_revisions(chars: int, kept: int) -> None:
    current = dict.fromkeys(copies._REVISION) | {
        "text": "س" * chars, "text_hash": "", "first_seen": NOW, "revisions": None, "removed": None,
    }  # fmt: skip
    for number in range(60):
        written = copies._with_revision(current, add_seconds(NOW, number))
        current["revisions"] = written
    past = json.loads(written)
    assert len(past) == kept
    assert past[-1]["valid_to"] == add_seconds(NOW, 59)
