"""Leases, the record of crawls, and the figures of `warraq status`."""

import subprocess

import pytest
from sqlite_utils import Database
from storage_samples import LATER, NOW, article, rows

from items import Link, Site
from storage import crawls, frontier, frontier_states, leases
from storage.articles import store
from storage.status import SiteStatus, per_site
from text.timestamps import add_seconds


def test_a_site_has_one_owner_until_it_is_given_back(db: Database) -> None:
    assert leases.acquire(db, "news", "service", 60, NOW)
    assert not leases.acquire(db, "news", "by hand", 60, NOW)
    assert leases.acquire(db, "other", "by hand", 60, NOW)
    assert leases.holder(db, "news", NOW) == "service"
    leases.release(db, "news", "by hand")
    assert leases.holder(db, "news", NOW) == "service"
    leases.release(db, "news", "service")
    assert leases.holder(db, "news", NOW) is None
    assert leases.acquire(db, "news", "by hand", 60, NOW)


def test_a_lease_runs_out_unless_it_is_renewed(db: Database) -> None:
    leases.acquire(db, "news", "service", 60, NOW)
    assert leases.renew(db, "news", "service", 60, add_seconds(NOW, 50))
    assert not leases.acquire(db, "news", "by hand", 60, add_seconds(NOW, 100))
    assert leases.holder(db, "news", add_seconds(NOW, 110)) is None
    assert leases.acquire(db, "news", "by hand", 60, add_seconds(NOW, 110))
    assert not leases.renew(db, "news", "service", 60, add_seconds(NOW, 120))


@pytest.mark.parametrize("ahead", [301, 86_400, 400 * 86_400])
def test_a_lease_of_the_future_holds_for_no_longer_than_its_length(
    db: Database, ahead: float
) -> None:
    leases.acquire(db, "news", "service", leases.SECONDS, add_seconds(NOW, ahead))
    assert leases.holder(db, "news", NOW) == "service"
    assert not leases.acquire(db, "news", "by hand", 60, add_seconds(NOW, 200))
    assert leases.holder(db, "news", add_seconds(NOW, leases.SECONDS + 1)) is None
    assert leases.acquire(db, "news", "by hand", 60, add_seconds(NOW, leases.SECONDS + 1))


@pytest.mark.parametrize("back", [3600, 86_400, 400 * 86_400])
def test_the_queue_is_set_back_with_the_clock(db: Database, back: float) -> None:
    before, minute = add_seconds(NOW, back), 60
    crawls.begin(db, NEWS, before)
    links = [Link(f"https://news.example/{n}", f"https://news.example/{n}", "feed") for n in "ab"]
    frontier.add(db, "news", links, now=before)
    frontier_states.retry(db, links[0].url, "http_500", now=before)
    assert frontier.take(db, "news", 9, now=NOW) == []
    crawls.begin(db, NEWS, NOW)
    assert [queued.link.url for queued in frontier.take(db, "news", 9, now=NOW)] == [links[1].url]
    assert len(frontier.take(db, "news", 9, now=add_seconds(NOW, 10 * minute))) == 2


def test_a_lease_ends_with_the_process_of_its_owner(db: Database) -> None:
    leases.acquire(db, "news", "service", 3600, NOW)
    ended = subprocess.Popen(["true"])
    ended.wait()
    db.execute("UPDATE _leases SET pid = ?", [ended.pid])
    assert leases.holder(db, "news", NOW) is None
    assert leases.acquire(db, "news", "by hand", 60, NOW)


def test_another_machine_s_owner_is_taken_at_its_word(db: Database) -> None:
    leases.acquire(db, "news", "service", 3600, NOW)
    db.execute("UPDATE _leases SET host = 'elsewhere', pid = 999999999")
    assert leases.holder(db, "news", NOW) == "service"
    assert not leases.acquire(db, "news", "by hand", 60, NOW)


NEWS = Site("news", homepage="https://news.example/", title="أخبار", language="ar")


def test_a_crawl_is_on_record_with_its_counts(db: Database) -> None:
    crawl = crawls.begin(db, NEWS, NOW)
    crawls.finish(db, crawl, "finished", {"new": 3, "copies": 1, "login_wall": 2}, LATER)
    sql = "SELECT site, started, finished, outcome, new, copies, revised, other_counts FROM crawls"
    assert rows(db, sql) == [
        ("news", NOW, LATER, "finished", 3, 1, 0, '{"login_wall": 2}'),
    ]
    assert rows(db, "SELECT name, title, homepage, language FROM sites") == [
        ("news", "أخبار", "https://news.example/", "ar")
    ]


def test_failures_are_counted_until_a_success(db: Database) -> None:
    def crawled(outcome: str) -> tuple[object, ...]:
        crawls.finish(db, crawls.begin(db, NEWS, NOW), outcome, {}, LATER)
        return rows(db, "SELECT failures_in_a_row, last_success FROM sites")[0]

    assert [crawled(outcome) for outcome in ("failed", "failed", "stopped", "finished")] == [
        (1, None),
        (2, None),
        (2, None),
        (0, LATER),
    ]


def test_the_figures_of_every_site(db: Database) -> None:
    crawl = crawls.begin(db, NEWS, NOW)
    frontier.add(
        db, "news", [Link(f"https://news.example/{n}", "", "feed") for n in range(4)], now=NOW
    )
    store(db, article(1), now=NOW)
    store(db, article(2, paragraphs=article(1).paragraphs), now=NOW)
    store(db, article(3, site=None, url=None), now=NOW)
    crawls.finish(db, crawl, "finished", {"new": 1}, LATER)
    crawls.begin(db, Site("archive"), LATER)
    assert per_site(db) == [
        SiteStatus("archive", last_crawl=LATER),
        SiteStatus(
            "news",
            articles=1,
            copies=1,
            last_new_article=NOW,
            last_crawl=NOW,
            outcome="finished",
            last_success=LATER,
            recent_yield=1.0,
            frontier={"done": 2, "queued": 2},
        ),
        SiteStatus(None, articles=1, last_new_article=NOW),
    ]
    assert rows(db, "SELECT last_new_article FROM sites WHERE name = 'news'") == [(NOW,)]
