"""Pages with gold text, as samples for training and scoring."""

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

from pipelines.extraction.block_classifier import agreement, general_text
from pipelines.extraction.block_stats import BlockStats
from pipelines.extraction.blocks import blocks
from pipelines.extraction.features import Columns, features
from pipelines.extraction.parse_html import body_of, lead_of, parse_html, title_of
from pipelines.extraction.tree_index import Numbers, TreeIndex
from text.folding import fold


@dataclass
class Sample:
    """The candidate blocks of a page: their features, the share of their text in the gold text, their
    weights, and trafilatura's text of the page.
    """

    id: str
    language: str
    group: int
    measures: BlockStats
    at: Numbers
    columns: Columns
    agreed: list[bool]
    truth: NDArray[np.float64]
    weight: NDArray[np.float64]
    gold: str
    general: str

    @property
    def sizes(self) -> NDArray[np.float64]:
        return self.measures.size[self.at]

    @property
    def texts(self) -> list[str]:
        return [self.measures.texts[at] for at in self.at.tolist()]


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
    tree = parse_html(document)
    page_blocks = blocks(body_of(tree)) if tree is not None else []
    if tree is None or not page_blocks:
        return None
    measures = BlockStats(page_blocks, TreeIndex(tree))
    candidates = measures.candidates()
    gold = (folder / "gold" / f"{meta['id']}.txt").read_text("utf-8")
    general = general_text(document)
    texts = [measures.texts[at] for at in candidates]
    truth = np.array([_share(text, gold, score) for text in texts])
    tokens = np.array([max(1, len(score.TOKEN.findall(text))) for text in texts])
    return Sample(
        id=meta["id"],
        language=meta["language"],
        group=_group(meta["url"]),
        measures=measures,
        at=np.array(candidates),
        columns=features(measures, candidates, title_of(tree), lead_of(tree)),
        agreed=agreement(measures.folded(candidates), general),
        truth=truth,
        # Pages have about the same weight, as in the score; long articles a little more.
        weight=tokens / np.sum(tokens * np.maximum(truth >= 0.5, 0.02)) ** 0.75,
        gold=gold,
        general=general,
    )


def _group(url: str) -> int:
    """A number by domain, so that a domain is never both trained on and scored."""
    domain = ".".join((urlsplit(url).hostname or url).split(".")[-2:])
    return int(hashlib.sha256(domain.encode()).hexdigest(), 16) % 1000


def _share(text: str, gold: str, score: ModuleType) -> float:
    """The share of the block's four-grams in the gold text; a short block must equal a line of it."""
    if len(score.TOKEN.findall(text)) < 5:
        return float(fold(text) in {fold(line) for line in gold.splitlines()})
    own: Counter[Any] = score.shingles(text)
    return float(sum((own & score.shingles(gold)).values()) / sum(own.values()))


@dataclass(frozen=True)
class SavedPage:
    """`gold`: the article's text as extracted by hand; None without one."""

    language: str
    url: str
    document: str
    gold: str | None


def read(folder: Path, every: int) -> list[SavedPage]:
    metas = [json.loads(line) for line in (folder / "meta.jsonl").read_text("utf-8").splitlines()]
    return [_sample(folder, meta) for meta in metas[::every]]


def _sample(folder: Path, meta: dict[str, Any]) -> SavedPage:
    page = gzip.decompress((folder / "pages" / f"{meta['id']}.html.gz").read_bytes())
    gold = folder / "gold" / f"{meta['id']}.txt"
    text = gold.read_text("utf-8") if gold.exists() else None
    return SavedPage(meta["language"], meta["url"], page.decode("utf-8", "replace"), text)
