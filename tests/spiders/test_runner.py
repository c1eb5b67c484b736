"""Several sites in one process: concurrent, each with its own permissions, stopped together."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import web_server as webserver
from web_server import Answer, ReceivedRequest, Web, article, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.crawl_resources import CrawlEvent, SourceRead
from spiders.runner import crawl_sites
from storage import leases
from storage.article_rows import iterate
from storage.database import open_database
from storage.frontier import counts


@pytest.fixture
def webs() -> Iterator[list[Web]]:
    with ExitStack() as stack:
        yield [stack.enter_context(webserver.serve()) for _ in range(3)]


def site_of(web: Web, name: str, articles: int) -> Site:
    web.pages["/feed"] = rss(web.url, range(articles))
    for number in range(articles):
        web.pages[f"/news/{number}"] = article(number, words=name)
    feeds = (f"{web.url}/feed",)
    return Site(name, f"{web.url}/", feeds=feeds, delay=0.0, concurrency=4, allow_private=True)


def test_sites_are_crawled_concurrently_and_report_events(
    webs: list[Web], tmp_path: Path, refiner: LocalRefiner
) -> None:
    sites = [site_of(web, name, 4) for web, name in zip(webs, ("a", "b", "c"), strict=True)]
    events: list[tuple[str, CrawlEvent]] = []
    results = crawl_sites(
        sites, tmp_path, on_event=lambda *event: events.append(event), refiner=refiner
    )
    assert [(item.site, item.outcome, item.counts["new"]) for item in results] == [
        ("a", "finished", 4),
        ("b", "finished", 4),
        ("c", "finished", 4),
    ]
    assert len(list(iterate(open_database(tmp_path)))) == 12
    read = [(name, event.links) for name, event in events if isinstance(event, SourceRead)]
    assert sorted(read) == [("a", 4), ("b", 4), ("c", 4)]
    assert sum(not isinstance(event, SourceRead) for _, event in events) == 12


def test_a_site_may_not_reach_the_private_host_of_another(
    webs: list[Web], tmp_path: Path, refiner: LocalRefiner
) -> None:
    first, second, _ = webs
    own = site_of(first, "own", 2)
    prying = site_of(second, "prying", 0)
    second.pages["/feed"] = Answer(status=302, headers={"Location": f"{first.url}/secret"})
    results = crawl_sites([own, prying], tmp_path, refiner=refiner)
    assert [item.outcome for item in results] == ["finished", "failed"]
    assert "private address" in results[1].trouble
    assert first.count("/secret") == 0


def test_ctrl_c_ends_all_sites_in_order(
    webs: list[Web], tmp_path: Path, refiner: LocalRefiner
) -> None:
    sites = [site_of(web, name, 40) for web, name in zip(webs, ("a", "b", "c"), strict=True)]
    last = webs[0].pages["/news/9"]

    def interrupt(asked: ReceivedRequest) -> Answer:
        os.kill(os.getpid(), signal.SIGINT)
        return Answer(str(last))

    webs[0].pages["/news/9"] = interrupt
    results = crawl_sites(sites, tmp_path, at_once=2, refiner=refiner)
    assert [item.outcome for item in results] == ["stopped", "stopped", "stopped"]
    assert webs[2].asked == [], "what had not begun does not begin"
    db = open_database(tmp_path)
    for web, name in zip(webs[:2], ("a", "b"), strict=True):
        assert leases.holder(db, name) is None
        asked = len(web.paths("/news/"))
        assert counts(db, name) == {"done": asked, "queued": 40 - asked}
