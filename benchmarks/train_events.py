"""Train the regression of `text/story_words.py` on the labelled pairs, and choose its thresholds.

usage: python -m benchmarks.train_events ARTICLES.jsonl.gz

Prints the numbers to be written there, and precision and recall of predictions for days that a
regression was not trained on, by threshold: these choose `STRONG` and `LIKELY` of `storage/events.py`.
The part `fresh` is not read. Needs the extra `train`.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.data import labelled_events
from benchmarks.data.labelled_events import EventPair
from benchmarks.events import compared_pairs
from text.story_words import Likeness, likeness_features

_STRENGTH, _BORDERLINE_WEIGHT, _BLOCKS = 0.3, 0.3, 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path)
    with tempfile.TemporaryDirectory() as temporary:
        pairs = [pair for pair in labelled_events.read() if pair.part != "fresh"]
        alike = compared_pairs(parser.parse_args().articles, Path(temporary), pairs)
    _train(alike)


def _train(alike: dict[EventPair, Likeness]) -> None:
    pairs = sorted(alike, key=lambda pair: min(pair.first, pair.second))
    features = [likeness_features(alike[pair]) for pair in pairs]
    values = np.array([list(row.values()) for row in features])
    labels = np.array([pair.is_event for pair in pairs])
    weights = np.array([_BORDERLINE_WEIGHT if pair.borderline else 1.0 for pair in pairs])
    _print_factors(_fitted(values, labels, weights), list(features[0]))
    foretold = _foretold(values, labels, weights)
    scored = [
        (float(score), pair.is_event)
        for score, pair in zip(foretold, pairs, strict=True)
        if not pair.borderline
    ]
    print(f"\naverage precision {labelled_events.average_precision(scored):.3f}")
    for least in np.arange(0.2, 0.9, 0.05):
        precision, recall = labelled_events.precision_recall(scored, float(least))
        print(f"from {least:.2f}: precision {precision:.2f}, recall {recall:.2f}")


def _print_factors(model: Any, names: list[str]) -> None:
    """As they are written in `text/story_words.py`: for features that are not scaled."""
    scaler, regression = (
        model.named_steps["standardscaler"],
        model.named_steps["logisticregression"],
    )
    factors = regression.coef_[0] / scaler.scale_
    print(f"_BIAS = {regression.intercept_[0] - float(factors @ scaler.mean_):.3f}")
    for name, factor in zip(names, factors, strict=True):
        print(f'    "{name}": {factor:.3f},')


def _foretold(values: Any, labels: Any, weights: Any) -> Any:
    """Each row's score by a regression of the other blocks. Ids ascend by day, so that blocks of rows in
    their order are days.
    """
    blocks = np.arange(len(labels)) * _BLOCKS // len(labels)
    foretold = np.zeros(len(labels))
    for block in range(_BLOCKS):
        rest, own = blocks != block, blocks == block
        model = _fitted(values[rest], labels[rest], weights[rest])
        foretold[own] = model.predict_proba(values[own])[:, 1]
    return foretold


def _fitted(values: Any, labels: Any, weights: Any) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))
    return model.fit(values, labels, logisticregression__sample_weight=weights)


if __name__ == "__main__":
    main()
