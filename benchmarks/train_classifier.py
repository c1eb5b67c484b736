"""Train pipelines/extraction/forests.json, and report it on sites it was not trained on.

usage: python -m benchmarks.train_forest PAGES [--write]

PAGES holds pages/<id>.html.gz, gold/<id>.txt, meta.jsonl (id, url, language, has_gold) and
score.py. Needs what only training needs: pip install '.[train]'.
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
Judged = dict[str, NDArray[np.float64]]
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

    def judge(self, columns: Columns) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.trees.predict_proba(table(columns, self.names))[:, 1]
        return found


def alone(samples: Sequence[Sample]) -> Table:
    never = ("trafilatura",)
    return {
        s.id: {name: column for name, column in s.columns.items() if not name.startswith(never)}
        for s in samples
    }


def witnessed(samples: Sequence[Sample]) -> Table:
    return {sample.id: with_witness(sample.columns, sample.agreed) for sample in samples}


def seconded(samples: Sequence[Sample], first: Judged) -> Table:
    columns = alone(samples)
    return {s.id: columns[s.id] | context(s.measures, s.at, first[s.id]) for s in samples}


def cross_validated(
    samples: Sequence[Sample], columns: Table, folds: int = _FOLDS, above: int = 1
) -> Judged:
    """Each page judged by a forest that saw no page of its site."""
    judged: Judged = {}
    for fold in range(folds):
        rest = [sample for sample in samples if sample.group // above % folds != fold]
        model = Model(rest, columns)
        for sample in samples:
            if sample.group // above % folds == fold:
                judged[sample.id] = model.judge(columns[sample.id])
    return judged


def pair(samples: Sequence[Sample]) -> tuple[Model, Model]:
    """The first forest and the second, which learns from what the first says of pages that it
    has not seen.
    """
    columns = alone(samples)
    unseen = cross_validated(samples, columns, _INNER_FOLDS, above=_FOLDS)
    return Model(samples, columns), Model(samples, seconded(samples, unseen))


def twice_judged(samples: Sequence[Sample]) -> Judged:
    """As `cross_validated`, by a pair of forests."""
    judged: Judged = {}
    for fold in range(_FOLDS):
        first, second = pair([sample for sample in samples if sample.group % _FOLDS != fold])
        here = [sample for sample in samples if sample.group % _FOLDS == fold]
        columns = seconded(here, {s.id: first.judge(s.columns) for s in here})
        judged |= {sample.id: second.judge(columns[sample.id]) for sample in here}
    return judged


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


_FORESTS = Path(__file__).parents[1] / "pipelines" / "extraction" / "forests.json"


def report(samples: Sequence[Sample], score: ModuleType) -> dict[str, float]:
    """F1 as used, of all languages and of some."""
    once = cross_validated(samples, alone(samples))
    twice, witness = twice_judged(samples), cross_validated(samples, witnessed(samples))
    asked = {s.id: doubt(twice[s.id], s.sizes) > MAX_DOUBT for s in samples}
    mixed = {name: witness[name] if asked[name] else twice[name] for name in twice}
    general = score.prf([score.match(sample.gold, sample.general) for sample in samples])
    share = sum(asked.values()) / len(asked)
    print(row("trafilatura, fast", general))
    for name, judged in (
        ("first forest", once),
        ("second forest", twice),
        ("one forest with trafilatura", witness),
        (f"as used: asked on {share:.0%} of pages", mixed),
    ):
        print(row(name, figures(samples, judged, score)))
    found = {"all": figures(samples, mixed, score)[2]}
    for language in ("ar", "fa"):
        some = [sample for sample in samples if sample.language == language]
        print(row(f"  of these {language}, {len(some)} pages", figures(some, mixed, score)))
        found[language] = figures(some, mixed, score)[2]
    return {name: round(f1, 4) for name, f1 in found.items()}


def figures(
    samples: Sequence[Sample], judged: Judged, score: ModuleType
) -> tuple[float, float, float]:
    matches = []
    for sample in samples:
        pairs = zip(sample.texts, judged[sample.id], strict=True)
        kept = [text for text, probability in pairs if probability >= KEEP]
        matches.append(score.match(sample.gold, "\n".join(kept)))
    precision, recall, f1 = score.prf(matches)
    return precision, recall, f1


def row(name: str, measured: tuple[float, float, float]) -> str:
    precision, recall, f1 = measured
    return f"{name:<36} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}"


def write(samples: Sequence[Sample], expected: dict[str, float]) -> None:
    first, second = pair(samples)
    models = {
        "first": first,
        "second": second,
        "witness": Model(samples, witnessed(samples)),
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
    parser.add_argument("--write", action="store_true", help="train on all pages, write the file")
    options = parser.parse_args()
    score = scorer(options.pages)
    samples = load(options.pages, score)
    expected = report(samples, score)
    if options.write:
        write(samples, expected)
    return 0


if __name__ == "__main__":
    sys.exit(main())
