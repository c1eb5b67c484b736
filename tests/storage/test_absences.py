"""An article is gone after a second look, hours after the first, and not when the site is broken."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from storage_samples import NOW, article

from items import Hints, Link, Rights, RightsStatement
from pipelines.ingest.documents import import_documents
from pipelines.ingest.rechecked import record_look
from storage import absences, frontier
from storage.articles import store
from storage.database import open_database
from storage.duplicates import copies
from storage.formats.export import export
from storage.formats.import_files import read
from text.timestamps import add_seconds

HOURS = (1.0, 6.0, 24.0)


def rows(db: Database, sql: str, *values: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.execute(sql, values).fetchall()]


def url(number: int) -> str:
    return f"https://news.example/{number}"


def after(hours: float) -> str:
    return add_seconds(NOW, hours * 3600)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Six articles of a site, just published."""
    with open_database(tmp_path) as db:
        for number in range(6):
            frontier.add(db, "news", [Link(url(number), url(number), "feed")], now=NOW)
            store(
                db,
                article(number, site="news", published=NOW),
                key=url(number),
                now=NOW,
                recheck=HOURS,
            )
        yield db


def look(db: Database, number: int, hours: float, outcome: str = "missing") -> None:
    reason = "http_404" if outcome == "missing" else ""
    record_look(db, url(number), outcome, reason, "", HOURS, after(hours))  # type: ignore[arg-type]


def crawl(db: Database, hours: float, missing: set[int]) -> absences.AbsenceVerdict:
    """A crawl that looks at all that is due."""
    start = after(hours)
    while queued := [q for q in frontier.take(db, "news", 50, now=start) if q.is_recheck]:
        for number in (int(q.link.url.rpartition("/")[2]) for q in queued):
            look(db, number, hours, "missing" if number in missing else "unchanged")
    return absences.mark_gone(db, "news", start, start)


def gone(db: Database) -> list[tuple[str]]:
    return rows(db, "SELECT url FROM articles WHERE gone_at IS NOT NULL ORDER BY url")


def test_one_look_marks_nothing(db: Database) -> None:
    assert crawl(db, 1, {3}) == absences.AbsenceVerdict()
    assert gone(db) == []


def test_a_second_look_does_and_others_are_looked_at_beside_it(db: Database) -> None:
    crawl(db, 1, {3})
    assert [q.is_missed for q in frontier.take(db, "news", 9, now=after(6))] == [False] * 5
    crawl(db, 6, {3})
    verdict = crawl(db, 7.1, {3})
    assert (verdict.gone, verdict.withheld, verdict.missed) == (1, 0, 1)
    assert verdict.looks == 4  # three that were not due before a day
    assert gone(db) == [(url(3),)]
    assert rows(db, "SELECT state, reason FROM frontier WHERE url = ?", url(3)) == [
        ("gone", "http_404")
    ]
    [absence] = absences.absences_of(db, article(3).id)
    assert (absence["missed_at"], absence["gone_at"]) == (after(1), after(7.1))


def test_a_second_look_too_soon_is_no_second_look(db: Database) -> None:
    look(db, 3, 1)
    look(db, 3, 2)
    assert absences.mark_gone(db, "news", NOW, after(2)).gone == 0


@pytest.mark.parametrize("there", [0, 1, 2])
def test_where_most_are_missed_it_is_the_site(db: Database, there: int) -> None:
    missing = set(range(6 - there))
    crawl(db, 1, missing)
    verdict = crawl(db, 7.1, missing)
    assert (verdict.gone, verdict.withheld) == (0, len(missing))
    assert verdict.in_words().startswith(f"{len(missing)} of ")
    assert gone(db) == []


def test_after_a_week_what_is_missed_is_gone_where_others_are_there(db: Database) -> None:
    for number in range(4):
        look(db, number, 1)
        look(db, number, 170)
    for number in (4, 5):
        look(db, number, 170, "unchanged")
    assert absences.mark_gone(db, "news", after(169), after(170)).gone == 0  # two are too few
    store(db, article(9, site="news", published=NOW), key=url(9), now=NOW, recheck=HOURS)
    look(db, 9, 170, "unchanged")
    assert absences.mark_gone(db, "news", after(169), after(170)).gone == 4


def test_what_comes_back_is_not_gone_and_the_record_stays(db: Database) -> None:
    crawl(db, 1, {3})
    crawl(db, 7.1, {3})
    crawl(db, 60, set())
    assert gone(db) == []
    [absence] = absences.absences_of(db, article(3).id)
    assert (absence["gone_at"], absence["back_at"]) == (after(7.1), after(60))
    assert rows(db, "SELECT state, reason FROM frontier WHERE url = ?", url(3)) == [("done", "")]


def test_a_missed_article_that_is_found_starts_anew(db: Database) -> None:
    crawl(db, 1, {3})
    crawl(db, 7.1, set())
    crawl(db, 25, {3})
    assert gone(db) == []


