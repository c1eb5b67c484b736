"""Pages are refined in worker processes; the crawl survives what a page does there."""

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from fake_refine import raise_nameless, raise_unsendable
from hostile_pages import TEXTS, Outcomes, assert_survived, page, reasons
from pebble import ProcessPool
from waiting import PATIENCE, until

from items import Site
from pipelines.workers.pebble_pool import outcome
from pipelines.workers.pool import LocalRefiner, NoWorkers
from pipelines.workers.worker_tasks import WorkerLost, do_nothing
from spiders.fetching.reactor import run_on_reactor
from storage.archive.pointer import digest_of

SITE = Site("news")
SUPPORT = Path(__file__).parents[1] / "support"
# A process that is told of the signal, as a crawl is, and lets its page finish.
REFINING = """
import asyncio, signal, sys
from items import Page, Site
from pipelines.workers.pool import LocalRefiner
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, lambda *_: None)
refiner = LocalRefiner(workers=1, function="fake_refine.refine")
page = Page("https://news.example/1", "https://news.example/1",
            f"misbehave:wait {sys.argv[1]} <p>خبر</p>".encode(), "2026-11-01T06:00:00Z")
print(type(asyncio.run(refiner.refine(page, Site("news")))).__name__)
refiner.close()
"""


def refine(refiner: LocalRefiner, *texts: str) -> Outcomes:
    async def all_at_once() -> Outcomes:
        pages = [page(text, number) for number, text in enumerate(texts)]
        return await asyncio.gather(*(refiner.refine(page_, SITE) for page_ in pages))

    return run_on_reactor(all_at_once())


def test_hostile_pages_are_recorded_and_the_others_refined(refiner: LocalRefiner) -> None:
    assert_survived(refine(refiner, *TEXTS))


def test_a_worker_makes_the_record_and_a_lost_one_leaves_it_to_the_caller(
    refiner: LocalRefiner,
) -> None:
    async def all_at_once() -> list[Any]:
        pages = [page(text, number) for number, text in enumerate(TEXTS)]
        refining = (refiner.refine_and_record(page_, SITE) for page_ in pages)
        return list(await asyncio.gather(*refining))

    results = run_on_reactor(all_at_once())
    assert_survived([outcome for outcome, _ in results])
    made = [record.digest if record else None for _, record in results]
    kept = [digest_of(text.encode()) if "misbehave" not in text else None for text in TEXTS]
    assert made == kept


def test_workers_that_are_all_killed_are_started_again(refiner: LocalRefiner) -> None:
    outcomes = refine(refiner, "misbehave:kill", "misbehave:kill", "misbehave:kill")
    assert reasons(outcomes) == ["crashed"] * 3
    assert reasons(refine(refiner, "<p>خبر</p>")) == [""]


def run(refiner: LocalRefiner, function: Callable[..., Any], *arguments: Any) -> Any:
    return run_on_reactor(refiner.run(function, *arguments))


@pytest.mark.parametrize(
    ("function", "argument", "reason", "message"),
    [
        (time.sleep, 60, "timeout", "not read within 1 s"),
        (bytearray, 64 << 30, "memory", "needs more than 256 MiB"),
        (os._exit, 7, "crashed", "ended with code 7"),
    ],
)
def test_a_function_that_overruns_is_lost_by_name(
    refiner: LocalRefiner, function: Callable[..., Any], argument: int, reason: str, message: str
) -> None:
    with pytest.raises(WorkerLost, match=message) as lost:
        run(refiner, function, argument)
    assert lost.value.reason == reason
    assert run(refiner, len, "abc") == 3


def test_what_a_function_raises_comes_back(refiner: LocalRefiner) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        run(refiner, int, "x")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (raise_unsendable, "_Unsendable: no such thing"),
        (raise_nameless, "_Nameless: <exception str"),
    ],
)
def test_an_exception_that_cannot_travel_comes_back_as_its_words(
    refiner: LocalRefiner, function: Callable[[], None], message: str
) -> None:
    with pytest.raises(WorkerLost, match=message):
        run(refiner, function)
    assert run(refiner, len, "abc") == 3


def test_nor_does_that_of_a_page_end_the_pool(refiner: LocalRefiner) -> None:
    outcomes = refine(refiner, "misbehave:unsendable", "<p>خبر</p>", "misbehave:unsendable")
    assert reasons(outcomes) == ["crashed", "", "crashed"]
    assert getattr(outcomes[0], "detail", "") == "fake_refine._Unsendable: no such thing"


def test_the_loop_goes_on_while_a_function_hangs(refiner: LocalRefiner) -> None:
    async def steps_while_waiting() -> int:
        hanging = asyncio.ensure_future(refiner.run(time.sleep, 60))
        steps = 0
        while not hanging.done():
            await asyncio.sleep(0.005)
            steps += 1
        await asyncio.gather(hanging, return_exceptions=True)
        return steps

    assert run_on_reactor(steps_while_waiting()) > 10


def test_a_missing_refinement_is_an_error_and_not_a_rejected_page() -> None:
    refiner = LocalRefiner(function="fake_refine.nowhere")
    with pytest.raises(NoWorkers, match="as soon as they start"):
        refine(refiner, "<p>خبر</p>")
    refiner.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_group_leaves_the_page_that_is_refined(
    tmp_path: Path, number: signal.Signals
) -> None:
    """A terminal and a container's runtime send it to all processes, workers among them."""
    with subprocess.Popen(
        [sys.executable, "-c", REFINING, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=SUPPORT.parents[1],
        env=os.environ | {"PYTHONPATH": f"{SUPPORT}{os.pathsep}."},
    ) as process:
        begun = tmp_path / "begun"
        until(lambda: begun.exists() or process.poll() is not None, "the worker has the page")
        os.killpg(process.pid, number)
        (tmp_path / "let_go").touch()
        output, _ = process.communicate(timeout=PATIENCE)
    assert output == "Article\n"


def test_a_task_that_a_broken_pool_forgets_is_not_waited_for() -> None:
    pool = ProcessPool(max_workers=1, context=multiprocessing.get_context("forkserver"))
    pool.schedule(do_nothing).result()
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
    forgotten: Future[None] = Future()
    with pytest.raises(BrokenProcessPool, match="as the task came"):
        run_on_reactor(outcome(pool, forgotten))
    assert forgotten.cancelled()
