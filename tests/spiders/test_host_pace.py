"""The floor where requests leave: no host is asked sooner than its pace allows, whoever asks."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from web_server import Answer, Web, article, publish, rss

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.fetching.host_pace import MAX_CRAWL_DELAY, HostPace, pace
from spiders.fetching.throttle import settings_of
from spiders.recorder import Recorder, load_pace, save_crawl_delay, save_pace
from spiders.runner import CrawlResult, crawl_sites
from storage import crawls, sites
from storage.database import open_database
from storage.maintenance import end_killed_crawls
from text.timestamps import add_seconds, utc_now

Crawl = Callable[..., CrawlResult]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


SECONDS = st.floats(0, 1000)


@given(
    st.lists(st.tuples(SECONDS, st.sampled_from(["a", "b"]), SECONDS), max_size=30),
    st.dictionaries(st.sampled_from(["a", "b"]), SECONDS),
)
def test_between_two_requests_lies_the_delay_of_both_and_of_robots_txt(
    requests: list[tuple[float, str, float]], crawl_delays: dict[str, float]
) -> None:
    clock = Clock()
    hosts = HostPace(clock)
    for host, seconds in crawl_delays.items():
        hosts.keep_crawl_delay(host, seconds)
    left: dict[str, list[tuple[float, float]]] = {"a": [], "b": []}
    for later, host, delay in requests:
        clock.now += later
        left[host].append((clock.now + hosts.book(host, delay), delay))
    for host, leaving in left.items():
        crawl_delay = min(crawl_delays.get(host, 0.0), MAX_CRAWL_DELAY)
        for (first, before), (second, after) in pairwise(leaving):
            assert second - first >= max(before, after, crawl_delay) - 1e-6


def test_a_host_that_nobody_waits_for_is_forgotten() -> None:
    clock = Clock()
    hosts = HostPace(clock)
    hosts.close("closed", 50_000)
    for number in range(10_000):
        clock.now += 1
        hosts.book(f"host{number}", 0.5)
    assert len(hosts._hosts) < 5000
    clock.now = 1001
    assert hosts.closed_for("closed") == 49_999


def departures(web: Web) -> list[float]:
    return sorted(asked.at for asked in web.asked)


def test_two_sites_of_one_host_keep_one_pace(
    web: Web, site: Site, tmp_path: Path, refiner: LocalRefiner
) -> None:
    publish(web, range(2))
    both = [replace(site, delay=0.2), replace(site, name="other", delay=0.2)]
    crawl_sites(both, tmp_path, refiner=refiner)
    times = departures(web)
    assert len(times) >= 5
    # They are taken at the server, where the first may be seen late; without a common pace, half the
    # time would do.
    assert (times[-1] - times[0]) / 0.2 > len(times) - 2.5


def test_one_crawl_after_another_keeps_the_pace(web: Web, site: Site, crawl: Crawl) -> None:
    publish(web, [])
    for _ in range(4):
        crawl(replace(site, delay=0.3))
    times = departures(web)
    assert len(times) == 8, "robots.txt and the feed"
    assert (times[-1] - times[0]) / 0.3 > len(times) - 1.5


def test_a_redirect_to_the_same_host_is_a_request(web: Web, site: Site, crawl: Crawl) -> None:
    publish(web, range(1))
    for number in range(3):
        web.pages[f"/moved/{number}"] = Answer("", 302, {"Location": f"/moved/{number + 1}"})
    web.pages["/moved/3"] = web.pages["/feed"]
    crawl(replace(site, delay=0.2, feeds=(f"{web.url}/moved/0",)))
    times = departures(web)
    assert len(times) == 7, "robots.txt, the feed with its redirects, tdmrep.json, the article"
    assert (times[-1] - times[0]) / 0.2 > len(times) - 1.5


def test_what_one_crawl_is_asked_to_wait_holds_for_all(
    web: Web, site: Site, tmp_path: Path, refiner: LocalRefiner
) -> None:
    web.pages["/feed"] = Answer("", 429, {"Retry-After": "900"})
    other = replace(site, name="other", feeds=(f"{web.url}/other",))
    results = crawl_sites([site, other], tmp_path, refiner=refiner, at_once=1)
    assert [result.outcome for result in results] == ["resting", "resting"]
    assert web.count("/other") == 0


@pytest.mark.parametrize("delay", [0.0, 1.0, 60.0, 61.0, 3600.0])
def test_autothrottle_never_comes_below_the_file_s_delay(delay: float) -> None:
    settings = settings_of(Site("news", "https://news.example/", delay=delay))
    assert settings["DOWNLOAD_DELAY"] == settings["AUTOTHROTTLE_START_DELAY"] == delay
    assert settings["AUTOTHROTTLE_MAX_DELAY"] >= delay


def test_a_crawl_delay_shorter_than_the_file_s_takes_nothing_from_it(
    web: Web, site: Site, tmp_path: Path, refiner: LocalRefiner
) -> None:
    """The second crawl has robots.txt from the first, so that it is read before any request."""
    publish(web, range(2))
    web.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 0.05\n")
    web.pages["/other"] = rss(web.url, [2, 3])
    web.pages |= {f"/news/{number}": article(number) for number in (2, 3)}
    slow = replace(site, name="other", delay=0.3, feeds=(f"{web.url}/other",))
    crawl_sites([site, slow], tmp_path, refiner=refiner, at_once=1)
    times = departures(web)[-4:]
    assert (times[-1] - times[0]) / 0.3 > 2.5


NEWS = Site("news", "https://news.example/", delay=5.0)


def saved(folder: Path, key: str) -> tuple[str, str]:
    with open_database(folder) as db:
        row: tuple[str, str] = db.execute(
            "SELECT value, saved FROM _site_state WHERE key = ?", [key]
        ).fetchone()
        return row


@pytest.mark.parametrize("clock", [-86_400, -600, 0, 86_400, 400 * 86_400])
def test_a_later_process_keeps_what_is_left_whatever_the_clock_did(
    tmp_path: Path, clock: float
) -> None:
    with open_database(tmp_path) as db:
        sites.ensure(db, "news")
        then = add_seconds(utc_now(), -clock)
        sites.save_wait(db, "news", sites.RETRY_AFTER, 900, then)
        sites.save_wait(db, "news", sites.NEXT_REQUEST, 30, then)
        load_pace(db, NEWS, 0)
        closed, wait = pace.closed_for("news.example"), pace.wait_left("news.example")
        assert closed == pytest.approx(900 if clock <= 0 else 0, abs=5) or clock > 0 >= closed
        assert wait == pytest.approx(30 if clock <= 0 else 0, abs=5)
        pace.close("news.example", 60)
        pace.book("news.example", 20)
        save_pace(Recorder(db), NEWS)
    for key in (sites.RETRY_AFTER, sites.NEXT_REQUEST):
        assert saved(tmp_path, key)[1] >= add_seconds(utc_now(), -10), "by the clock of now"


def _killed_crawl(db: Database, site: Site, now: str) -> int:
    """A crawl without an end, of which the process knows nothing; the number of the next one."""
    crawls.begin(db, site, now)
    pace.forget()
    return crawls.begin(db, site, now)


@pytest.mark.parametrize("delay", [0.0, 5.0, 700.0])
@pytest.mark.parametrize("crawl_delay", [0.0, 30.0, 9_999.0])
def test_after_a_kill_the_whole_delay_is_kept(
    db: Database, delay: float, crawl_delay: float
) -> None:
    site = replace(NEWS, delay=delay)
    crawls.begin(db, site, utc_now())
    save_crawl_delay(Recorder(db), site, "news.example", crawl_delay)
    save_crawl_delay(Recorder(db), site, "elsewhere.example", 555.0)
    load_pace(db, site, _killed_crawl(db, site, utc_now()))
    expected = max(delay, min(crawl_delay, MAX_CRAWL_DELAY))
    assert pace.wait_left("news.example") == pytest.approx(expected, abs=5)


@pytest.mark.parametrize(("ago", "left"), [(0, 60), (40, 20), (3_600, 0)])
def test_a_kill_that_was_found_out_earlier_is_waited_for_no_longer(
    db: Database, ago: float, left: float
) -> None:
    site, found = replace(NEWS, delay=60.0), add_seconds(utc_now(), -ago)
    sites.ensure(db, site.name)
    number = _killed_crawl(db, site, found)
    assert end_killed_crawls(db, found) == 2
    load_pace(db, site, number)
    assert pace.wait_left("news.example") == pytest.approx(left, abs=5)


def test_a_crawl_that_ended_has_said_when(db: Database) -> None:
    crawls.finish(db, crawls.begin(db, NEWS, utc_now()), "stopped", {}, utc_now())
    load_pace(db, NEWS, crawls.begin(db, NEWS, utc_now()))
    assert pace.wait_left("news.example") == 0


def test_a_crawl_saves_the_crawl_delay_that_it_learns(
    web: Web, site: Site, crawl: Crawl, tmp_path: Path
) -> None:
    for rules, value in (("Crawl-delay: 0.05", "0.05"), ("Disallow: /x", None)):
        publish(web, range(1))
        web.pages["/robots.txt"] = Answer(f"User-agent: *\n{rules}\n")
        crawl(site)
        with open_database(tmp_path) as db:
            assert sites.load_state(db, site.name, sites.CRAWL_DELAY) == value