def test_another_address_of_the_article_is_enough(db: Database) -> None:
    other = "https://news.example/three"
    frontier.add(db, "news", [Link(other, other, "feed")], now=NOW)
    store(db, article(3, site="news", published=NOW), key=other, now=NOW, recheck=HOURS)
    look(db, 3, 1)
    record_look(db, other, "unchanged", "", "", HOURS, after(6))
    look(db, 3, 8)
    for number in (0, 1, 2):
        look(db, number, 8, "unchanged")
    assert absences.mark_gone(db, "news", after(8), after(8)).gone == 0


def test_an_announced_change_that_is_missing_is_a_look_too(db: Database) -> None:
    newer = Link(url(3), url(3), "feed", Hints(modified=after(2)))
    frontier.add(db, "news", [newer], now=after(2))
    look(db, 3, 2)
    assert frontier.counts(db, "news") == {"done": 6}
    [second] = [q for q in frontier.take(db, "news", 9, now=after(8.1)) if q.is_missed]
    assert second.link.url == url(3)


def test_looks_at_what_is_gone_thin_out_and_end(db: Database) -> None:
    times, hours = 0, 1.0
    while due := rows(db, "SELECT recheck_at FROM frontier WHERE url = ?", url(3))[0][0]:
        hours = max(hours, 1.0)
        now = max(due, after(hours))
        record_look(db, url(3), "missing", "http_410", "", HOURS, now)
        times += 1
        assert times < 30
    assert 8 < times < 20


def test_a_kill_before_the_verdict_leaves_it_to_the_next_look(db: Database) -> None:
    crawl(db, 1, {3})
    look(db, 3, 7.1)  # the second look; then the crawl is killed
    assert crawl(db, 8, {3}).gone == 0
    assert crawl(db, 14, {3}).gone == 1


def test_a_copy_that_is_gone_stays_gone_as_an_article(db: Database) -> None:
    db.execute("UPDATE articles SET gone_at = ? WHERE id = ?", [NOW, article(3).id])
    number = rows(db, "SELECT number FROM articles WHERE id = ?", article(3).id)[0][0]
    figures = {"original": 1, "kind": "exact", "jaccard": 1.0, "containment": 1.0}
    copies.to_copies(db, number, figures)
    assert rows(db, "SELECT gone_at FROM copies") == [(NOW,)]
    copies.to_articles(db, article(3).id)
    assert rows(db, "SELECT gone_at FROM articles WHERE id = ?", article(3).id) == [(NOW,)]


def test_a_verdict_is_all_or_nothing(db: Database) -> None:
    crawl(db, 1, {3})
    db.execute(
        "CREATE TEMP TRIGGER broken BEFORE UPDATE OF gone_at ON articles "
        "BEGIN SELECT raise(ABORT, 'killed'); END"
    )
    with pytest.raises(Exception, match="killed"):
        crawl(db, 7.1, {3})
    assert rows(db, "SELECT count(*) FROM absences") == [(0,)]
    assert frontier.counts(db, "news") == {"done": 6}
    db.execute("DROP TRIGGER broken")
    assert crawl(db, 14, {3}).gone == 1


def test_an_export_of_what_is_gone_and_reserved_comes_back_as_it_was(
    db: Database, tmp_path: Path
) -> None:
    rights = Rights((RightsStatement("noai", "noai", "header", NOW, after(1)),), ("header",))
    reserved = Rights((RightsStatement("noai", "noai", "header", NOW),), ("header",))
    store(db, article(7, rights=rights), now=NOW)
    store(db, article(8, rights=reserved), now=NOW)
    crawl(db, 1, {3})
    crawl(db, 7.1, {3})
    export(db, tmp_path / "a.jsonl", "jsonl")
    columns = "SELECT id, gone_at, reserved, rights FROM articles ORDER BY id"
    with open_database(tmp_path / "other") as other:
        [imported] = import_documents(other, read(tmp_path / "a.jsonl"), after(8))
        assert imported.counts["new"] == 8
        assert rows(other, columns) == rows(db, columns)
        assert rows(other, "SELECT count(*) FROM articles WHERE reserved = 'noai'") == [(1,)]
        again = list(import_documents(other, read(tmp_path / "a.jsonl"), after(9)))
        assert [done.counts["unchanged"] for done in again] == [8]


@pytest.mark.parametrize(
    "rights",
    [
        1,
        [],
        {"read": "x"},
        {"read": [], "statements": [{"term": 1}]},
        {"read": [1], "statements": []},
    ],
)
def test_rights_that_are_none_are_left_out_of_an_import(
    db: Database, tmp_path: Path, rights: object
) -> None:
    store(db, article(7), now=NOW)
    export(db, tmp_path / "a.jsonl", "jsonl")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    (tmp_path / "b.jsonl").write_text(json.dumps(lines[-1] | {"rights": rights}) + "\n")
    with open_database(tmp_path / "other") as other:
        [imported] = import_documents(other, read(tmp_path / "b.jsonl"), after(8))
        assert imported.counts["new"] == 1
        assert "`rights` is left out" in str(imported.left_out[0])
