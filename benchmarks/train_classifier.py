"""Train pipelines/extraction/forests.json, with a score cross-validated by site.

usage: python -m benchmarks.train_classifier PAGES [--write]

PAGES holds pages/<id>.html.gz, gold/<id>.txt, meta.jsonl (id, url, language, has_gold) and
score.py. Needs the packages of `pip install '.[train]'`.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.labelled_pages import Sample, load, scorer
from pipelines.extraction.block_classifier import KEEP, MAX_DOUBT, doubt
from pipelines.extraction.features import Columns, context, table, with_witness

PARAMETERS: dict[str, Any] = {
    "n_estimators": 100,
    "num_leaves": 16,
    "learning_rate": 0.08,
    "min_child_samples": 30,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 10,
    "random_state": 0,
    "deterministic": True,
    "n_jobs": 1,
    "verbose": -1,
}
_FOLDS, _INNER_FOLDS = 5, 4
Probabilities = dict[str, NDArray[np.float64]]
Table = dict[str, Columns]


class Model:
    """A trained forest with the names of its columns."""

    def __init__(self, samples: Sequence[Sample], columns: Table) -> None:
        import lightgbm

        self.names = list(columns[samples[0].id])
        truth = np.concatenate([sample.truth >= 0.5 for sample in samples]).astype(int)
        weight = np.concatenate([sample.weight for sample in samples])
        rows = np.vstack([table(columns[sample.id], self.names) for sample in samples])
        self.trees = lightgbm.LGBMClassifier(**PARAMETERS).fit(rows, truth, sample_weight=weight)

    def predict(self, columns: Columns) -> NDArray[np.float64]:
        probabilities: NDArray[np.float64] = self.trees.predict_proba(table(columns, self.names))[
            :, 1
        ]
        return probabilities


def own_columns(samples: Sequence[Sample]) -> Table:
    """Without the columns of trafilatura's opinion."""
    return {
        sample.id: {
            name: column
            for name, column in sample.columns.items()
            if not name.startswith("trafilatura")
        }
        for sample in samples
    }


def witness_columns(samples: Sequence[Sample]) -> Table:
    return {sample.id: with_witness(sample.columns, sample.agreed) for sample in samples}


def second_columns(samples: Sequence[Sample], first: Probabilities) -> Table:
    columns = own_columns(samples)
    return {
        sample.id: columns[sample.id] | context(sample.measures, sample.at, first[sample.id])
        for sample in samples
    }


