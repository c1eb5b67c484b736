"""What a crawl elsewhere has noted, written at home: once, and under the site's lease alone."""

import asyncio
from pathlib import Path

import pytest

from items import Link, Page, Rejected, Site
from pipelines.keeping import Refined
from spiders.afield.journal import Entry, Journal
from spiders.afield.replay import LeaseLost, Replay
from storage import leases
from storage.clock import utc_now
from storage.database import open_database

NOW = "2026-11-01T06:00:00Z"


def entries(tmp_path: Path) -> list[Entry]:
    """Of a crawl that found two addresses, and stored none."""
    written: list[Entry] = []
    with open_database(tmp_path / "there") as database:
        journal = Journal(database, written.append)
        links = [Link(f"https://a.example/{n}", f"https://a.example/{n}", "feed") for n in (1, 2)]
        with journal.together():
            journal.add("a", links, now=NOW)
        page = Page("https://a.example/1", "https://a.example/1", b"...", NOW)
        refined = Refined(page, Rejected(page.url, "timeout"))
        journal.keep(refined, found_by="feed", since=None, recheck=(), text=(), now=NOW)
    return written


def test_what_comes_twice_changes_nothing(tmp_path: Path) -> None:
    with open_database(tmp_path) as database:
        leases.acquire(database, "a", "me", 60, utc_now())
        replay = Replay(Site("a"), "me", database, None)
        for number, entry in [*enumerate(entries(tmp_path), 1)] * 2:
            asyncio.run(replay.write(number, entry))
        rows = list(database.query("SELECT url, state, attempts FROM frontier ORDER BY url"))
    assert [(row["state"], row["attempts"]) for row in rows] == [("queued", 1), ("queued", 0)]
    assert replay.counts["failed"] == 1


def test_what_comes_from_a_worker_that_lost_its_lease_is_refused(tmp_path: Path) -> None:
    with open_database(tmp_path) as database:
        leases.acquire(database, "a", "someone else", 60, utc_now())
        replay = Replay(Site("a"), "me", database, None)
        with pytest.raises(LeaseLost):
            asyncio.run(replay.write(1, entries(tmp_path)[0]))
        assert database["frontier"].count == 0
