"""Trees in flat arrays give the same answers as nested ones."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.block_classifier import expected, forest, shipped_forests
from pipelines.extraction.features import around

Tree = Any  # a leaf's value, or (column, threshold, left, right)
NAMES = ["a", "b", "c"]

numbers = st.floats(-3, 3, width=32)
trees = st.recursive(
    numbers,
    lambda inner: st.tuples(st.integers(0, 2), numbers, inner, inner),
    max_leaves=40,
)


def laid_out(planted: list[Tree]) -> dict[str, Any]:
    nodes: dict[str, list[Any]] = {"feature": [], "threshold": [], "left": [], "value": []}

    def leaf() -> int:
        number = len(nodes["left"])
        for name, value in (("feature", 0), ("threshold", None), ("left", number), ("value", 0.0)):
            nodes[name].append(value)
        return number

    def lay(tree: Tree, at: int) -> int:
        if not isinstance(tree, tuple):
            nodes["value"][at] = tree
            return 0
        column, threshold, *below = tree
        children = [leaf(), leaf()]
        nodes["feature"][at], nodes["threshold"][at] = column, threshold
        nodes["left"][at] = children[0]
        return 1 + max(lay(*pair) for pair in zip(below, children, strict=True))

    roots = [leaf() for _ in planted]
    depths = [lay(tree, root) for tree, root in zip(planted, roots, strict=True)]
    return {"names": NAMES, "roots": roots, "depth": max(depths), **nodes}


def answer(tree: Tree, row: list[float]) -> float:
    while isinstance(tree, tuple):
        column, threshold, left, right = tree
        tree = left if row[column] <= threshold else right
    return float(tree)


@given(st.lists(trees, min_size=1, max_size=5), st.lists(st.tuples(*[numbers] * 3), min_size=1))
def test_every_row_reaches_its_leaves(planted: list[Tree], rows: list[tuple[float, ...]]) -> None:
    columns = dict(zip(NAMES, np.array(rows, dtype=np.float64).T, strict=True))
    probabilities = forest(laid_out(planted)).predict(columns)
    sums = [sum(answer(tree, list(row)) for tree in planted) for row in rows]
    assert np.allclose(probabilities, 1 / (1 + np.exp(-np.array(sums))), atol=1e-5)


def test_a_row_among_many_gets_what_it_gets_alone() -> None:
    trained = shipped_forests()["first"]
    random = np.random.default_rng(0)
    columns = {name: random.normal(size=1500) for name in trained.names}
    together = trained.predict(columns)
    for at in (0, 511, 512, 1499):
        alone = trained.predict({name: column[at : at + 1] for name, column in columns.items()})
        assert np.allclose(together[at], alone[0])


def test_the_shipped_forests_come_with_their_scores() -> None:
    assert expected()["all"] >= 0.95
    assert expected()["ar"] >= 0.99
    assert expected()["fa"] >= 0.988


def test_a_tree_of_more_leaves_than_bits_is_refused() -> None:
    tree: Tree = 0.0
    for _ in range(64):
        tree = (0, 0.5, tree, 1.0)
    with pytest.raises(ValueError, match="65 leaves"):
        forest(laid_out([tree]))


def test_a_question_of_several_trees_is_asked_once() -> None:
    tree = (0, 1.0, 0.25, (1, 2.0, 0.5, (0, 1.5, 1.0, -1.0)))
    planted = forest(laid_out([tree, 0.125, tree, (0, 1.0, 2.0, 3.0)]))
    assert len(planted.feature) == len(planted.threshold) <= 4
    rows = [(0.0, 0.0, 0.0), (1.25, 1.0, 0.0), (1.25, 3.0, 0.0), (9.0, 9.0, 0.0)]
    sums = [0.25 * 2 + 2, 0.5 * 2 + 3, 1.0 * 2 + 3, -1.0 * 2 + 3]
    columns = dict(zip(NAMES, np.array(rows).T, strict=True))
    expected_sums = np.array(sums) + 0.125
    assert np.allclose(planted.predict(columns), 1 / (1 + np.exp(-expected_sums)))


@given(
    st.lists(st.tuples(numbers, numbers), min_size=1, max_size=9),
    st.lists(st.integers(-6, 6).filter(bool), min_size=1, max_size=5, unique=True),
)
def test_the_columns_of_blocks_around(rows: list[tuple[float, float]], offsets: list[int]) -> None:
    columns = dict(zip("ab", np.array(rows).T, strict=True))
    found = around(columns, offsets)
    assert list(found) == [f"{name}@{offset}" for offset in offsets for name in "ab"]
    for offset in offsets:
        for at in range(len(rows)):
            other = rows[at + offset] if 0 <= at + offset < len(rows) else (-1.0, -1.0)
            assert (found[f"a@{offset}"][at], found[f"b@{offset}"][at]) == other
