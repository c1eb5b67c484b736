"""Backfills on record: each page of a source once, whatever interrupts."""

import pytest
from sqlite_utils import Database

from items import Hints, Link
from storage import frontier, frontier_states, source_pages
from storage.source_pages import SourcePage

NOW, SINCE = "2026-11-28T00:00:00Z", "2011-01-01T00:00:00Z"
FIRST = SourcePage("sitemap", "https://ex.org/sitemap.xml")
SECOND = SourcePage("section", "https://ex.org/news?page=2", '{"walked":1}')


def begin(db: Database, since: str = SINCE) -> None:
    source_pages.begin(db, "ex", since, [FIRST], NOW)


def test_a_page_that_was_read_leads_to_others_and_is_not_due_again(db: Database) -> None:
    begin(db)
    assert source_pages.due(db, "ex") == FIRST
    source_pages.finish_page(db, "ex", FIRST, [SECOND, FIRST])
    assert source_pages.due(db, "ex") == SECOND
    begin(db)
    assert source_pages.due(db, "ex") == SECOND, "it goes on"
    source_pages.finish_page(db, "ex", SECOND, [FIRST, SECOND], "a limit")
    assert source_pages.due(db, "ex") is None
    state = source_pages.state(db, "ex")
    assert state
    assert (state.due, state.read, state.finished) == (0, 2, None)
    assert state.notes == ("https://ex.org/news?page=2: a limit",)


def test_another_date_or_another_order_begins_anew(db: Database) -> None:
    begin(db)
    source_pages.finish_page(db, "ex", FIRST, [])
    begin(db, "2015-01-01T00:00:00Z")
    assert source_pages.due(db, "ex") == FIRST
    source_pages.finish_page(db, "ex", FIRST, [])
    source_pages.finish_backfill(db, "ex", NOW)
    assert source_pages.unfinished_since(db, "ex") is None
    begin(db, "2015-01-01T00:00:00Z")
    assert source_pages.due(db, "ex") == FIRST
    assert source_pages.unfinished_since(db, "ex") == "2015-01-01T00:00:00Z"


def test_a_page_that_fails_comes_last_and_then_waits_for_the_next_crawl(db: Database) -> None:
    begin(db)
    source_pages.finish_page(db, "ex", FIRST, [SECOND, SourcePage("feed", "https://ex.org/f")])
    source_pages.fail_page(db, "ex", SECOND, "answers 500", most=2)
    assert source_pages.due(db, "ex") == SourcePage("feed", "https://ex.org/f")
    source_pages.fail_page(db, "ex", SourcePage("feed", "https://ex.org/f"), "no feed", most=None)
    failed = source_pages.due(db, "ex")
    assert failed
    assert (failed.url, failed.attempts) == (SECOND.url, 1)
    source_pages.fail_page(db, "ex", failed, "answers 500", most=2)
    assert source_pages.due(db, "ex") is None
    begin(db)
    assert source_pages.due(db, "ex") == SECOND
    state = source_pages.state(db, "ex")
    assert state
    assert (state.due, state.read, state.failed, state.refused) == (1, 1, 0, 1)


def test_pages_are_bounded_and_it_says_so(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_pages, "MAX_PAGES", 3)
    begin(db)
    pages = [SourcePage("sitemap", f"https://ex.org/{n}.xml") for n in range(9)]
    source_pages.finish_page(db, "ex", FIRST, pages)
    state = source_pages.state(db, "ex")
    assert state
    assert state.due == 2
    assert "only the first 3 pages" in state.notes[0]


def test_a_surrogate_in_an_address_is_no_error(db: Database) -> None:
    begin(db)
    source_pages.finish_page(db, "ex", FIRST, [SourcePage("feed", "https://ex.org/\ud800")])
    assert source_pages.due(db, "ex")


def test_what_was_too_old_is_due_once_more_when_a_backfill_begins(db: Database) -> None:
    published = {"old": "2010-05-01T00:00:00Z", "good": "2012-05-01T00:00:00Z", "none": None}
    links = [
        Link(f"https://ex.org/{name}", f"https://ex.org/{name}", "feed", Hints(published=when))
        for name, when in published.items()
    ]
    frontier.add(db, "ex", links, now=NOW)
    for link in links:
        frontier_states.finish_url(db, link.url, "rejected", reason="too_old", now=NOW)
    begin(db)
    due = frontier.take(db, "ex", 9, now=NOW, since=SINCE)
    assert {queued.link.url.rpartition("/")[2] for queued in due} == {"good", "none"}
    assert frontier.count_due(db, "ex", now=NOW, since=SINCE) == 2
