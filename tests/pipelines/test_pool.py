"""Pages are refined in worker processes; the crawl survives what a page does there."""

import asyncio

import pytest
from hostile_pages import TEXTS, Outcomes, assert_survived, page, reasons

from items import Site
from pipelines.workers.pool import LocalRefiner, NoWorkers
from spiders.fetching.reactor import run_on_reactor

SITE = Site("news")


def refine(refiner: LocalRefiner, *texts: str) -> Outcomes:
    async def all_at_once() -> Outcomes:
        pages = [page(text, number) for number, text in enumerate(texts)]
        return await asyncio.gather(*(refiner.refine(page_, SITE) for page_ in pages))

    return run_on_reactor(all_at_once())


def test_hostile_pages_are_recorded_and_the_others_refined(refiner: LocalRefiner) -> None:
    assert_survived(refine(refiner, *TEXTS))


def test_workers_that_are_all_killed_are_started_again(refiner: LocalRefiner) -> None:
    outcomes = refine(refiner, "misbehave:kill", "misbehave:kill", "misbehave:kill")
    assert reasons(outcomes) == ["crashed"] * 3
    assert reasons(refine(refiner, "<p>خبر</p>")) == [""]


def test_a_missing_refinement_is_an_error_and_not_a_rejected_page() -> None:
    refiner = LocalRefiner(function="fake_refine.nowhere")
    with pytest.raises(NoWorkers, match="as soon as they start"):
        refine(refiner, "<p>خبر</p>")
    refiner.close()
