"""Train pipelines/extraction/forests.json, and report it on sites it was not trained on.

usage: python -m benchmarks.train_forest PAGES [--write]

PAGES holds pages/<id>.html.gz, gold/<id>.txt, meta.jsonl (id, url, language, has_gold) and
score.py. Needs what only training needs: pip install '.[train]'.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.samples import Sample, load, scorer
from pipelines.extraction.features import NAMES
from pipelines.extraction.judgement import KEEP, MOST_DOUBT, doubt

FORESTS = Path(__file__).parents[1] / "pipelines" / "extraction" / "forests.json"
PARAMETERS: dict[str, Any] = {
    "n_estimators": 100,
    "num_leaves": 12,
    "learning_rate": 0.08,
    "min_child_samples": 30,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 5,
    "random_state": 0,
    "deterministic": True,
    "n_jobs": 1,
    "verbose": -1,
}
_FOLDS = 5
_ROWS: dict[str, Callable[[Sample], NDArray[np.float32]]] = {
    "alone": lambda sample: sample.alone,
    "witness": lambda sample: sample.witness,
}
Judged = dict[str, NDArray[np.float64]]


def fit(samples: Sequence[Sample], kind: str) -> Any:
    import lightgbm

    truth = np.concatenate([sample.truth >= 0.5 for sample in samples]).astype(int)
    weight = np.concatenate([sample.weight for sample in samples])
    rows = np.vstack([_ROWS[kind](sample) for sample in samples])
    return lightgbm.LGBMClassifier(**PARAMETERS).fit(rows, truth, sample_weight=weight)


def cross_validated(samples: Sequence[Sample], kind: str) -> Judged:
    """Each page judged by a forest that saw no page of its site."""
    judged: Judged = {}
    for fold in range(_FOLDS):
        model = fit([sample for sample in samples if sample.group % _FOLDS != fold], kind)
        for sample in samples:
            if sample.group % _FOLDS == fold:
                judged[sample.id] = model.predict_proba(_ROWS[kind](sample))[:, 1]
    return judged


def report(samples: Sequence[Sample], score: ModuleType) -> None:
    alone, witness = (cross_validated(samples, kind) for kind in _ROWS)
    asked = {s.id: doubt(alone[s.id], s.sizes) > MOST_DOUBT for s in samples}
    mixed = {name: witness[name] if asked[name] else alone[name] for name in alone}
    general = score.prf([score.match(sample.gold, sample.general) for sample in samples])
    share = sum(asked.values()) / len(asked)
    print(row("trafilatura, favor_precision", general))
    for name, judged in (
        ("forest, without trafilatura", alone),
        ("forest, with trafilatura", witness),
        (f"as used: asked on {share:.0%} of pages", mixed),
    ):
        print(row(name, figures(samples, judged, score)))
    for language in ("ar", "fa"):
        some = [sample for sample in samples if sample.language == language]
        print(row(f"  of these {language}, {len(some)} pages", figures(some, mixed, score)))


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


def write(models: dict[str, Any]) -> None:
    forests = {name: forest(model) for name, model in models.items()}
    data = {"features": NAMES, "forests": forests}
    FORESTS.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
    print(f"{FORESTS.name}: {FORESTS.stat().st_size} bytes")


def forest(model: Any) -> dict[str, Any]:
    nodes: dict[str, list[Any]] = {
        name: [] for name in ("feature", "threshold", "left", "right", "value")
    }
    trees = model.booster_.dump_model()["tree_info"]
    flat = [flatten(tree["tree_structure"], nodes, 0) for tree in trees]
    return {"depth": max(d for _, d in flat), "roots": [root for root, _ in flat], **nodes}


def flatten(node: dict[str, Any], nodes: dict[str, list[Any]], depth: int) -> tuple[int, int]:
    """Append a tree's nodes; its root's index and its depth. A leaf points to itself."""
    index = len(nodes["value"])
    leaf = "leaf_value" in node
    nodes["feature"].append(0 if leaf else node["split_feature"])
    nodes["threshold"].append(0.0 if leaf else float(np.float32(node["threshold"])))
    nodes["value"].append(round(node["leaf_value"], 5) if leaf else 0.0)
    nodes["left"].append(index)
    nodes["right"].append(index)
    if leaf:
        return index, depth
    nodes["left"][index], left = flatten(node["left_child"], nodes, depth + 1)
    nodes["right"][index], right = flatten(node["right_child"], nodes, depth + 1)
    return index, max(left, right)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument("--write", action="store_true", help="train on all pages, write the file")
    options = parser.parse_args()
    score = scorer(options.pages)
    samples = load(options.pages, score)
    report(samples, score)
    if options.write:
        write({kind: fit(samples, kind) for kind in _ROWS})
    return 0


if __name__ == "__main__":
    sys.exit(main())
