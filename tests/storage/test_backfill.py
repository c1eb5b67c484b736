"""Texts of one article, seen at different times, in any order of their archives."""

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from items import Article
from storage.article_rows import Row
from storage.backfill import insert_revision, store_capture
from storage.database import open_database, transaction
from text.urls import article_id

URL = "https://news.example/1"
NOW = "2026-11-22T00:00:00Z"
LONG = "أعلنت البلدية صباح اليوم افتتاح الجسر الجديد بعد عام ونصف العام من العمل المتواصل. "


def time(day: int) -> str:
    return f"2025-01-{day:02d}T00:00:00Z"


def article(text: str, url: str = URL) -> Article:
    return Article(article_id(url), url, "x", "عنوان", (LONG * 4, text), published=time(1))


def stored(db: Database, seen: list[tuple[int, str]]) -> list[str]:
    with transaction(db):
        return [store_capture(db, article(text), URL, time(day), NOW) for day, text in seen]


def past(db: Database) -> list[tuple[str, str, str]]:
    sql = "SELECT text, valid_from, valid_to FROM revisions ORDER BY valid_from"
    return [
        (text.split("\n")[-1], seen[8:10], replaced[8:10])
        for text, seen, replaced in db.execute(sql)
    ]


def current(db: Database) -> tuple[str, str, str]:
    sql = "SELECT text, first_seen, last_seen FROM articles"
    text, first, last = db.execute(sql).fetchone()
    return text.split("\n")[-1], first[8:10], last[8:10]


@pytest.mark.parametrize("order", list(permutations([(1, "أ"), (3, "ب"), (5, "ج"), (7, "ج")])))
def test_the_order_of_the_archives_does_not_matter(
    tmp_path: Path, order: list[tuple[int, str]]
) -> None:
    with open_database(tmp_path) as db:
        stored(db, list(order))
        assert current(db) == ("ج", "01", "07")
        assert past(db) == [("أ", "01", "03"), ("ب", "03", "05")]


def test_a_text_between_two_sights_of_the_current_one(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        outcomes = stored(db, [(1, "أ"), (5, "أ"), (3, "ب")])
        assert outcomes == ["new", "unchanged", "earlier"]
        assert past(db) == [("أ", "01", "03"), ("ب", "03", "05")]
        assert current(db) == ("أ", "01", "05")


def test_what_is_known_of_the_past_is_said_once(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        stored(db, [(1, "أ"), (5, "ب")])
        assert stored(db, [(2, "أ"), (1, "أ"), (4, "ب"), (3, "ب")]) == ["unchanged"] * 4
        assert past(db) == [("أ", "01", "03")]


def test_the_same_page_by_other_rules_is_reprocessed(tmp_path: Path) -> None:
    with open_database(tmp_path) as db:
        assert stored(db, [(1, "أ"), (1, "ب"), (1, "ب")]) == ["new", "revised", "unchanged"]
        assert current(db) == ("ب", "01", "01")
        [row] = db["revisions"].rows
        assert (row["cause"], row["valid_to"]) == ("reprocessed", NOW)


def test_a_copy_has_a_past_too(tmp_path: Path) -> None:
    other = "https://other.example/1"
    with open_database(tmp_path) as db, transaction(db):
        store_capture(db, article("أ"), URL, time(3), NOW)
        assert store_capture(db, article("أ", other), other, time(5), NOW) == "copy"
        assert store_capture(db, article("ب", other), other, time(4), NOW) == "earlier"
        [row] = db["copies"].rows
        assert '"cause": null' in row["revisions"]
        assert row["first_seen"] == time(4)
        assert db["revisions"].count == 0


@given(st.permutations([(day, str(day)) for day in range(1, 8)]))
def test_intervals_meet_without_a_gap(seen: list[tuple[int, str]]) -> None:
    current: Row = {"text": "8", "first_seen": time(8), "last_seen": time(9)}
    known: list[Row] = []
    for day, text in seen:
        old = {"text": text, "valid_from": time(day), "valid_to": time(day)}
        assert insert_revision(known, current, old)
        current["first_seen"] = min(current["first_seen"], time(day))
    assert [row["text"] for row in known] == [str(day) for day in range(1, 8)]
    since = [row["valid_from"] for row in known]
    assert [row["valid_to"] for row in known] == [*since[1:], time(8)]
