"""Fixtures that several test modules use."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import web as webserver

from items import Site
from spiders.crawl import CrawlResult, crawl_sites


@pytest.fixture
def web() -> Iterator[webserver.Web]:
    with webserver.serve() as web:
        yield web


@pytest.fixture
def site(web: webserver.Web) -> Site:
    """A site on the loopback server that has a feed."""
    return Site(
        "news",
        homepage=f"{web.url}/",
        feeds=(f"{web.url}/feed",),
        delay=0.0,
        concurrency=4,
        allow_private=True,
    )


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[..., CrawlResult]:
    """Crawl one site into the test's database, refining with the tests' stand-in."""

    def crawl(site: Site, **arguments: Any) -> CrawlResult:
        settings = {
            "WARRAQ_REFINE": "standins.refine",
            "WARRAQ_PAGE_SECONDS": 1.0,
            "WARRAQ_WORKERS": 2,
            "WARRAQ_WORKER_MEMORY_MB": 256,
            "RETRY_TIMES": 0,
        } | arguments.pop("settings", {})
        [result] = crawl_sites([site], tmp_path, settings=settings, **arguments)
        return result

    return crawl
