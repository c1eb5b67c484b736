"""The cluster in the place of the local pool: the same outcomes, whoever is killed on the way."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from hostile_pages import TEXTS, Outcomes, assert_survived, page, reasons
from waiting import PATIENCE, until

from benchmarks.data.cluster_farm import Farm
from items import Site
from pipelines.ingest.web_archive import WarcSlice
from pipelines.workers.cluster import version
from pipelines.workers.cluster.refiner import ClusterRefiner
from pipelines.workers.pool import NoWorkers

pytestmark = pytest.mark.slow

SUPPORT = Path(__file__).parents[1] / "support"
ABSENT = "the cluster's engine is not installed"
SITE = Site("news")


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """Two workers on this machine, with the tests' stand-in for the refinement."""
    pytest.importorskip("distributed", reason=ABSENT)
    environment = {
        "PYTHONPATH": f"{SUPPORT}{os.pathsep}{SUPPORT.parents[1]}",
        "WARRAQ_REFINE": "fake_refine.refine",
        "WARRAQ_PAGE_SECONDS": "2",
        "WARRAQ_WORKER_MEMORY_MB": "256",
    }
    with Farm(tmp_path_factory.mktemp("farm"), **environment) as farm:
        farm.start_scheduler()
        farm.start_worker()
        farm.start_worker()
        yield farm


@pytest.fixture
def refiner(farm: Farm) -> Iterator[ClusterRefiner]:
    refiner = ClusterRefiner(farm.address)
    yield refiner
    refiner.close()


def begin(refiner: ClusterRefiner, *texts: str) -> "Future[Outcomes]":
    """All at once, on a loop beside the test."""
    result: Future[Outcomes] = Future()

    async def all_at_once() -> Outcomes:
        pages = [page(text, number) for number, text in enumerate(texts)]
        return await asyncio.gather(*(refiner.refine(page_, SITE) for page_ in pages))

    def run() -> None:
        try:
            result.set_result(asyncio.run(all_at_once()))
        except asyncio.CancelledError:
            result.cancel()
        except NoWorkers as error:
            result.set_exception(error)

    threading.Thread(target=run).start()
    return result


def test_hostile_pages_are_killed_there_and_the_others_refined(refiner: ClusterRefiner) -> None:
    assert_survived(begin(refiner, *TEXTS).result(PATIENCE))


def test_pages_of_a_killed_worker_are_refined_by_another(
    farm: Farm, refiner: ClusterRefiner
) -> None:
    slow = [f"misbehave:nap<p>خبر {number}</p>" for number in range(24)]
    outcomes = begin(refiner, *slow)
    until(lambda: refiner.report().get("refined", 0) > 2)
    farm.kill_worker()
    assert not outcomes.done()
    farm.start_worker()
    assert reasons(outcomes.result(PATIENCE)) == [""] * 24


def test_a_scheduler_that_is_killed_is_waited_for(farm: Farm, refiner: ClusterRefiner) -> None:
    slow = [f"misbehave:nap<p>خبر {number}</p>" for number in range(24)]
    outcomes = begin(refiner, *slow)
    until(lambda: refiner.report().get("refined", 0) > 2)
    farm.kill_scheduler()
    assert not outcomes.done()
    farm.start_scheduler()
    assert reasons(outcomes.result(PATIENCE)) == [""] * 24


def test_a_worker_of_another_version_refines_nothing(
    refiner: ClusterRefiner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pipelines.workers.cluster.dispatch.version", lambda: "0123456789ab")
    with pytest.raises(NoWorkers, match=r"another version of Warraq.* here 0123456789ab"):
        begin(refiner, "<p>خبر</p>").result(PATIENCE)
    part = WarcSlice(str(tmp_path / "none.warc.gz"), 0, 1)
    with pytest.raises(NoWorkers, match="install the same on both"):
        asyncio.run(refiner.refine_slice(part))


def test_the_version_follows_the_rules_and_the_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pipelines" / "rules").mkdir(parents=True)
    rule = tmp_path / "pipelines" / "rules" / "ar.toml"
    rule.write_text("a = 1")
    notes = tmp_path / "pipelines" / "notes.md"
    notes.write_text("nothing that refines")
    monkeypatch.setattr("pipelines.workers.cluster._ROOT", tmp_path)
    first = version.__wrapped__()
    notes.write_text("nothing at all")
    assert version.__wrapped__() == first
    rule.write_text("a = 2")
    second = version.__wrapped__()
    assert second != first
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "folding.py").write_text("what the pipelines fold with")
    assert version.__wrapped__() != second


def test_pages_wait_for_the_first_worker(tmp_path: Path) -> None:
    """As long as it takes, and closing waits for nothing."""
    pytest.importorskip("distributed", reason=ABSENT)
    with Farm(tmp_path) as empty:
        empty.start_scheduler()
        refiner = ClusterRefiner(empty.address)
        outcomes = begin(refiner, "<p>خبر</p>")
        until(lambda: refiner.report().get("batches") == 1)
        assert not outcomes.done()
        refiner.close()
        until(outcomes.cancelled)


def test_without_the_engine_the_option_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('not here')\n")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{SUPPORT.parents[1]}"}
    command = [sys.executable, "-m", "cli", "worker", "tcp://127.0.0.1:1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "pip install '.[cluster]'" in done.stderr
