"""Train pipelines/extraction/forests.json, with a score cross-validated by site.

usage: python -m benchmarks.train_classifier PAGES... [--write] [--texts DIR]

Each of PAGES holds pages/<id>.html.gz, and either gold/<id>.txt, meta.jsonl (id, url, language,
has_gold) and score.py, or truth.jsonl (id, theme, language, must, optional); the first has a score.py.
Needs the packages of `pip install '.[train]'`.
"""

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.labelled_pages import FOLDS, Sample, labelled_pages, load, scorer
from items import Article, Page, Site
from pipelines.extraction.block_classifier import KEEP, MAX_DOUBT, Forest, doubt, forest
from pipelines.extraction.block_stats import Columns
from pipelines.extraction.context_features import context
from pipelines.extraction.features import table, with_witness
from pipelines.refine import refine

PARAMETERS: dict[str, Any] = {
    "n_estimators": 200,
    "num_leaves": 24,
    "learning_rate": 0.05,
    "min_child_samples": 30,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "reg_lambda": 10,
    "random_state": 0,
    "deterministic": True,
    "max_bin": 63,
    "force_col_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}
_INNER_FOLDS = 3
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
        probabilities: NDArray[np.float64] = np.asarray(
            self.trees.predict_proba(table(columns, self.names))
        )[:, 1]
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
    """With trafilatura's opinion."""
    return {sample.id: with_witness(sample.columns, sample.agreed) for sample in samples}


def second_columns(samples: Sequence[Sample], first: Probabilities) -> Table:
    columns = own_columns(samples)
    return {
        sample.id: columns[sample.id]
        | context(sample.measures, sample.at, first[sample.id], sample.structures)
        for sample in samples
    }


def train(samples: Sequence[Sample]) -> dict[str, Model]:
    """The forests as they are shipped. The second learns from the first one's output on pages that it
    has not seen; the witness from real pages alone: with variants, and with the first one's output, it
    trusts trafilatura less than it should (F1 .9473 of one set, .9515 without).
    """
    columns = own_columns(samples)
    unseen: Probabilities = {}
    for fold in range(_INNER_FOLDS):
        inside = [sample.group // FOLDS % _INNER_FOLDS == fold for sample in samples]
        model = Model([s for s, is_in in zip(samples, inside, strict=True) if not is_in], columns)
        held_out = [s for s, is_in in zip(samples, inside, strict=True) if is_in]
        unseen |= {sample.id: model.predict(columns[sample.id]) for sample in held_out}
    real = [sample for sample in samples if not sample.augmented]
    return {
        "first": Model(samples, columns),
        "second": Model(samples, second_columns(samples, unseen)),
        "witness": Model(real, witness_columns(real)),
    }


def predictions(models: dict[str, Model], samples: Sequence[Sample]) -> dict[str, Probabilities]:
    """The probabilities of each forest, by page, and of all `as used`."""
    columns, seen = own_columns(samples), witness_columns(samples)
    first = {sample.id: models["first"].predict(columns[sample.id]) for sample in samples}
    context_columns = second_columns(samples, first)
    second = {s.id: models["second"].predict(context_columns[s.id]) for s in samples}
    witness = {s.id: models["witness"].predict(seen[s.id]) for s in samples}
    used = {
        s.id: (second[s.id] + witness[s.id]) / 2
        if doubt(second[s.id], s.sizes) > MAX_DOUBT
        else second[s.id]
        for s in samples
    }
    return {"first": first, "second": second, "witness": witness, "as used": used}


def cross_validate(
    samples: Sequence[Sample], folders: Sequence[Path], texts: Path
) -> dict[str, Probabilities]:
    """Predictions for each real page from forests that were trained without its domain, or theme. What
    refinement makes of the page with them is written to `texts`/<set>/<id>.json and .txt; the forests to
    `texts`/forests-<fold>.json, so that what comes behind them can be measured without training.
    """
    merged: dict[str, Probabilities] = {}
    # Forked, the processes share the samples. One thread each: two that wait for each other in turn are
    # several times slower on a busy machine.
    work = _Folds(samples, folders, texts)
    with ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("fork"), _inherited.append, (work,)
    ) as processes:
        folds = [processes.submit(_fold, fold) for fold in range(FOLDS)]
        for number, result in enumerate(as_completed(folds), start=1):
            for name, probabilities in result.result().items():
                merged.setdefault(name, {}).update(probabilities)
            print(f"{number} of {FOLDS} folds", file=sys.stderr)
    return merged


@dataclass(frozen=True)
class _Folds:
    samples: Sequence[Sample]
    folders: Sequence[Path]
    texts: Path


_inherited: list[_Folds] = []  # of the process that forked this one: samples cannot be pickled


def _fold(fold: int) -> dict[str, Probabilities]:
    work = _inherited[-1]
    models = train([sample for sample in work.samples if sample.group % FOLDS != fold])
    data = {name: as_data(model.trees, model.names) for name, model in models.items()}
    work.texts.mkdir(parents=True, exist_ok=True)
    (work.texts / f"forests-{fold}.json").write_text(json.dumps(data), "utf-8")
    forests = {name: forest(trees) for name, trees in data.items()}
    write_texts(work.folders, fold, forests, work.texts)
    held_out = [s for s in work.samples if s.group % FOLDS == fold and not s.augmented]
    return predictions(models, held_out)


def write_texts(
    folders: Sequence[Path], fold: int, forests: dict[str, Forest], texts: Path
) -> None:
    for page in (page for folder in folders for page in labelled_pages(folder)):
        if page.number % FOLDS != fold:
            continue
        body = page.document.encode("utf-8", "replace")
        with patch("pipelines.extraction.block_classifier.shipped_forests", lambda: forests):
            refined = refine(
                Page(page.id, page.url, body, ""),
                Site("x", homepage=page.url, honour_noindex=False),
            )
        folder = texts / page.set
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{page.id}.json").unlink(missing_ok=True)
        (folder / f"{page.id}.txt").unlink(missing_ok=True)
        if isinstance(refined, Article):
            fields = json.dumps(asdict(refined), ensure_ascii=False)
            (folder / f"{page.id}.json").write_text(fields, "utf-8")
            (folder / f"{page.id}.txt").write_text("\n\n".join(refined.paragraphs), "utf-8")


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


def refined_f1(folder: Path, texts: Path, score: ModuleType) -> dict[str, float]:
    """F1 of the texts that `cross_validate` wrote for the pages of a set: of `all`, and by language."""
    matches: dict[str, list[Any]] = {"all": [], "ar": [], "fa": []}
    for page in labelled_pages(folder):
        file = texts / page.set / f"{page.id}.txt"
        match = score.match(page.gold, file.read_text("utf-8") if file.exists() else "")
        for name in {"all", page.language} & matches.keys():
            matches[name].append(match)
    return {name: round(score.prf(found)[2], 4) for name, found in matches.items() if found}


def report(
    samples: Sequence[Sample], predicted: dict[str, Probabilities], score: ModuleType
) -> None:
    """Print scores by forest and by set, block by block."""
    real = [sample for sample in samples if not sample.augmented]
    for name in sorted({sample.set for sample in real}):
        pages = [sample for sample in real if sample.set == name]
        general = score.prf([score.match(sample.gold, sample.general) for sample in pages])
        print(f"{name}, {len(pages)} pages")
        print(row("  trafilatura, fast", general))
        for forest_name, probabilities in predicted.items():
            print(row(f"  {forest_name}", figures(pages, probabilities, score)))
    used = predicted["as used"]
    sites = [sample for sample in real if sample.set != "themes"]
    doubtful = sum(
        doubt(predicted["second"][sample.id], sample.sizes) > MAX_DOUBT for sample in sites
    )
    print(f"trafilatura asked about {doubtful / max(1, len(sites)):.0%} of the pages of real sites")
    for language in ("ar", "fa"):
        subset = [sample for sample in sites if sample.language == language]
        if subset:
            print(row(f"of these {language}, {len(subset)} pages", figures(subset, used, score)))


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
    forests = {name: as_data(model.trees, model.names) for name, model in train(samples).items()}
    data = {"expected": expected, "forests": forests}
    _FORESTS.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
    print(f"{_FORESTS.name}: {_FORESTS.stat().st_size} bytes")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument(
        "--write", action="store_true", help="train on all pages and write the file"
    )
    parser.add_argument(
        "--texts",
        type=Path,
        metavar="DIR",
        help="keep what is refined of each page, cross-validated",
    )
    options = parser.parse_args()
    score = scorer(options.pages[0])
    samples = [s for folder in options.pages for s in load(folder, score, augmented=True)]
    print(f"{len(samples)} samples, {sum(s.augmented for s in samples)} of them variants")
    with TemporaryDirectory() as folder:
        texts = options.texts or Path(folder)
        report(samples, cross_validate(samples, options.pages, texts), score)
        expected = refined_f1(options.pages[0], texts, score)
    print(f"{options.pages[0].name}, through the whole refinement: F1 {expected}")
    if options.write:
        write(samples, expected)
    return 0


if __name__ == "__main__":
    sys.exit(main())
