"""The pace that sites ask for: robots.txt, Crawl-delay, Retry-After."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email.utils import formatdate
from pathlib import Path

import pytest
from web_server import Answer, ReceivedRequest, Web, article, publish, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.fetching.retry_after import retry_after_seconds
from spiders.runner import CrawlResult, crawl_sites
from storage.database import open_database
from storage.frontier import counts

# They wait for what sites ask for, in seconds of the clock.
pytestmark = pytest.mark.slow

Crawl = Callable[..., CrawlResult]


def publish_with_robots(web: Web, count: int, robots: str = "") -> None:
    publish(web, range(count))
    web.pages["/robots.txt"] = Answer(robots, headers={"Content-Type": "text/plain"})


def pauses(web: Web, delay: float) -> float:
    """How many delays lie between the first request and the last. Single gaps say less: a server
    that notices one request late shortens the gap to the next.
    """
    return (web.asked[-1].at - web.asked[0].at) / delay


def test_robots_are_obeyed_and_remembered(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish_with_robots(
        web, 3, "User-agent: *\nDisallow: /news/0\nUser-agent: warraq\nDisallow: /news/1\n"
    )
    assert crawl(site).counts["rejected: robots"] == 1
    assert sorted(web.paths("/news/")) == ["/news/0", "/news/2"]
    web.forget()
    crawl(site)
    assert web.paths("/news/") == []
    [row] = open_database(tmp_path).query("SELECT * FROM frontier WHERE url LIKE '%/news/1'")
    assert row["state"] == "denied"


def test_a_feed_that_robots_deny_is_not_read(web: Web, site: Site, crawl: Crawl) -> None:
    publish_with_robots(web, 1, "User-agent: *\nDisallow: /feed\n")
    assert "robots.txt" in crawl(site).trouble
    assert web.count("/feed") == 0


@pytest.mark.parametrize(("status", "asked"), [(404, 2), (403, 2), (500, 0), (429, 0)])
def test_a_failed_robots_txt_closes_the_site_and_a_missing_one_opens_it(
    web: Web, site: Site, crawl: Crawl, status: int, asked: int
) -> None:
    publish_with_robots(web, 1)
    web.pages["/robots.txt"] = Answer("<html>error</html>", status)
    crawl(site)
    assert len(web.paths("/feed") + web.paths("/news/")) == asked


def test_crawl_delay_is_applied_between_all_requests(web: Web, site: Site, crawl: Crawl) -> None:
    publish_with_robots(web, 4, "User-agent: *\nCrawl-delay: 0.3\n")
    assert crawl(site).counts["new"] == 4
    assert pauses(web, 0.3) > len(web.asked) - 1.5


def test_request_rate_is_a_delay_too(web: Web, site: Site, crawl: Crawl) -> None:
    publish_with_robots(web, 2, "User-agent: *\nRequest-rate: 4/1s\n")
    crawl(site)
    assert pauses(web, 0.25) > len(web.asked) - 1.5


def test_the_sites_own_delay_holds_from_the_first_request(
    web: Web, site: Site, crawl: Crawl
) -> None:
    publish_with_robots(web, 3)
    crawl(replace(site, delay=0.2))
    assert pauses(web, 0.2) > len(web.asked) - 1.5


def test_we_say_who_we_are(web: Web, site: Site, crawl: Crawl) -> None:
    publish_with_robots(web, 1)
    crawl(site, settings={"USER_AGENT": "Warraq/1 (+https://archive.example/about)"})
    agents = {asked.headers["user-agent"] for asked in web.asked}
    assert agents == {"Warraq/1 (+https://archive.example/about)"}
    assert not any("referer" in asked.headers or "cookie" in asked.headers for asked in web.asked)


def test_a_short_retry_after_is_waited_for(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish_with_robots(web, 3)
    times = []

    def busy(asked: ReceivedRequest) -> Answer:
        times.append(asked.at)
        if len(times) == 1:
            return Answer("later", 503, {"Retry-After": "1"})
        return Answer(article(1))

    web.pages["/news/1"] = busy
    assert crawl(replace(site, concurrency=1)).counts["new"] == 3
    assert times[1] - times[0] > 0.95
    early = [asked.at for asked in web.asked if times[0] < asked.at < times[0] + 0.95]
    assert early == []


def test_a_long_retry_after_ends_the_crawl_and_binds_the_next(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    publish_with_robots(web, 30)
    web.pages["/news/29"] = Answer("later", 429, {"Retry-After": formatdate(time.time() + 900)})
    result = crawl(replace(site, concurrency=1))
    assert result.outcome == "resting"
    left = 30 - len(web.paths("/news/"))
    assert left > 10
    web.forget()
    assert crawl(site).outcome == "resting"
    assert web.asked == []
    db = open_database(tmp_path)
    [row] = db.query("SELECT * FROM frontier WHERE url LIKE '%/news/29'")
    assert row["state"] == "queued"
    assert row["attempts"] == 0
    assert 800 < datetime.fromisoformat(row["due"]).timestamp() - time.time() < 910
    assert counts(db) == {"queued": 30}, "the others are neither lost nor failed"


def test_a_source_that_asks_to_wait_a_moment_is_asked_again(
    web: Web, site: Site, crawl: Crawl
) -> None:
    publish_with_robots(web, 1)
    answers = iter([Answer("", 429, {"Retry-After": "1"}), rss(web.url, [0])])
    web.pages["/feed"] = lambda asked: next(answers)
    assert crawl(site).counts["new"] == 1


NOW = 1_793_000_000.0


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "120", 120.0),
        (503, formatdate(NOW + 90, usegmt=True), 90.0),
        (503, "", 0.0),
        (429, "", 300.0),
        (429, "soon", 300.0),
        (429, "-5", 300.0),
        (429, "0", 1.0),
        (429, formatdate(NOW - 90), 1.0),
        (429, "99999999999999999999", 6 * 3600.0),
        (429, "١٢", 300.0),
        (200, "120", 0.0),
        (500, "120", 0.0),
    ],
)
def test_retry_after(status: int, header: str, seconds: float) -> None:
    assert retry_after_seconds(status, header, NOW) == seconds


def test_crawls_of_one_process_share_robots_txt(
    web: Web, site: Site, tmp_path: Path, refiner: LocalRefiner
) -> None:
    publish_with_robots(web, 1, "User-agent: *\nDisallow: /feed\n")
    both = [site, replace(site, name="other")]
    results = crawl_sites(both, tmp_path, at_once=1, refiner=refiner)
    assert all("robots.txt does not allow" in result.trouble for result in results)
    assert web.count("/robots.txt") == 1


def test_a_failed_robots_txt_is_not_shared(
    web: Web, site: Site, tmp_path: Path, refiner: LocalRefiner
) -> None:
    publish_with_robots(web, 1)
    web.pages["/robots.txt"] = Answer("busy", 500)
    both = [site, replace(site, name="other")]
    crawl_sites(both, tmp_path, at_once=1, refiner=refiner, settings={"RETRY_TIMES": 0})
    assert web.count("/robots.txt") == 2
