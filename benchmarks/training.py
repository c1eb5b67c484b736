"""Forests trained on some pages and asked about others. The second learns from what the first says of
pages that it has not seen; no page is judged by a forest that saw a page of its site.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data.labelled_pages import Sample
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
