"""What storing a page raises that nobody has thought of: it is that page's, and the crawl ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from storage_samples import rows
from web_server import Web, publish

from items import Site
from pipelines.ingest import groups
from pipelines.ingest.page import ingest_page
from pipelines.workers.pool import LocalRefiner
from spiders import recorder
from spiders.runner import CrawlResult
from storage.database import open_database

Crawl = Callable[..., CrawlResult]
FAULTS = (ValueError("odd"), RuntimeError(), RecursionError("deep"), KeyError("key"))
each = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)


def queue(data: Path) -> list[tuple[str, str, int]]:
    """What is not stored: path, reason, failed attempts."""
    with open_database(data) as db:
        sql = "SELECT url, reason, attempts FROM frontier WHERE state = 'queued' ORDER BY url"
        return [(f"/{url.split('/', 3)[3]}", reason, count) for url, reason, count in rows(db, sql)]


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalRefiner]:
    """With a page's usual time, since it is no matter of these tests."""
    refiner = LocalRefiner(1, function="fake_refine.refine")
    yield refiner
    refiner.close()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Storing one of the pages fails when most of it is written."""

    def ingest(*arguments: object) -> object:
        result = ingest_page(*arguments)  # type: ignore[arg-type]
        if result.key.endswith("/news/2"):
            raise fault
        return result

    monkeypatch.setattr(groups, "ingest_page", ingest)


@each
@pytest.mark.usefixtures("failing")
def test_a_page_that_cannot_be_stored_is_tried_again_later(
    web: Web, site: Site, crawl: Crawl, workers: LocalRefiner, tmp_path: Path
) -> None:
    publish(web, range(5))
    result = crawl(site, refiner=workers)
    assert (result.outcome, result.counts["new"], result.counts["failed"]) == ("finished", 4, 1)
    assert queue(tmp_path) == [("/news/2", "error", 1)]


@each
@pytest.mark.usefixtures("failing")
def test_where_its_failure_cannot_be_recorded_the_crawl_ends_and_keeps_it(
    web: Web,
    site: Site,
    crawl: Crawl,
    workers: LocalRefiner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
) -> None:
    def unrecorded(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(recorder, "record_look", unrecorded)
    publish(web, range(5))
    result = crawl(site, refiner=workers)
    assert result.outcome == "failed"
    assert ("/news/2", "", 0) in queue(tmp_path)
