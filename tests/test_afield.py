"""A crawl on a worker of the cluster leaves in the database what a crawl at home leaves."""

import asyncio
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from cluster_farm import farm_of_two
from web import Answer, Asked, Web, article, rss

from benchmarks.farm import Farm
from benchmarks.same_rows import disagreements
from items import Site
from pipelines.cluster.refiner import ClusterRefiner
from pipelines.cluster.version import version
from pipelines.workers import Refiner
from spiders.afield.calling import Afield
from spiders.crawl import CrawlResult, crawl_sites
from spiders.equipment import Equipment
from spiders.product import product_settings
from storage import leases
from storage.database import open_database

TESTS = Path(__file__).parent
NOW = "2026-11-01T06:00:00Z"
QUESTIONS = {
    "articles": "SELECT id, url, site, title, text, published, found_by FROM articles",
    "frontier": "SELECT url, fetch_url, site, state, reason, article, attempts, published, "
    "found_by, payload FROM frontier",
    "validators": "SELECT url, etag, last_modified, cursor FROM _validators",
    "crawls": "SELECT site, outcome, queued, fetched, new, rejected, failed, other, trouble "
    "FROM crawls",
    "leases": "SELECT * FROM _leases",
}


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with farm_of_two(tmp_path_factory.mktemp("farm")) as farm:
        yield farm


@pytest.fixture
def cluster(farm: Farm) -> Iterator[ClusterRefiner]:
    cluster = ClusterRefiner(farm.address)
    deadline = time.monotonic() + 30
    while len(cluster.addresses) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield cluster
    cluster.close()


Crawl = Callable[..., CrawlResult]


@pytest.fixture
def afield(cluster: ClusterRefiner, tmp_path: Path) -> Crawl:
    """Crawl one site on the cluster, into the test's database."""

    def crawl(site: Site, lease: float = 30.0) -> CrawlResult:
        with open_database(tmp_path / "afield") as database:
            settings = product_settings({"WARRAQ_CLUSTER_LEASE": lease, "LOG_LEVEL": "WARNING"})
            crew = Afield(settings, Equipment(database, cluster), cluster)
            return asyncio.run(crew.crawl(site))

    return crawl


def begun(crawl: Callable[[], CrawlResult]) -> "Future[CrawlResult]":
    result: Future[CrawlResult] = Future()
    threading.Thread(target=lambda: result.set_result(crawl())).start()
    return result


def publish(web: Web, *numbers: int) -> None:
    web.pages["/feed"] = rss(web.url, list(numbers))
    web.pages |= {f"/news/{n}": article(n) for n in numbers}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Crawl]:
    """The same at home."""
    refiner = Refiner(workers=1, function="standins.refine")
    settings = {"RETRY_TIMES": 0}

    def crawl(site: Site) -> CrawlResult:
        return crawl_sites([site], tmp_path, refiner=refiner, settings=settings)[0]

    yield crawl
    refiner.close()


def test_a_crawl_afield_leaves_the_same_rows(
    web: Web, site: Site, home: Crawl, afield: Crawl, tmp_path: Path
) -> None:
    publish(web, *range(6))
    web.pages |= {"/news/3": "<html>لا مقال</html>", "/news/4": Answer("gone", 410)}
    web.pages["/feed"] = replace(rss(web.url, list(range(6))), headers={"ETag": '"v1"'})
    for crawls in range(2):  # the second time, all is known
        here, there = home(site), afield(site)
        assert (there.outcome, dict(there.counts)) == (here.outcome, dict(here.counts)), crawls
    with open_database(tmp_path) as one, open_database(tmp_path / "afield") as other:
        assert disagreements(one, other, QUESTIONS) == []
        assert one["articles"].count == 4


def test_private_addresses_are_refused_there_as_well(web: Web, site: Site, afield: Crawl) -> None:
    publish(web, 1)
    result = afield(replace(site, allow_private=False))
    assert result.outcome == "failed"
    assert "private address" in result.trouble
    assert web.asked == []


