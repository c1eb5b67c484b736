"""What a copy costs does not grow with the copies there are: steps of SQLite are counted, not time."""

import json
from collections.abc import Iterator

import pytest
from sqlite_utils import Database
from storage_samples import NOW

from items import Article
from storage.articles import store
from storage.duplicates import clusters, copies, index, rebuild, shingles
from text.timestamps import add_seconds

_WORDS = [f"كلمة{number}" for number in range(160)]


@pytest.fixture(autouse=True)
def _small_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "FULL", 10)
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
