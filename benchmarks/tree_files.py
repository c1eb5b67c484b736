"""LightGBM's trees as the data that pipelines/extraction/forest.py reads."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def as_data(model: Any, names: Sequence[str]) -> dict[str, Any]:
    """The forest's nodes in flat lists; only the columns that a tree asks for are named."""
    trees = [tree["tree_structure"] for tree in model.booster_.dump_model()["tree_info"]]
    used = sorted({feature for tree in trees for feature in _asked(tree)})
    nodes: dict[str, list[Any]] = {name: [] for name in ("feature", "threshold", "left", "value")}
    roots = [_add(nodes) for _ in trees]
    depths = [_lay(tree, at, nodes, used) for tree, at in zip(trees, roots, strict=True)]
    return {"names": [names[at] for at in used], "depth": max(depths), "roots": roots, **nodes}


def _asked(node: dict[str, Any]) -> list[int]:
    if "leaf_value" in node:
        return []
    return [node["split_feature"], *_asked(node["left_child"]), *_asked(node["right_child"])]


def _add(nodes: dict[str, list[Any]]) -> int:
    """A new leaf, whose left child is itself and which no number is beyond."""
    number = len(nodes["left"])
    for name, value in (("feature", 0), ("threshold", None), ("left", number), ("value", 0.0)):
        nodes[name].append(value)
    return number


def _lay(node: dict[str, Any], at: int, nodes: dict[str, list[Any]], used: Sequence[int]) -> int:
    """Fill in the node `at`, its children side by side behind all there is; the depth below it."""
    if "leaf_value" in node:
        nodes["value"][at] = round(node["leaf_value"], 5)
        return 0
    left, right = _add(nodes), _add(nodes)
    nodes["feature"][at] = used.index(node["split_feature"])
    nodes["threshold"][at] = float(np.float32(node["threshold"]))
    nodes["left"][at] = left
    below = (
        _lay(node["left_child"], left, nodes, used),
        _lay(node["right_child"], right, nodes, used),
    )
    return 1 + max(below)
