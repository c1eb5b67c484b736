"""Running a target on inputs that Hypothesis draws, making a finding small, and looking for inputs
whose cost grows faster than they do. `make fuzz` and the bounded run do the same.
"""

import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests.fuzz.mutations import Edit, edits, inputs, repeated
from tests.fuzz.target import ROOT, Fault, Target

FINDINGS = ROOT / "build/fuzz"
_ATTEMPTS = 400  # to make a finding smaller
# Bytes; an honest reader takes four times as long for the larger.
_SMALL, _LARGE = 15_000, 60_000
_MAX_GROWTH = 8.0
_MIN_SECONDS = 0.4

Watch = Callable[[bytes], None]


def explore(
    target: Target,
    examples: int,
    seed: int | None = None,
    watch: Watch = lambda body: None,
    growth: "Growth | None" = None,
) -> list[Fault]:
    """The first fault of each kind among as many inputs. Without a seed they are always the same.
    `watch` gets each input before it is tried.
    """
    faults: dict[str, Fault] = {}

    def attempt(body: bytes) -> None:
        watch(body)
        if (fault := target.fault(body)) and fault.kind not in faults:
            faults[fault.kind] = fault

    _drawn(inputs(target.seeds()), attempt, examples, seed)
    if growth and target.grows:
        grown = st.tuples(st.sampled_from(target.seeds()), edits())

        def grow(drawn: tuple[bytes, Edit]) -> None:
            watch(repeated(*drawn, _LARGE))
            if fault := growth(target, *drawn):
                faults[fault.kind] = fault

        _drawn(grown, grow, max(1, examples // 20), seed)
    return [minimise(target, fault, watch) for fault in faults.values()]


def _drawn(
    strategy: st.SearchStrategy[Any],
    attempt: Callable[[Any], None],
    examples: int,
    seed: int | None,
) -> None:
    test = given(strategy)(attempt)
    test = hypothesis.settings(
        max_examples=examples,
        derandomize=seed is None,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(test)
    (test if seed is None else hypothesis.seed(seed)(test))()


def minimise(target: Target, fault: Fault, watch: Watch = lambda body: None) -> Fault:
    """The same kind of fault with fewer bytes: pieces are left out, ever smaller ones."""
    if fault.kind.startswith(GROWTH):
        return fault
    attempts, size = 0, len(fault.body) // 2
    while size and attempts < _ATTEMPTS:
        at = 0
        while at < len(fault.body) and attempts < _ATTEMPTS:
            body = fault.body[:at] + fault.body[at + size :]
            attempts += 1
            watch(body)
            smaller = target.fault(body)
            if smaller and smaller.kind == fault.kind:
                fault = smaller
            else:
                at += size
        size = min(size // 2, len(fault.body))
    return fault


def save(fault: Fault) -> Path:
    """The input as a file, named by what is in it."""
    FINDINGS.mkdir(parents=True, exist_ok=True)
    file = FINDINGS / f"{fault.target}-{sha256(fault.body).hexdigest()[:8]}"
    file.write_bytes(fault.body)
    return file


def describe(fault: Fault, file: Path) -> str:
    """What is wrong, and how to see it."""
    command = f".venv/bin/python -m tests.fuzz {fault.target} {file.relative_to(ROOT)}"
    return f"{fault.target}: {fault.kind}\n  {fault.body[:200]!a}\n  {command}"


GROWTH = "grows"
Growth = Callable[[Target, bytes, Edit], Fault | None]


def growth_of_seconds(target: Target, seed: bytes, change: Edit) -> Fault | None:
    """CPU time, of a run that nobody's build depends on: it sees C code as well."""
    bodies = repeated(seed, change, _SMALL), repeated(seed, change, _LARGE)
    for _ in range(2):  # a second time: the machine may have been busy with something else
        small, large = (_seconds(target, body) for body in bodies)
        if large < _MIN_SECONDS or large < _MAX_GROWTH * small:
            return None
    report = f"{small:.3f} s for {_SMALL} bytes, {large:.3f} s for {_LARGE}"
    return Fault(target.name, bodies[1], f"{GROWTH}: {report}", report)


def _seconds(target: Target, body: bytes) -> float:
    started = time.thread_time()
    target.fault(body)
    return time.thread_time() - started


def growth_of_calls(target: Target, seed: bytes, change: Edit) -> Fault | None:
    """Function calls, which are the same on every machine; a quarter of the size."""
    bodies = repeated(seed, change, _SMALL // 4), repeated(seed, change, _LARGE // 4)
    target.fault(repeated(seed, change, _SMALL // 8))  # what is loaded once
    small, large = (_calls(target, body) for body in bodies)
    if large < max(20_000, 1.5 * _MAX_GROWTH / 2 * small):
        return None
    report = f"{small} calls for {_SMALL // 4} bytes, {large} for {_LARGE // 4}"
    return Fault(target.name, bodies[1], f"{GROWTH}: {report}", report)


def _calls(target: Target, body: bytes) -> int:
    count = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        target.fault(body)
    finally:
        sys.setprofile(before)
    return count