def test_a_worker_of_another_version_crawls_nothing(
    web: Web, site: Site, afield: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(web, 1)
    monkeypatch.setattr("spiders.afield.calling.version", lambda: "0123456789ab")
    result = afield(site)
    assert result.outcome == "stopped"
    assert "another version of Warraq" in result.trouble
    assert web.asked == []


def holding() -> tuple[Callable[[Asked], Answer], Event, Event]:
    """A page that is held back; what lets it go, and what tells that it was asked for."""
    held, reached = Event(), Event()

    def hold(asked: Asked) -> Answer:
        reached.set()
        return Answer(article(2), wait=held)

    return hold, held, reached


def test_a_site_of_a_lost_worker_is_crawled_again_when_its_lease_has_run_out(
    farm: Farm, web: Web, site: Site, afield: Crawl, tmp_path: Path
) -> None:
    hold, held, reached = holding()
    publish(web, 1, 2, 3)
    web.pages["/news/2"] = hold
    first = begun(lambda: afield(site, lease=6.0))
    assert reached.wait(30)
    with open_database(tmp_path / "afield") as database:
        holder = leases.holder(database, site.name) or ""
    port = holder.split("//")[1].split(" ")[0].rpartition(":")[2]
    farm.kill_worker(farm.listening(int(port)))
    assert afield(site).outcome == "busy"
    assert first.result(60).outcome == "stopped"
    farm.start_worker()
    held.set()
    publish(web, 1, 2, 3)
    deadline = time.monotonic() + 20
    while (again := afield(site, lease=6.0)).outcome == "busy":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert again.outcome == "finished"
    with open_database(tmp_path / "afield") as database:
        titles = [row["title"] for row in database.query("SELECT title FROM articles")]
        assert sorted(titles) == ["خبر 1", "خبر 2", "خبر 3"]
        states = {row["state"] for row in database.query("SELECT state FROM frontier")}
        assert states == {"done"}


def test_a_crawl_that_nobody_asks_for_is_ended(web: Web, site: Site, tmp_path: Path) -> None:
    """The writer was killed: the site is left in peace before its lease runs out."""
    from spiders.afield import hosting
    from spiders.afield.crawling import Assignment
    from storage import snapshot

    publish(web, 1)
    held = Event()
    web.pages["/news/1"] = Answer(article(1), wait=held)
    with open_database(tmp_path) as database:
        known = snapshot.take(database, site)
    assignment = pickle.dumps(Assignment(site, known, {"LOG_LEVEL": "WARNING"}, False))

    async def left_alone() -> hosting.Step | None:
        await hosting.begin(site.name, "token", version(), assignment, 2.0)
        hosted = hosting._hosted[site.name]
        await asyncio.wait_for(asyncio.gather(*hosted._tasks, return_exceptions=True), 30)
        assert hosted.process.exitcode is not None
        return await hosting.step(site.name, "token", 0, False)

    assert asyncio.run(left_alone()) is None
    held.set()


def test_archived_pages_are_written_at_home(
    web: Web, site: Site, cluster: ClusterRefiner, tmp_path: Path
) -> None:
    from spiders.equipment import archive
    from storage.archive.reading import read

    publish(web, 1)
    with open_database(tmp_path) as database:
        settings = product_settings({"LOG_LEVEL": "WARNING"})
        opened = archive(settings, database)
        crew = Afield(settings, Equipment(database, cluster, archive=opened), cluster)
        assert asyncio.run(crew.crawl(site)).outcome == "finished"
        assert opened
        opened.close(database)
        [row] = list(database.query("SELECT * FROM _pages"))
        assert read(database, tmp_path, row).body.decode() == article(1)


@pytest.mark.parametrize("at", ["the first page", "the start"])
def test_a_crawl_that_is_told_to_stop_comes_to_its_end(
    at: str, web: Web, site: Site, cluster: ClusterRefiner, tmp_path: Path
) -> None:
    hold, held, reached = holding()
    publish(web, 1, 2, 3)
    web.pages["/news/2" if at == "the first page" else "/robots.txt"] = hold
    settings = product_settings({"LOG_LEVEL": "WARNING"})
    crews: list[Afield] = []

    def crawl() -> CrawlResult:
        with open_database(tmp_path) as database:
            crews.append(Afield(settings, Equipment(database, cluster), cluster))
            return asyncio.run(crews[0].crawl(site))

    result = begun(crawl)
    assert reached.wait(30)
    crews[0].stop()
    time.sleep(1.5)  # until the next step has told it; then a page in flight may still come
    held.set()
    assert result.result(30).outcome == "stopped"
    with open_database(tmp_path) as database:
        assert leases.holder(database, site.name) is None


def test_the_answer_that_held_many_posts_is_archived_at_home_as_well(
    cluster: ClusterRefiner, tmp_path: Path
) -> None:
    """A demo site that has a WordPress REST interface: the same parts of the same answer."""
    from demo.server import serve
    from demo.site_files import write_site_files
    from spiders.equipment import archive
    from spiders.site_file import read_site

    found = []
    with serve(["waha"]) as rooms:
        [file] = write_site_files(rooms.values(), tmp_path / "sites")
        site = read_site(file)
        for name in ("here", "there"):
            with open_database(tmp_path / name) as database:
                settings = product_settings({"LOG_LEVEL": "WARNING"})
                if name == "here":
                    crawl_sites([site], tmp_path / name, settings={"LOG_LEVEL": "WARNING"})
                else:
                    opened = archive(settings, database)
                    equipment = Equipment(database, cluster, archive=opened)
                    asyncio.run(Afield(settings, equipment, cluster).crawl(site))
                    assert opened
                    opened.close(database)
                sql = "SELECT url, kind, part, digest FROM _pages ORDER BY url"
                found.append(database.execute(sql).fetchall())
    assert found[0] == found[1]
    assert {kind for _, kind, _, _ in found[0]} == {"rest"}
