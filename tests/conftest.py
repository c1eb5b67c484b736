"""Fixtures that several test modules use."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import web_server as webserver
from shield import shielded
from sqlite_utils import Database

from items import Site
from pipelines.workers.pool import LocalRefiner
from spiders.crawl_resources import PRELOAD
from spiders.fetching.host_pace import pace
from spiders.runner import CrawlResult, crawl_sites
from storage.archive.pointer import archive_folder
from storage.archive.warc_file import WarcWriter
from storage.database import open_database

# An example's time is the machine's, and says nothing of the code.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")

_session = ExitStack()
_libc = ctypes.CDLL(None)
_M_MMAP_THRESHOLD = -3


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    """Before any module of the tests is imported, and before workers are started."""
    _session.enter_context(shielded())
    # glibc raises this threshold with each large block that is freed, and then keeps such blocks:
    # after the tests of megabytes, most of the process would be memory that nobody uses.
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(_M_MMAP_THRESHOLD, 128 << 10)


def pytest_unconfigure() -> None:
    _session.close()


@pytest.fixture(scope="module", autouse=True)
def _freed_memory_goes_back() -> Iterator[None]:
    yield
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)


@pytest.fixture(autouse=True)
def _hosts_of_one_test() -> None:
    """All the tests' servers are one host."""
    pace.forget()


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


@pytest.fixture(scope="session")
def refiner() -> Iterator[LocalRefiner]:
    """Workers with the tests' stand-in: they take half a second to start."""
    refiner = LocalRefiner(
        workers=2, seconds=1.0, memory=256 << 20, function="fake_refine.refine", preload=PRELOAD
    )
    yield refiner
    refiner.close()


@pytest.fixture
def crawl(tmp_path: Path, refiner: LocalRefiner) -> Callable[..., CrawlResult]:
    """Crawl one site into the test's database."""

    def crawl(site: Site, **arguments: Any) -> CrawlResult:
        settings = {"RETRY_TIMES": 0} | arguments.pop("settings", {})
        arguments.setdefault("refiner", refiner)
        [result] = crawl_sites([site], tmp_path, settings=settings, **arguments)
        return result

    return crawl


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """The database of the test's folder."""
    with open_database(tmp_path) as db:
        yield db


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[WarcWriter]:
    """A writer into its archive."""
    writer = WarcWriter(archive_folder(tmp_path), {"software": "test"})
    yield writer
    writer.finish()


@pytest.fixture
def bare(site: Site) -> Site:
    """The site without its feed."""
    return replace(site, feeds=())
