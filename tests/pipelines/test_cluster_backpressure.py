"""What bounds refinement on a cluster, and the sentence that says so."""

from cli.status import describe_cluster
from pipelines.workers.cluster.backpressure import Bound, ThroughputMeter


def metered(*, under_way: int, behind: int) -> tuple[float, Bound | None]:
    """Ten seconds of 20 pages a second."""
    meter = ThroughputMeter()
    for second in range(11):
        meter.refined = 20 * second + behind
        meter.taken = 20 * second
        meter.sample(slots=4, under_way=under_way, now=float(second))
    return meter.rate, meter.bound


def test_workers_that_have_all_they_can_do_are_the_bound() -> None:
    assert metered(under_way=8, behind=0) == (20.0, "workers")


def test_results_that_lie_while_workers_idle_are_the_writer_s() -> None:
    assert metered(under_way=1, behind=9) == (20.0, "writer")


def test_idle_workers_and_nothing_that_lies_is_fetching() -> None:
    assert metered(under_way=1, behind=0) == (20.0, "network")


def test_nothing_refined_is_bound_by_nothing() -> None:
    meter = ThroughputMeter()
    for second in range(5):
        meter.sample(slots=4, under_way=4, now=float(second))
    assert (meter.rate, meter.bound) == (0.0, None)


def test_the_report_is_a_sentence() -> None:
    report = {
        "address": "tcp://10.0.0.1:8786",
        "answers": True,
        "workers": 3,
        "batches": 12,
        "rate": 61.5,
        "bound": "workers",
    }
    assert describe_cluster(report) == (
        "The cluster at tcp://10.0.0.1:8786: 3 workers, 12 batches in flight, "
        "61.5 pages a second; the workers are the bottleneck."
    )
    assert "does not answer" in describe_cluster(report | {"answers": False})
    assert describe_cluster({}) == ""
