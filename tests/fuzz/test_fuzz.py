"""Whatever is read of strangers: outcomes as the contracts have them. The same inputs every time, and
everything that `make fuzz` has found; see README.md here.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import seeds
from tests.fuzz.explore import describe, explore, growth_of_calls, minimise, save
from tests.fuzz.mutations import Edit, edits, mutate, region
from tests.fuzz.target import Target, targets

TARGETS = targets()
FOUND = sorted(path for path in (Path(__file__).parent / "found").glob("*/*"))


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_mutated_inputs(name: str) -> None:
    target = TARGETS[name]
    faults = explore(target, target.examples, growth=growth_of_calls)
    assert not faults, "\n".join(describe(fault, save(fault)) for fault in faults)


@pytest.mark.parametrize("file", FOUND, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_what_was_found(file: Path) -> None:
    fault = TARGETS[file.parent.name].fault(file.read_bytes())
    assert fault is None, fault.report


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read(name: str) -> None:
    """A target whose seeds are all refused would test nothing but the refusal."""
    target = TARGETS[name]
    refused = 0
    for seed in target.seeds():
        try:
            target.run(seed)
        except target.allowed:
            refused += 1
    assert refused <= len(target.seeds()) // 2


def _failing(body: bytes) -> None:
    if b"<" in body and b" " in body:
        raise KeyError("both")


def test_a_fault_is_found_and_made_small() -> None:
    target = Target("failing", _failing, seeds.dates, (), 0, grows=False)
    [fault] = explore(target, 300)
    assert fault.kind.startswith("KeyError at tests/fuzz/test_fuzz.py:")
    assert sorted(fault.body) == sorted(b"< ")
    assert minimise(target, fault) == fault


def test_the_same_inputs_without_a_seed() -> None:
    def tried(seed: int | None) -> list[bytes]:
        bodies: list[bytes] = []
        explore(
            Target("none", lambda body: None, seeds.dates, (), 0, grows=False),
            20,
            seed,
            bodies.append,
        )
        return bodies

    assert tried(None) == tried(None)
    assert tried(1) == tried(1) != tried(2)


def test_growth_that_is_not_linear_is_found() -> None:
    def linear(body: bytes) -> None:
        for _ in body:
            body.startswith(b"x")

    def quadratic(body: bytes) -> None:
        for start in range(0, len(body), 40):
            for _ in range(0, start, 40):
                body.startswith(b"x")

    change = Edit("repeat", 0, 0, 1, b"<b>")
    for run, grows in ((linear, False), (quadratic, True)):
        target = Target(run.__name__, run, seeds.dates, (), 0, grows=True)
        assert (growth_of_calls(target, b"x", change) is not None) == grows


@given(st.data())
def test_mutations(data: st.DataObject) -> None:
    """An edit changes what it names, and keeps the rest in place."""
    seed = data.draw(st.sampled_from(seeds.feed_bodies()))
    change = data.draw(edits())
    changed = mutate(seed, seed, [change])
    assert mutate(seed, seed, []) == seed
    if change.kind == "insert":
        assert changed.replace(change.word, b"", 1) == seed or change.word in seed
    if change.kind == "delete":
        assert len(changed) < len(seed)


def test_a_region_is_an_element_with_what_is_in_it() -> None:
    tokens = [
        b"<a",
        b">",
        b"<a",
        b">",
        b"x",
        b"</a",
        b">",
        b"</a",
        b">",
        b"y",
        b"{",
        b"{",
        b"}",
        b"}",
    ]
    assert region(tokens, 0) == (0, 9)
    assert region(tokens, (2 << 16) // len(tokens) + 1) == (2, 7)
    assert region(tokens, (10 << 16) // len(tokens) + 1) == (10, 14)
    assert region(tokens, (9 << 16) // len(tokens) + 1) == (9, 10)
