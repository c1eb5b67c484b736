"""Pages are refined in worker processes; what a page does there, the crawl survives."""

import asyncio

import pytest

from items import Article, Page, Rejected, Site
from pipelines.workers import NoWorkers, Refiner
from spiders.fetching.reactor import run

SITE = Site("news")


def page(text: str, number: int = 1) -> Page:
    url = f"https://news.example/{number}"
    return Page(key=url, url=url, body=text.encode(), fetched="2026-11-01T06:00:00Z")


def refine(refiner: Refiner, *texts: str) -> list[Article | Rejected]:
    async def all_at_once() -> list[Article | Rejected]:
        pages = [page(text, number) for number, text in enumerate(texts)]
        return await asyncio.gather(*(refiner.refine(each, SITE) for each in pages))

    return run(all_at_once())


def reasons(outcomes: list[Article | Rejected]) -> list[str]:
    return [outcome.reason if isinstance(outcome, Rejected) else "" for outcome in outcomes]


def test_hostile_pages_are_recorded_and_the_others_refined(refiner: Refiner) -> None:
    outcomes = refine(
        refiner,
        "misbehave:hang",
        "<h1>عنوان</h1><p>نص الخبر</p>",
        "misbehave:exit",
        "misbehave:memory",
        "misbehave:raise",
        "<p>خبر آخر</p>",
    )
    assert reasons(outcomes) == ["timeout", "", "crashed", "memory", "crashed", ""]
    assert [each.paragraphs for each in outcomes if isinstance(each, Article)] == [
        ("نص الخبر",),
        ("خبر آخر",),
    ]


def test_workers_that_are_all_killed_are_started_again(refiner: Refiner) -> None:
    outcomes = refine(refiner, "misbehave:kill", "misbehave:kill", "misbehave:kill")
    assert reasons(outcomes) == ["crashed"] * 3
    assert reasons(refine(refiner, "<p>خبر</p>")) == [""]


def test_a_missing_refinement_is_an_error_and_not_a_rejected_page() -> None:
    refiner = Refiner(function="standins.nowhere")
    with pytest.raises(NoWorkers, match="as soon as they start"):
        refine(refiner, "<p>خبر</p>")
    refiner.close()
