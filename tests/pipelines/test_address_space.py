"""A limit of the environment that leaves workers too little memory is no fault of pages."""

import asyncio
import resource

import pytest

from items import Page, Site
from pipelines.workers import pebble_pool
from pipelines.workers.pool import LocalRefiner, NoWorkers, check_address_space

PAGE = Page("https://news.example/1", "https://news.example/1", b"<p>text", "2026-11-01T00:00:00Z")


@pytest.mark.parametrize("limit", [300, 400, 500, 600, 800, 1279])
def test_no_worker_is_started_and_the_limit_is_named(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit << 20, limit << 20))
    with pytest.raises(NoWorkers, match=f"{limit} MB of address space .* to 1280 MB or more"):
        asyncio.run(LocalRefiner().refine(PAGE, Site("news")))


def test_what_is_named_instead_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (800 << 20, 800 << 20))
    with pytest.raises(NoWorkers, match="WARRAQ_WORKER_MEMORY_MB=544"):
        check_address_space(1 << 30)
    check_address_space(544 << 20)


@pytest.mark.parametrize("error", [MemoryError(), OSError(12, "no"), RuntimeError("no thread")])
def test_what_the_machine_refuses_is_no_fault_of_the_page(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(pebble_pool, "ProcessPool", fails)
    with pytest.raises(NoWorkers, match="no worker process can be started"):
        asyncio.run(LocalRefiner().refine(PAGE, Site("news")))
