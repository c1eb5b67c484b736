"""Pages with gold text as samples to train and judge on."""

import gzip
import hashlib
import importlib.util
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from pipelines.extraction.blocks import blocks
from pipelines.extraction.features import features, with_witness
from pipelines.extraction.general import agreement, general_text
from pipelines.extraction.measures import candidates, measure
from pipelines.extraction.page import body_of, lead_of, parse, title_of
from pipelines.text.folding import fold


@dataclass
class Sample:
    """A page's candidate blocks: features without and with the general extractor's answer, the
    share of each that stands in the gold text, their weights and sizes.
    """

    id: str
    language: str
    group: int
    alone: NDArray[np.float32]
    witness: NDArray[np.float32]
    truth: NDArray[np.float64]
    weight: NDArray[np.float64]
    sizes: list[int]
    texts: list[str]
    gold: str
    general: str


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(folder: Path, score: ModuleType) -> list[Sample]:
    lines = (folder / "meta.jsonl").read_text("utf-8").splitlines()
    metas = [meta for meta in map(json.loads, lines) if meta["has_gold"]]
    return [sample for meta in metas if (sample := _read(folder, meta, score))]


def _read(folder: Path, meta: dict[str, Any], score: ModuleType) -> Sample | None:
    page = gzip.decompress((folder / "pages" / f"{meta['id']}.html.gz").read_bytes())
    document = page.decode("utf-8", "replace")
    tree = parse(document)
    measured = measure(blocks(body_of(tree))) if tree is not None else []
    chosen = candidates(measured)
    if tree is None or not chosen:
        return None
    gold = (folder / "gold" / f"{meta['id']}.txt").read_text("utf-8")
    general = general_text(document)
    agreed = agreement(measured, general)
    rows = features(measured, chosen, title_of(tree), lead_of(tree))
    texts = [measured[at].block.text for at in chosen]
    truth = np.array([_share(text, gold, score) for text in texts])
    tokens = np.array([max(1, len(score.TOKEN.findall(text))) for text in texts])
    return Sample(
        id=meta["id"],
        language=meta["language"],
        group=_group(meta["url"]),
        alone=rows,
        witness=with_witness(rows, [agreed[at] for at in chosen]),
        truth=truth,
        # Every page counts about the same, as in the score; long articles a little more.
        weight=tokens / np.sum(tokens * np.maximum(truth >= 0.5, 0.02)) ** 0.75,
        sizes=[measured[at].size for at in chosen],
        texts=texts,
        gold=gold,
        general=general,
    )


def _group(url: str) -> int:
    """Pages of one domain are of one group: none of it is trained on and judged at once."""
    domain = ".".join((urlsplit(url).hostname or url).split(".")[-2:])
    return int(hashlib.sha256(domain.encode()).hexdigest(), 16) % 1000


def _share(text: str, gold: str, score: ModuleType) -> float:
    """The share of the block's four-grams that the gold text has; a short block must be a line."""
    if len(score.TOKEN.findall(text)) < 5:
        return float(fold(text) in {fold(line) for line in gold.splitlines()})
    mine: Counter[Any] = score.shingles(text)
    return float(sum((mine & score.shingles(gold)).values()) / sum(mine.values()))