def cross_validated(
    samples: Sequence[Sample], columns: Table, folds: int = _FOLDS, above: int = 1
) -> Probabilities:
    """Block probabilities by page, from a forest that was trained without the page's site."""
    probabilities: Probabilities = {}
    for fold in range(folds):
        training = [sample for sample in samples if sample.group // above % folds != fold]
        model = Model(training, columns)
        for sample in samples:
            if sample.group // above % folds == fold:
                probabilities[sample.id] = model.predict(columns[sample.id])
    return probabilities


def train_pair(samples: Sequence[Sample]) -> tuple[Model, Model]:
    """The first forest, and the second, which learns from the first one's output on unseen pages."""
    columns = own_columns(samples)
    unseen = cross_validated(samples, columns, _INNER_FOLDS, above=_FOLDS)
    return Model(samples, columns), Model(samples, second_columns(samples, unseen))


def cross_validated_pair(samples: Sequence[Sample]) -> Probabilities:
    """As `cross_validated`, with a pair of forests."""
    probabilities: Probabilities = {}
    for fold in range(_FOLDS):
        first, second = train_pair([sample for sample in samples if sample.group % _FOLDS != fold])
        held_out = [sample for sample in samples if sample.group % _FOLDS == fold]
        columns = second_columns(
            held_out, {sample.id: first.predict(sample.columns) for sample in held_out}
        )
        probabilities |= {sample.id: second.predict(columns[sample.id]) for sample in held_out}
    return probabilities


def as_data(model: Any, names: Sequence[str]) -> dict[str, Any]:
    """The forest's nodes in flat lists, with the names of the columns in use."""
    trees = [tree["tree_structure"] for tree in model.booster_.dump_model()["tree_info"]]
    used = sorted({feature for tree in trees for feature in _features(tree)})
    nodes: dict[str, list[Any]] = {name: [] for name in ("feature", "threshold", "left", "value")}
    roots = [_add_leaf(nodes) for _ in trees]
    depths = [_fill(tree, root, nodes, used) for tree, root in zip(trees, roots, strict=True)]
    return {
        "names": [names[index] for index in used],
        "depth": max(depths),
        "roots": roots,
        **nodes,
    }


def _features(node: dict[str, Any]) -> list[int]:
    if "leaf_value" in node:
        return []
    return [node["split_feature"], *_features(node["left_child"]), *_features(node["right_child"])]


def _add_leaf(nodes: dict[str, list[Any]]) -> int:
    """Add a leaf, which is its own left child and has no threshold; return its number."""
    number = len(nodes["left"])
    for name, value in (("feature", 0), ("threshold", None), ("left", number), ("value", 0.0)):
        nodes[name].append(value)
    return number


def _fill(
    node: dict[str, Any], number: int, nodes: dict[str, list[Any]], used: Sequence[int]
) -> int:
    """Fill in a node and append its children, side by side. Returns the depth below it."""
    if "leaf_value" in node:
        nodes["value"][number] = round(node["leaf_value"], 5)
        return 0
    left, right = _add_leaf(nodes), _add_leaf(nodes)
    nodes["feature"][number] = used.index(node["split_feature"])
    nodes["threshold"][number] = float(np.float32(node["threshold"]))
    nodes["left"][number] = left
    depths = (
        _fill(node["left_child"], left, nodes, used),
        _fill(node["right_child"], right, nodes, used),
    )
    return 1 + max(depths)


_FORESTS = Path(__file__).parents[1] / "pipelines" / "extraction" / "forests.json"


def report(samples: Sequence[Sample], score: ModuleType) -> dict[str, float]:
    """Print scores by forest; return the F1 of the forests as used, overall and by language."""
    first = cross_validated(samples, own_columns(samples))
    second, witness = (
        cross_validated_pair(samples),
        cross_validated(samples, witness_columns(samples)),
    )
    doubtful = {sample.id: doubt(second[sample.id], sample.sizes) > MAX_DOUBT for sample in samples}
    mixed = {name: witness[name] if doubtful[name] else second[name] for name in second}
    general = score.prf([score.match(sample.gold, sample.general) for sample in samples])
    share = sum(doubtful.values()) / len(doubtful)
    print(row("trafilatura, fast", general))
    for name, probabilities in (
        ("first forest", first),
        ("second forest", second),
        ("one forest with trafilatura", witness),
        (f"as used: trafilatura on {share:.0%}", mixed),
    ):
        print(row(name, figures(samples, probabilities, score)))
    f1 = {"all": figures(samples, mixed, score)[2]}
    for language in ("ar", "fa"):
        subset = [sample for sample in samples if sample.language == language]
        print(row(f"  of these {language}, {len(subset)} pages", figures(subset, mixed, score)))
        f1[language] = figures(subset, mixed, score)[2]
    return {name: round(value, 4) for name, value in f1.items()}


def figures(
    samples: Sequence[Sample], probabilities: Probabilities, score: ModuleType
) -> tuple[float, float, float]:
    matches = []
    for sample in samples:
        pairs = zip(sample.texts, probabilities[sample.id], strict=True)
        kept = [text for text, probability in pairs if probability >= KEEP]
        matches.append(score.match(sample.gold, "\n".join(kept)))
    precision, recall, f1 = score.prf(matches)
    return precision, recall, f1


def row(name: str, scores: tuple[float, float, float]) -> str:
    precision, recall, f1 = scores
    return f"{name:<36} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}"


def write(samples: Sequence[Sample], expected: dict[str, float]) -> None:
    first, second = train_pair(samples)
    models = {
        "first": first,
        "second": second,
        "witness": Model(samples, witness_columns(samples)),
    }
    forests = {name: as_data(model.trees, model.names) for name, model in models.items()}
    data = {"expected": expected, "forests": forests}
    _FORESTS.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
    print(f"{_FORESTS.name}: {_FORESTS.stat().st_size} bytes")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="train on all pages and write the file"
    )
    options = parser.parse_args()
    score = scorer(options.pages)
    samples = load(options.pages, score)
    expected = report(samples, score)
    if options.write:
        write(samples, expected)
    return 0


if __name__ == "__main__":
    sys.exit(main())
