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

from benchmarks.data.labelled_pages import Sample, load, scorer
from benchmarks.training import Judged, Model, alone, cross_validated, pair, twice_judged, witnessed
from benchmarks.tree_files import as_data
from pipelines.extraction.block_classifier import KEEP, MOST_DOUBT, doubt

_FORESTS = Path(__file__).parents[1] / "pipelines" / "extraction" / "forests.json"


def report(samples: Sequence[Sample], score: ModuleType) -> dict[str, float]:
    """F1 as used, of all languages and of some."""
    once = cross_validated(samples, alone(samples))
    twice, witness = twice_judged(samples), cross_validated(samples, witnessed(samples))
    asked = {s.id: doubt(twice[s.id], s.sizes) > MOST_DOUBT for s in samples}
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
