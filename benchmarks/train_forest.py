"""Train pipelines/forest.json on pages with gold text, and report it on sites it was not trained on.

usage: python -m benchmarks.train_forest PAGES [--write]

PAGES holds pages/<id>.html.gz, gold/<id>.txt, meta.jsonl (id, url, has_gold) and score.py. Needs
lightgbm, which only training needs: pip install lightgbm scikit-learn.
"""

import argparse
import gzip
import hashlib
import importlib.util
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.blocks import blocks
from pipelines.extraction.features import NAMES, features
from pipelines.extraction.general import agreement, general_text
from pipelines.extraction.measures import measure
from pipelines.extraction.page import body_of, lead_of, parse, title_of
from pipelines.text.folding import fold

FOREST = Path(__file__).parents[1] / "pipelines" / "extraction" / "forest.json"
PARAMETERS: dict[str, Any] = {
    "n_estimators": 150,
    "num_leaves": 12,
    "learning_rate": 0.06,
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


@dataclass
class Sample:
    """A page: features, the share of each block that stands in the gold text, and its weight."""

    id: str
    group: int
    rows: NDArray[np.float32]
    truth: NDArray[np.float64]
    weight: NDArray[np.float64]
    texts: list[str]
    gold: str
    general: str


def load(folder: Path, score: ModuleType) -> list[Sample]:
    samples = []
    for line in (folder / "meta.jsonl").read_text("utf-8").splitlines():
        meta = json.loads(line)
        if meta["has_gold"]:
            sample = read(folder, meta, score)
            if sample:
                samples.append(sample)
    return samples


def read(folder: Path, meta: dict[str, Any], score: ModuleType) -> Sample | None:
    document = gzip.decompress((folder / "pages" / f"{meta['id']}.html.gz").read_bytes()).decode(
        "utf-8", "replace"
    )
    tree = parse(document)
    found = blocks(body_of(tree)) if tree is not None else []
    if tree is None or not found:
        return None
    gold = (folder / "gold" / f"{meta['id']}.txt").read_text("utf-8")
    general, measured = general_text(document), measure(found)
    truth = np.array([share(block.text, gold, score) for block in found])
    tokens = np.array([max(1, len(score.TOKEN.findall(block.text))) for block in found])
    # Every page counts about the same, as in the score; long articles a little more.
    weight = tokens / np.sum(tokens * np.maximum(truth >= 0.5, 0.02)) ** 0.75
    host = ".".join((urlsplit(meta["url"]).hostname or meta["url"]).split(".")[-2:])
    return Sample(
        meta["id"],
        int(hashlib.sha256(host.encode()).hexdigest(), 16) % 1000,
        features(measured, title_of(tree), lead_of(tree), agreement(measured, general)),
        truth,
        weight,
        [block.text for block in found],
        gold,
        general,
    )


def share(text: str, gold: str, score: ModuleType) -> float:
    """The share of the block's four-grams that the gold text has; a short block must be a line."""
    if len(score.TOKEN.findall(text)) < 5:
        lines = {fold(line) for line in gold.splitlines()}
        return float(fold(text) in lines)
    mine: Counter[Any] = score.shingles(text)
    return float(sum((mine & score.shingles(gold)).values()) / sum(mine.values()))


def fit(samples: list[Sample]) -> Any:
    import lightgbm

    model = lightgbm.LGBMClassifier(**PARAMETERS)
    truth = np.concatenate([sample.truth >= 0.5 for sample in samples]).astype(int)
    weight = np.concatenate([sample.weight for sample in samples])
    return model.fit(np.vstack([sample.rows for sample in samples]), truth, sample_weight=weight)


def cross_validate(samples: list[Sample], score: ModuleType) -> None:
    """Each page judged by a forest that saw no page of its site."""
    rows: dict[float, list[Any]] = {}
    for fold_number in range(_FOLDS):
        model = fit([sample for sample in samples if sample.group % _FOLDS != fold_number])
        for sample in (sample for sample in samples if sample.group % _FOLDS == fold_number):
            judged = model.predict_proba(sample.rows)[:, 1]
            for threshold in (0.4, 0.45, 0.5, 0.55, 0.6):
                kept = [t for t, p in zip(sample.texts, judged, strict=True) if p >= threshold]
                rows.setdefault(threshold, []).append(score.match(sample.gold, "\n".join(kept)))
    general = score.prf([score.match(sample.gold, sample.general) for sample in samples])
    print(row("trafilatura, favor_precision", general))
    for threshold, matches in sorted(rows.items()):
        print(row(f"forest at {threshold:.2f}", score.prf(matches)))


def row(name: str, figures: tuple[float, float, float]) -> str:
    precision, recall, f1 = figures
    return f"{name:<30} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}"


def write(model: Any) -> None:
    nodes: dict[str, list[Any]] = {
        k: [] for k in ("feature", "threshold", "left", "right", "value")
    }
    dump = model.booster_.dump_model()
    roots, depths = zip(
        *(flatten(tree["tree_structure"], nodes, 0) for tree in dump["tree_info"]), strict=True
    )
    data = {"features": NAMES, "depth": max(depths), "roots": roots, **nodes}
    FOREST.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
    print(
        f"{FOREST.name}: {len(roots)} trees, {len(nodes['value'])} nodes, {FOREST.stat().st_size} bytes"
    )


def flatten(node: dict[str, Any], nodes: dict[str, list[Any]], depth: int) -> tuple[int, int]:
    """Append a tree's nodes; its root's index and its depth."""
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


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="train on all pages and write forest.json"
    )
    options = parser.parse_args()
    score = scorer(options.pages)
    samples = load(options.pages, score)
    cross_validate(samples, score)
    if options.write:
        write(fit(samples))
    return 0


if __name__ == "__main__":
    sys.exit(main())
