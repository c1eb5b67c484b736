"""Recent articles are visited again, after some hours, and then left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article, rows

from items import Hints, Link
from storage import frontier, frontier_states, poll_plan
from storage.articles import store
from storage.database import open_database
from text.timestamps import add_seconds

HOURS = (1.0, 6.0, 24.0)
URL = "https://news.example/1"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as db:
        frontier.add(db, "news", [Link(URL, URL + "?from=feed", "feed")], now=NOW)
        yield db


def after(hours: float) -> str:
    return add_seconds(NOW, hours * 3600)


def rechecks(db: Database, hours: float) -> list[frontier.Queued]:
    return frontier.take(db, "news", 10, now=after(hours))


def visit(db: Database, hours: float, **changes: object) -> str:
    made = article(1, published=after(-1), **changes)
    return store(db, made, key=URL, now=after(hours), recheck=HOURS).outcome


def test_after_one_six_and_twenty_four_hours(db: Database) -> None:
    visit(db, 0)
    assert frontier.counts(db) == {"done": 1}
    for due in HOURS:
        assert rechecks(db, due - 0.01) == []
        [queued] = rechecks(db, due)
        assert queued.is_recheck
        assert queued.link.fetch_url == URL + "?from=feed"
        assert visit(db, due) == "unchanged"
    assert rechecks(db, 1000) == []
    assert rows(db, "SELECT unchanged_visits, recheck_at FROM frontier") == [(0, None)]


def test_a_late_recheck_stands_for_those_before_it(db: Database) -> None:
    visit(db, 0)
    visit(db, 10)
    assert rechecks(db, 23.9) == []
    assert len(rechecks(db, 24)) == 1


def test_what_has_changed_is_a_revision_and_the_rechecks_go_on(db: Database) -> None:
    visit(db, 0)
    assert visit(db, 1, paragraphs=("نص معدّل بعد ساعة.",)) == "revised"
    assert len(rechecks(db, 6)) == 1
    assert rows(db, "SELECT count(*) FROM revisions") == [(1,)]


@pytest.mark.parametrize("published", [after(-25), "2020-01-01", None])
def test_old_and_undated_articles_are_left_alone(db: Database, published: str | None) -> None:
    store(db, article(1, published=published), key=URL, now=NOW, recheck=HOURS)
    assert rechecks(db, 1000) == []


def test_without_hours_there_is_no_recheck(db: Database) -> None:
    store(db, article(1, published=NOW), key=URL, now=NOW)
    assert rechecks(db, 1000) == []


def test_what_the_site_announces_comes_at_once(db: Database) -> None:
    visit(db, 0)
    frontier.add(db, "news", [Link(URL, URL, "feed", Hints(modified=after(0.5)))], now=after(0.5))
    assert [queued.is_recheck for queued in rechecks(db, 0.5)] == [False]


@pytest.mark.parametrize("state", ["gone", "rejected", "done"])
def test_an_address_that_is_settled_is_left_alone(db: Database, state: str) -> None:
    visit(db, 0)
    frontier_states.finish_url(db, URL, state, now=after(1))  # type: ignore[arg-type]
    assert rechecks(db, 1000) == []


def test_a_recheck_that_failed_is_retried_and_then_goes_on(db: Database) -> None:
    visit(db, 0)
    frontier_states.retry(db, URL, "http_503", now=after(1))
    [queued] = rechecks(db, 2)
    assert queued.attempts == 1
    visit(db, 2)
    assert len(rechecks(db, 6)) == 1


def test_new_addresses_come_first(db: Database) -> None:
    visit(db, 0)
    other = "https://news.example/2"
    frontier.add(db, "news", [Link(other, other, "feed")], now=after(1))
    assert [queued.link.url for queued in rechecks(db, 1)] == [other, URL]
    assert frontier.take(db, "news", 1, now=after(1), exclude={other})[0].link.url == URL


def test_the_service_knows_when_the_next_recheck_is_due(db: Database) -> None:
    visit(db, 0)
    assert poll_plan.due(db, "news", after(0)) == after(1)
    assert poll_plan.due(db, "news", after(3)) == after(3)
    assert poll_plan.due(db, "other", NOW) is None


def test_copies_are_rechecked_too(db: Database) -> None:
    store(
        db,
        article(1, id=article(7).id, url="https://agency.example/1", published=after(-2)),
        now=NOW,
    )
    assert visit(db, 0) == "copy"
    assert len(rechecks(db, 1)) == 1
